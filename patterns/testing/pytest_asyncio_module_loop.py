"""`loop_scope="module"` of pytest-asyncio: the tests of a module share a loop.

Choose it when what a module's tests use is bound to a loop and takes long to open.
It costs what one test leaves on the loop, for the next one to stumble over: its tasks go on.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio

OPTIONS = ("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function")
pytestmark = pytest.mark.asyncio(loop_scope="module")


def fixture(function: Callable[..., Any]) -> Callable[..., Any]:
    """One for each test, on the loop of all."""
    return pytest_asyncio.fixture(function, loop_scope="module")


def fixture_of_module(function: Callable[..., Any]) -> Callable[..., Any]:
    """One for all tests."""
    return pytest_asyncio.fixture(function, scope="module", loop_scope="module")


class Loop:
    """Put its method into `conftest.py`: another loop than asyncio's own."""

    def __init__(self, new: Callable[[], asyncio.AbstractEventLoop]) -> None:
        self.new = new

    def pytest_asyncio_loop_factories(self) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
        return {"loop": self.new}


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pytest-asyncio>=1.5",)
KNOWN_FAILURES = (
    ("tests_are_apart", "", "all tests of the module share its loop, and what the others have left there"),
    ("leaked_task_is_told", "", "pytest-asyncio 1.5.0: its runner cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "pytest-asyncio 1.5.0: the loop logs it, and the test passes"),
    ("fixture_may_hold_a_task_group", "", "https://github.com/pytest-dev/pytest-asyncio/issues/1191"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    return _module(suite, {name: fixture(one) for name, one in suite.fixtures.items()})


def shared(suite: Suite) -> Module:
    return _module(suite, {name: fixture_of_module(one) for name, one in suite.fixtures.items()})


def _module(suite: Suite, fixtures: dict[str, Callable[..., Any]]) -> Module:
    contents = {"pytestmark": pytestmark, **fixtures, **suite.tests}
    return Module(contents, OPTIONS, (Loop(suite.loop.new),) if suite.loop.new else ())
