"""`pytest_asyncio` in strict mode: each test has a mark, and each async fixture its decorator.

Choose it when other plugins look after async functions in the same project, or you want to see which tests are async:
it is what most people have.
It costs a loop per test, unless tests and fixtures name a wider `loop_scope`: give both the same one, or what a fixture
opens is used on another loop. A task that outlives its test, and an error nobody has looked at, pass. A fixture runs in
other tasks than its test, so that no task group or cancel scope can span them.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Literal

import pytest
import pytest_asyncio

Scope = Literal["function", "module"]
OPTIONS = (
    "-p",
    "pytest_asyncio.plugin",
    "-o",
    "asyncio_mode=strict",
    "-o",
    "asyncio_default_fixture_loop_scope=function",
)


def asynchronous(function: Callable[..., Any], scope: Scope = "function") -> Any:
    return pytest.mark.asyncio(loop_scope=scope)(function)


def fixture(function: Callable[..., Any], scope: Scope = "function") -> Callable[..., Any]:
    return pytest_asyncio.fixture(function, scope=scope, loop_scope=scope)


class Loops:
    """Put its method into `conftest.py`: each test runs on each of these loops."""

    def __init__(self, loops: Mapping[str, Callable[[], asyncio.AbstractEventLoop]]) -> None:
        self.loops = loops

    def pytest_asyncio_loop_factories(self) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
        return self.loops


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pytest-asyncio>=1.5",)
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "pytest-asyncio 1.5.0: its runner cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "pytest-asyncio 1.5.0: the loop logs it, and the test passes"),
    ("fixture_may_hold_a_task_group", "", "https://github.com/pytest-dev/pytest-asyncio/issues/1191"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    return _module(suite, "function")


def shared(suite: Suite) -> Module:
    return _module(suite, "module")


def on_each(suite: Suite) -> Module:
    return _module(suite, "function")


def _module(suite: Suite, scope: Scope) -> Module:
    fixtures = {name: fixture(one, scope) for name, one in suite.fixtures.items()}
    tests = {name: asynchronous(one, scope) for name, one in suite.tests.items()}
    given = {name: loop.new or asyncio.new_event_loop for name, loop in suite.loops.items()}
    default = len(given) == 1 and suite.loop.new is None
    return Module({**fixtures, **tests}, OPTIONS, () if default else (Loops(given),))
