"""`loop.run_until_complete` in plain tests, on a loop that a fixture makes and closes.

Choose it when never: it is here because it was written for years, in a fixture called `event_loop`.
It costs what nobody ends: async generators that a test left open are never closed, tasks are dropped with the loop.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

NewLoop = Callable[[], asyncio.AbstractEventLoop]


def loop_of(new_loop: NewLoop) -> Any:
    """The fixture `event_loop`."""

    @pytest.fixture(name="event_loop")
    def one() -> Iterator[asyncio.AbstractEventLoop]:
        loop = new_loop()
        yield loop
        loop.close()

    return one


def plain(function: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[asyncio.AbstractEventLoop], None]:
    def run(event_loop: asyncio.AbstractEventLoop) -> None:
        event_loop.run_until_complete(function())

    return run


# --- how it fits the contract ---

from collections.abc import Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from patterns.testing import Fixture, Module, Suite, Test

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("nothing_left_behind", "", "nobody closes the loop's async generators"),
    ("tests_are_apart", "", "nobody waits for the loop's threads: what one of them does goes on beside the next test"),
    ("leaked_task_is_told", "", "the loop is closed over what is left"),
    ("unobserved_error_is_told", "", "the loop logs it, and the test passes"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    fixtures = tuple(suite.fixtures.values())
    tests = {name: plain(partial(_whole, one, fixtures)) for name, one in suite.tests.items()}
    return Module({"event_loop": loop_of(suite.loop.new or asyncio.new_event_loop), **tests})


async def _whole(test: Test, fixtures: Sequence[Fixture]) -> None:
    async with AsyncExitStack() as stack:
        given: tuple[Any, ...] = ()
        for fixture in fixtures:
            given = (await stack.enter_async_context(asynccontextmanager(fixture)(*given)),)
        await test(*given)
