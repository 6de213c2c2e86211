"""`anyio.run` in a plain test that enters its fixtures itself, with `anyio.fail_after` around it.

Choose it when the code runs on several loops, and nobody wants to know of a plugin: everything is in one task.
It costs a loop per test, and a line in each. On asyncio, a task that outlives its test, and an error nobody has looked
at, pass.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio

Test = Callable[..., Coroutine[Any, Any, None]]
Fixture = Callable[..., AsyncGenerator[Any, None]]


async def in_time(test: Test, fixtures: Sequence[Fixture], seconds: float) -> None:
    """Each fixture gets what the one before has yielded; their closing has no part in the time."""
    async with AsyncExitStack() as stack:
        given: list[Any] = []
        for fixture in fixtures:
            given[:] = [await stack.enter_async_context(asynccontextmanager(fixture)(*given))]
        with anyio.fail_after(seconds):
            await test(*given)


def plain(
    test: Test,
    fixtures: Sequence[Fixture] = (),
    seconds: float = 5.0,
    backend: str = "asyncio",
    options: dict[str, Any] | None = None,
) -> Callable[[], None]:
    def run() -> None:
        anyio.run(in_time, test, fixtures, seconds, backend=backend, backend_options=options)

    return run


# --- how it fits the contract ---

from patterns.testing import Module, Suite

LIBRARY = "anyio"
KNOWN_FAILURES = (
    ("leaked_task_is_told", "", "the loop cancels what is left, and says nothing"),
    ("unobserved_error_is_told", "", "the loop logs it, and the test passes", "asyncio*"),
    ("unobserved_error_is_told", "", "the loop logs it, and the test passes", "uvloop"),
)


def module(suite: Suite) -> Module:
    fixtures, loop = tuple(suite.fixtures.values()), suite.loop
    options = {"loop_factory": loop.new} if loop.new else {}
    tests = {name: plain(one, fixtures, suite.patience, loop.library, options) for name, one in suite.tests.items()}
    return Module(dict(tests))
