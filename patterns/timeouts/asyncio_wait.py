"""`asyncio.wait` with a timeout: look after so many seconds whether a task is done.

Choose it when the work is to go on and you only want to tell the user that it takes longer. It is no way to end it.
It costs a task, a future and a timer for every call. What was not done in time runs on, unwatched, and its error is
lost.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    task = asyncio.create_task(call())
    done, _ = await asyncio.wait([task], timeout=max(0, seconds))
    if not done:
        raise TimeoutError
    return task.result()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("context_is_shared", "", "the body runs in a task of its own, which has a copy of the context"),
    (
        "past_deadline_ends_at_once",
        "",
        "what was not done in time is left to itself: it is documented to be returned as pending",
    ),
    (
        "nothing_acquired_is_lost",
        "",
        "what was not done in time is left to itself: it is documented to be returned as pending",
    ),
    (
        "body_has_finished",
        "",
        "what was not done in time is left to itself: it is documented to be returned as pending",
    ),
    (
        "error_of_the_stopped_arrives",
        "",
        "what was not done in time is left to itself: it is documented to be returned as pending",
    ),
    (
        "retry_after_timeout",
        "",
        "what was not done in time is left to itself: it is documented to be returned as pending",
    ),
    (
        "nothing_left_behind",
        "",
        "what was not done in time is left to itself: it is documented to be returned as pending",
    ),
    ("no_complaints", "", "what was not done in time is left to itself: it is documented to be returned as pending"),
)
