"""`asyncio.timeout`: a block with a deadline, which cancels the task that runs it.

Choose it when you write for asyncio and want the standard library: it nests, it can be rescheduled, and it tells its
own cancellation from everybody else's.
It costs a timer in the loop's heap for every block, which stays there for a while once it is cancelled. A body that
swallows the one cancellation goes on for ever, and one that only computes is not ended.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    async with asyncio.timeout(seconds):
        return await call()


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    async with asyncio.timeout(seconds):
        return [await step() for step in steps]


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    now = asyncio.get_running_loop().time
    async with asyncio.timeout(seconds) as limit:
        while (message := await receive()) is not None:
            handle(message)
            limit.reschedule(now() + seconds)


async def finish(seconds: float, call: Call[T]) -> T:
    task = asyncio.create_task(within(seconds, call))
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        task.cancelled() or task.exception()  # seen: the cancellation is what the caller is to know
        raise cancelled
    return task.result()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    (
        "stubborn_body_is_ended",
        "",
        "asyncio is documented to cancel once: a body that swallows that waits on for as long as it likes",
    ),
    (
        "computing_ends_between_steps",
        "",
        "no timer fires while a task computes, and nobody looks at the clock between two steps",
    ),
    ("works_in_clean_up", "<3.11.3", "who was cancelled before gets no TimeoutError: cpython#102780"),
)
