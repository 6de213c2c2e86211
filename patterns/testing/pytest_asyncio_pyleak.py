"""`pytest.mark.no_leaks` of pyleak, with pytest-asyncio: a test that leaves a task running fails.

Choose it when the tests run under a plugin already, and leaks are what you are after: it names the task, and where it
stands. It can look for threads, and for calls that block the loop, too.
It costs ten milliseconds per test, for which it waits before it looks. An error nobody has looked at passes.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import pytest_asyncio

OPTIONS = (
    "-p",
    "pytest_asyncio.plugin",
    "-p",
    "pyleak.pytest_plugin",
    "-o",
    "asyncio_default_fixture_loop_scope=function",
)


def asynchronous(function: Callable[..., Any]) -> Any:
    return pytest.mark.no_leaks(tasks=True, threads=False, blocking=False)(pytest.mark.asyncio(function))


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
REQUIRES = ("pytest-asyncio>=1.5", "pyleak>=0.2")
KNOWN_FAILURES = (
    ("unobserved_error_is_told", "", "pytest-asyncio 1.5.0: the loop logs it, and the test passes"),
    ("fixture_may_hold_a_task_group", "", "https://github.com/pytest-dev/pytest-asyncio/issues/1191"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    fixtures = {name: pytest_asyncio.fixture(one) for name, one in suite.fixtures.items()}
    tests = {name: asynchronous(one) for name, one in suite.tests.items()}
    return Module({**fixtures, **tests}, OPTIONS, (Loops({"loop": suite.loop.new}),) if suite.loop.new else ())
