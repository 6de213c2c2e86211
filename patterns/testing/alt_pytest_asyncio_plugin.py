"""`AltPytestAsyncioPlugin`: one loop and context for the session, and a time limit for each test.

Choose it when fixtures of any scope share a loop, and a context variable that one sets is to be seen by all tests.
It costs what any test leaves on the loop, for all later ones to stumble over. It cannot be loaded beside
pytest-asyncio. A test that hangs is ended, and named, but not the line where it hung.
"""

import asyncio
from collections.abc import Callable

import pytest
from alt_pytest_asyncio.plugin import AltPytestAsyncioPlugin


class Conftest:
    """Put its methods into `conftest.py`."""

    def __init__(self, new_loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> None:
        # The plugin makes a loop of asyncio's own by itself, and ends that one
        self.runner = asyncio.Runner(loop_factory=new_loop) if new_loop else None

    def pytest_configure(self, config: pytest.Config) -> None:
        config.pluginmanager.register(AltPytestAsyncioPlugin(managed_loop=self.runner and self.runner.get_loop()))

    def pytest_unconfigure(self) -> None:
        if self.runner:
            self.runner.close()


# --- how it fits the contract ---

from typing import Literal

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("alt-pytest-asyncio>=0.9.6",)
KNOWN_FAILURES = (
    ("tests_are_apart", "", "all tests share a loop and a context, and what the others have left there"),
    ("leaked_task_is_told", "", "alt-pytest-asyncio 0.9.6: what is left is cancelled when the session ends"),
    ("unobserved_error_is_told", "", "alt-pytest-asyncio 0.9.6: the loop logs it, and the test passes"),
    ("fixture_may_hold_a_task_group", "", "alt-pytest-asyncio 0.9.6: each step runs in a task of its own"),
    ("hanging_test_is_ended", "", "alt-pytest-asyncio 0.9.6: names the test, and not the line where it hung"),
)


def module(suite: Suite) -> Module:
    return _module(suite, "function")


def shared(suite: Suite) -> Module:
    return _module(suite, "module")


def _module(suite: Suite, scope: Literal["function", "module"]) -> Module:
    fixtures = {name: pytest.fixture(one, scope=scope) for name, one in suite.fixtures.items()}
    options = ("-p", "alt_pytest_asyncio.plugin", "-o", f"default_async_timeout={suite.patience}")
    return Module({**fixtures, **suite.tests}, options, (Conftest(suite.loop.new),))
