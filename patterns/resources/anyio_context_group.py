"""`anyio-contextgroup`: a task for each context manager, in one task group.

Choose it when resources are opened by tasks other than the one that leaves the block, and hold cancel scopes or task
groups: each is opened and closed by a task of its own.
It costs that task, and two events, per resource. What a closing raises cancels the closings of all others.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

from anyio_contextgroup import create_context_group


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]


@asynccontextmanager
async def held(connect: Connect[H]) -> AsyncIterator[H]:
    handle = await connect()
    try:
        yield handle
    finally:
        await handle.aclose()


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    async with create_context_group(ordered=True) as group:
        yield [await group.enter_async_context(context=held(connect)) for connect in connects]


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
PYTHON = ">=3.12"
REQUIRES = ("anyio-contextgroup>=2026.4.14",)
KNOWN_FAILURES = (
    (
        "closes_in_reverse",
        "",
        "2026.4.14.0: ordered=True lets the one before go as one begins to close, and not when it is closed",
    ),
    ("opened_and_closed_by_its_task", "", "each has a task of its own"),
    ("farewell_when_cancelled", "", "its task group cancels all closings with the body, at every wait"),
    (
        "cancellation_survives_failed_closing",
        "",
        "AnyIO's task group raises what its tasks raise and forgets a task.cancel() that came while it waited for them",
        "[!t]*",
    ),
)
