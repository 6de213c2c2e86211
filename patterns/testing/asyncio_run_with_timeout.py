"""`asyncio.timeout` around a plain test that `asyncio.run` runs: who hangs is ended, and shows where.

Choose it when a few tests are async, some may hang, and nobody wants to know of a plugin.
It costs a loop and a timer per test, and a line in each. A task that outlives its test, and an error nobody has looked
at, pass.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

Test = Callable[..., Coroutine[Any, Any, None]]
Fixture = Callable[..., AsyncGenerator[Any, None]]
NewLoop = Callable[[], asyncio.AbstractEventLoop]


async def in_time(test: Test, fixtures: Sequence[Fixture], seconds: float, *given: Any) -> None:
    """Each fixture gets what the one before has yielded; their closing has no part in the time."""
    if fixtures:
        async with asynccontextmanager(fixtures[0])(*given) as value:
            await in_time(test, fixtures[1:], seconds, value)
        return
    async with asyncio.timeout(seconds):
        await test(*given)


def plain(
    test: Test, fixtures: Sequence[Fixture] = (), seconds: float = 5.0, new_loop: NewLoop | None = None
) -> Callable[[], None]:
    def run() -> None:
        with asyncio.Runner(loop_factory=new_loop) as runner:  # asyncio.run, which takes a loop only since Python 3.12
            runner.run(in_time(test, fixtures, seconds))

    return run


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "asyncio.run cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "the loop logs it, and the test passes"),
)


def module(suite: Suite) -> Module:
    fixtures = tuple(suite.fixtures.values())
    tests = {name: plain(test, fixtures, suite.patience, suite.loop.new) for name, test in suite.tests.items()}
    return Module(dict(tests))
