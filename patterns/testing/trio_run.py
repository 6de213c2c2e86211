"""`trio.run` in a plain test, with fixtures as contexts that it enters itself.

Choose it when a few tests are async, and nobody wants to know of a plugin: everything is in the test, in one task.
It costs a run of Trio per test, and a line in each. Nobody looks at the time.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import trio

Test = Callable[..., Awaitable[None]]
Fixture = Callable[..., AsyncGenerator[Any, None]]


async def with_fixtures(test: Test, fixtures: Sequence[Fixture]) -> None:
    """Each gets what the one before has yielded."""
    async with AsyncExitStack() as stack:
        given: list[Any] = []
        for fixture in fixtures:
            given = [await stack.enter_async_context(asynccontextmanager(fixture)(*given))]
        await test(*given)


def plain(test: Test, fixtures: Sequence[Fixture] = ()) -> Callable[[], None]:
    def run() -> None:
        trio.run(with_fixtures, test, fixtures)

    return run


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "trio"
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "Trio cancels system tasks when its main task ends, and says nothing"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    fixtures = tuple(suite.fixtures.values())
    return Module({name: plain(test, fixtures) for name, test in suite.tests.items()})
