"""`aiotools.AsyncContextGroup`: context managers that are entered, and left, at the same time.

Choose it when resources have nothing to do with each other, and take long to open: all of them take as long as the
slowest.
It costs a task per opening and closing. It raises nothing by itself: what could not be opened stands among the values,
what closings raised in `exit_states()`, and the lines that look there are yours.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

from aiotools import AsyncContextGroup


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
    group = AsyncContextGroup(held(connect) for connect in connects)
    refused: list[BaseException] = []
    try:
        async with group as handles:
            refused = errors(handles)  # there is no way to skip the body
            if not refused:
                yield [handle for handle in handles if not isinstance(handle, BaseException)]
    finally:
        # whoever could not be entered cannot be left, and says so in its state
        if failed := refused or errors(group.exit_states()):
            raise BaseExceptionGroup("resources failed", failed)


def errors(states: Sequence[object]) -> list[BaseException]:
    return [state for state in states if isinstance(state, BaseException)]


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiotools>=2.2.4",)
KNOWN_FAILURES = (
    (
        "cancelled_caller_leaves_nothing_open",
        "",
        "aiotools 2.2.4: gather enters all of them, and what it has entered is lost with it when it is cancelled",
    ),
    ("nothing_left_behind", "", "what was entered by a gather that was cancelled is never left"),
    ("opens_in_order", "", "all are entered at once"),
    ("closes_in_reverse", "", "all are left at once"),
    ("opened_and_closed_by_its_task", "", "gather makes a task for each entering and leaving"),
    (
        "every_error_is_told",
        "",
        "what closings raise stands in exit_states(), and is raised in the place of the rest",
    ),
    ("cancellation_survives_failed_closing", "", "what closings raise is raised in the place of the cancellation"),
)
