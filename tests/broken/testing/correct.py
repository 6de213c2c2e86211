"""On AnyIO, without any of the defects planted beside it: a plain test runs its fixtures and itself in one task."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from typing import Any

import anyio
import pytest
from anyio.from_thread import start_blocking_portal

from patterns.testing import Loop, Module, Suite, Test

LIBRARY = "anyio"


class BesideError(Exception):
    pass


async def whole(test: Test, suite: Suite) -> None:
    errors: list[Exception] = []
    if suite.loop.library == "asyncio":
        asyncio.get_running_loop().set_exception_handler(lambda _, told: errors.append(error_of(told)))
    before = anyio.get_running_tasks()
    async with AsyncExitStack() as stack:
        given = await opened(suite, stack)
        with anyio.fail_after(suite.patience):
            await test(*given)
    if left := [task.name for task in anyio.get_running_tasks() if task not in before]:
        raise BesideError(f"left running: {', '.join(map(str, left))}")
    if errors:
        raise ExceptionGroup("beside the test", errors)


def error_of(told: dict[str, Any]) -> Exception:
    error = told.get("exception")
    return error if isinstance(error, Exception) else BesideError(told["message"])


async def opened(suite: Suite, stack: AsyncExitStack) -> list[Any]:
    given: list[Any] = []
    for fixture in suite.fixtures.values():
        given = [await stack.enter_async_context(asynccontextmanager(fixture)(*given))]
    return given


def options(loop: Loop) -> dict[str, Any]:
    return {"loop_factory": loop.new} if loop.new else {}


def plain(test: Test, suite: Suite) -> Callable[[], None]:
    def run() -> None:
        anyio.run(whole, test, suite, backend=suite.loop.library, backend_options=options(suite.loop))

    return run


def module(suite: Suite) -> Module:
    return Module({name: plain(test, suite) for name, test in suite.tests.items()})


def watch(loop: Loop, errors: list[Exception]) -> None:
    if loop.library == "asyncio":
        asyncio.get_running_loop().set_exception_handler(lambda _, told: errors.append(error_of(told)))


def in_portal(test: Test) -> Callable[..., None]:
    def run(portal: Any) -> None:
        call, value, errors = portal
        call(test, value)
        if seen := list(errors):
            errors.clear()
            raise ExceptionGroup("beside the test", seen)

    return run


def shared(suite: Suite) -> Module:
    (fixture,) = suite.fixtures.values()
    loop = suite.loop
    errors: list[Exception] = []

    @pytest.fixture(scope="module")
    def portal() -> Iterator[Any]:
        with ExitStack() as stack:
            runs = stack.enter_context(start_blocking_portal(loop.library, options(loop)))
            runs.call(watch, loop, errors)
            value = stack.enter_context(runs.wrap_async_context_manager(asynccontextmanager(fixture)()))
            yield runs.call, value, errors

    return Module({"portal": portal, **{name: in_portal(test) for name, test in suite.tests.items()}})
