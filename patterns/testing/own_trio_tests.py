"""Our own best for Trio: hooks by which a test and its fixtures share a task and a time limit.

Choose it when failures must show: a system task that outlives its test is told, and so is the place where a test hangs.
Nurseries, scopes and context variables of a fixture span its test.
It costs these lines in your project, and a run of Trio per test. Async fixtures live for one test, only async fixtures
may use them, and what fails in one is told as a failure of the test.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

import pytest
import trio

Fixture = Callable[..., AsyncGenerator[Any, None]]


class LeftRunningError(Exception):
    """A test has ended, and a task that it started has not."""


class TrioTests:
    """Register it: `config.pluginmanager.register(TrioTests())` in `pytest_configure`."""

    def __init__(self, seconds: float = 60.0) -> None:
        self._seconds = seconds

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, Any, Any]:
        function = fixturedef.func
        if not isasyncgenfunction(function):
            value = yield
            if any(isinstance(request.getfixturevalue(name), _Promised) for name in fixturedef.argnames):
                raise TypeError(f"{fixturedef.argname} uses an async fixture, and is none itself")
            return value
        if request.scope != "function":
            raise TypeError(f"{fixturedef.argname} is an async fixture on Trio: it lives for one test")
        setattr(fixturedef, "func", lambda **given: _Promised(function, given))  # noqa: B010  final, and put back
        try:
            return (yield)
        finally:
            setattr(fixturedef, "func", function)  # noqa: B010

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        if not iscoroutinefunction(pyfuncitem.obj):
            return None
        asked = pyfuncitem._fixtureinfo.argnames  # noqa: SLF001  as pytest's own hook does
        trio.run(self._run, pyfuncitem.obj, {name: pyfuncitem.funcargs[name] for name in asked})
        return True

    async def _run(self, test: Callable[..., Coroutine[Any, Any, None]], given: dict[str, Any]) -> None:
        before = trio.lowlevel.current_statistics().tasks_living
        async with AsyncExitStack() as stack:
            opened = await _opened(given, stack)
            with trio.fail_after(self._seconds):
                await test(**opened)
        if trio.lowlevel.current_statistics().tasks_living > before:
            raise LeftRunningError(f"left running: {', '.join(_system_tasks())}")


class _Promised:
    """A fixture that is opened once Trio runs."""

    def __init__(self, fixture: Fixture, given: dict[str, Any]) -> None:
        self._fixture = fixture
        self._given = given
        self._value: tuple[Any, ...] = ()

    async def opened(self, stack: AsyncExitStack) -> Any:
        """Its value; others may have opened it, for they share it."""
        if not self._value:
            given = await _opened(self._given, stack)
            self._value = (await stack.enter_async_context(asynccontextmanager(self._fixture)(**given)),)
        return self._value[0]


async def _opened(given: dict[str, Any], stack: AsyncExitStack) -> dict[str, Any]:
    return {name: await value.opened(stack) if isinstance(value, _Promised) else value for name, value in given.items()}


def _system_tasks() -> list[str]:
    root = trio.lowlevel.current_root_task()
    main = trio.lowlevel.current_task()
    nurseries = root.child_nurseries if root else []
    return [task.name for nursery in nurseries for task in nursery.child_tasks if task is not main]


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "trio"
KIND = "own"


def module(suite: Suite) -> Module:
    fixtures = {name: pytest.fixture(one) for name, one in suite.fixtures.items()}
    return Module({**fixtures, **suite.tests}, plugins=(TrioTests(suite.patience),))
