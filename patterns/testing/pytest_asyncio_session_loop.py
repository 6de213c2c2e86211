"""`asyncio_default_test_loop_scope=session`: one loop of pytest-asyncio for everything.

Choose it when the whole suite shares what is bound to a loop, such as an engine of a database: no test and no fixture
needs to say more.
It costs what any test leaves on the loop, for all later ones to stumble over: its tasks go on until the session ends.
"""

import asyncio
from collections.abc import Callable

OPTIONS = (
    *("-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=auto"),
    *("-o", "asyncio_default_fixture_loop_scope=session", "-o", "asyncio_default_test_loop_scope=session"),
)


class Loop:
    """Put its method into `conftest.py`: another loop than asyncio's own."""

    def __init__(self, new: Callable[[], asyncio.AbstractEventLoop]) -> None:
        self.new = new

    def pytest_asyncio_loop_factories(self) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
        return {"loop": self.new}


# --- how it fits the contract ---

from typing import Literal

import pytest

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pytest-asyncio>=1.5",)
KNOWN_FAILURES = (
    ("tests_are_apart", "", "all tests share a loop, and what the others have left there"),
    ("leaked_task_is_told", "", "pytest-asyncio 1.5.0: its runner cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "pytest-asyncio 1.5.0: the loop logs it, and the test passes"),
    ("fixture_may_hold_a_task_group", "", "https://github.com/pytest-dev/pytest-asyncio/issues/1191"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    return _module(suite, "function")


def shared(suite: Suite) -> Module:
    return _module(suite, "module")


def _module(suite: Suite, scope: Literal["function", "module"]) -> Module:
    fixtures = {name: pytest.fixture(one, scope=scope) for name, one in suite.fixtures.items()}
    return Module({**fixtures, **suite.tests}, OPTIONS, (Loop(suite.loop.new),) if suite.loop.new else ())
