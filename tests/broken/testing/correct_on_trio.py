"""On Trio, in a nursery of its own: the test and its fixtures are one child, and time is another one's matter."""

from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import trio

from patterns.testing import Fixture, Module, Suite, Test

LIBRARY = "trio"


class SlowError(Exception):
    pass


async def limit(scope: trio.CancelScope, seconds: float) -> None:
    await trio.sleep(seconds)
    scope.cancel()


async def hold(test: Test, fixtures: Iterator[Fixture], seconds: float, *given: Any) -> None:
    fixture = next(fixtures, None)
    if fixture:
        async with asynccontextmanager(fixture)(*given) as value:
            await hold(test, fixtures, seconds, value)
        return
    places: list[BaseException] = []
    async with trio.open_nursery() as nursery:
        with trio.CancelScope() as scope:
            nursery.start_soon(limit, scope, seconds)
            try:
                await test(*given)
            except trio.Cancelled as place:
                places.append(place)
                raise
        nursery.cancel_scope.cancel()
    if scope.cancelled_caught:
        raise SlowError("it took too long") from places[0]


def plain(test: Test, suite: Suite) -> Callable[[], None]:
    async def main() -> None:
        tasks = trio.lowlevel.current_statistics().tasks_living
        async with trio.open_nursery() as nursery:
            nursery.start_soon(hold, test, iter(suite.fixtures.values()), suite.patience)
        if trio.lowlevel.current_statistics().tasks_living > tasks:
            raise RuntimeError("a system task was left running")

    return lambda: trio.run(main)


def module(suite: Suite) -> Module:
    return Module({name: plain(test, suite) for name, test in suite.tests.items()})
