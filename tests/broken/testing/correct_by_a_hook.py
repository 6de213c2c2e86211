"""On AnyIO, by a hook of pytest: fixtures are plain ones that hand over what opens them, which the test does."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from inspect import iscoroutinefunction, signature
from typing import Any

import anyio
import pytest

from patterns.testing import Fixture, Module, Suite

LIBRARY = "anyio"
Promised = Callable[[], AbstractAsyncContextManager[Any]]


def promised(fixture: Fixture) -> Any:
    @asynccontextmanager
    async def opened(given: list[Promised]) -> Any:
        if not given:
            async with asynccontextmanager(fixture)() as value:
                yield value
            return
        async with given[0]() as before, asynccontextmanager(fixture)(before) as value:
            yield value

    def hand_over(**given: Promised) -> Promised:
        return partial(opened, list(given.values()))

    setattr(hand_over, "__signature__", signature(fixture))  # noqa: B010  from which pytest reads what it asks for
    setattr(hand_over, "promises", True)  # noqa: B010
    return pytest.fixture(hand_over)


class Hook:
    def __init__(self, suite: Suite) -> None:
        self.suite = suite

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        if not iscoroutinefunction(pyfuncitem.obj):
            return None
        given = [pyfuncitem.funcargs[name] for name in signature(pyfuncitem.obj).parameters]
        loop = self.suite.loop
        factory = {"loop_factory": loop.new} if loop.new else {}
        anyio.run(self.watched, pyfuncitem.obj, given, backend=loop.library, backend_options=factory)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Any:
        value = yield
        if not hasattr(fixturedef.func, "promises"):
            for name in fixturedef.argnames:
                if isinstance(request.getfixturevalue(name), partial):
                    raise TypeError(f"{fixturedef.argname} is plain, and needs one that is not")
        return value

    async def watched(self, test: Callable[..., Any], given: list[Any]) -> None:
        seen: list[dict[str, Any]] = []
        if self.suite.loop.library == "asyncio":
            asyncio.get_running_loop().set_exception_handler(lambda _, told: seen.append(told))
        tasks = {task.id for task in anyio.get_running_tasks()}
        if given:
            async with given[0]() as value:
                await self.in_time(test, value)
        else:
            await self.in_time(test)
        left = [task for task in anyio.get_running_tasks() if task.id not in tasks]
        if left or seen:
            raise RuntimeError(f"beside the test: {left} {seen}")

    async def in_time(self, test: Callable[..., Any], *given: Any) -> None:
        with anyio.fail_after(self.suite.patience):
            await test(*given)


def module(suite: Suite) -> Module:
    fixtures = {name: promised(fixture) for name, fixture in suite.fixtures.items()}
    return Module({**fixtures, **suite.tests}, plugins=(Hook(suite),))
