"""`trio.fail_after` around a plain test that `trio.run` runs: who hangs is ended, and shows where.

Choose it when a few tests are async, some may hang, and nobody wants to know of a plugin.
It costs a run of Trio and a cancel scope per test, and a line in each.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import trio

Test = Callable[..., Awaitable[None]]
Fixture = Callable[..., AsyncGenerator[Any, None]]


async def in_time(test: Test, fixtures: Sequence[Fixture], seconds: float, *given: Any) -> None:
    """Each fixture gets what the one before has yielded; their closing has no part in the time."""
    if not fixtures:
        with trio.fail_after(seconds):
            await test(*given)
        return
    async with asynccontextmanager(fixtures[0])(*given) as value:
        await in_time(test, fixtures[1:], seconds, value)


def plain(test: Test, fixtures: Sequence[Fixture] = (), seconds: float = 5.0) -> Callable[[], None]:
    def run() -> None:
        trio.run(in_time, test, fixtures, seconds)

    return run


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "trio"
KNOWN_FAILURES = (("leaked_task_is_told", "", "Trio cancels system tasks when its main task ends, and says nothing"),)


def module(suite: Suite) -> Module:
    fixtures = tuple(suite.fixtures.values())
    return Module({name: plain(test, fixtures, suite.patience) for name, test in suite.tests.items()})
