"""`asyncio.run` in a plain test, with fixtures as contexts that it enters itself.

Choose it when a few tests are async, and nobody wants to know of a plugin: everything is in the test, in one task.
It costs a loop per test, and a line in each. A task that outlives its test, and an error nobody has looked at, pass.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

Test = Callable[..., Coroutine[Any, Any, None]]
Fixture = Callable[..., AsyncGenerator[Any, None]]
NewLoop = Callable[[], asyncio.AbstractEventLoop]


async def with_fixtures(test: Test, fixtures: Sequence[Fixture]) -> None:
    """Each gets what the one before has yielded."""
    async with AsyncExitStack() as stack:
        given: tuple[Any, ...] = ()
        for fixture in fixtures:
            given = (await stack.enter_async_context(asynccontextmanager(fixture)(*given)),)
        await test(*given)


def plain(test: Test, fixtures: Sequence[Fixture] = (), new_loop: NewLoop | None = None) -> Callable[[], None]:
    def run() -> None:
        with asyncio.Runner(loop_factory=new_loop) as runner:  # asyncio.run, which takes a loop only since Python 3.12
            runner.run(with_fixtures(test, fixtures))

    return run


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "asyncio.run cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "the loop logs it, and the test passes"),
    ("hanging_test_is_ended", "", "nobody looks at the time"),
)


def module(suite: Suite) -> Module:
    fixtures = tuple(suite.fixtures.values())
    return Module({name: plain(test, fixtures, suite.loop.new) for name, test in suite.tests.items()})
