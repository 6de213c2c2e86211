"""A watchdog in an `asyncio.TaskGroup`: a second task that sleeps, and fails when it wakes up.

Choose it when the deadline is more than a moment, such as a sign of life that may be missing: the watchdog can look.
It costs two tasks and a timer for every call. The body runs in a task of its own, and an error comes in a group, which
has to be taken out of it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def _bark(seconds: float) -> None:
    await asyncio.sleep(seconds)
    raise TimeoutError


async def within(seconds: float, call: Call[T]) -> T:
    try:
        async with asyncio.TaskGroup() as group:
            watchdog = group.create_task(_bark(seconds))
            body = group.create_task(call())
            body.add_done_callback(lambda _: watchdog.cancel())
    except BaseExceptionGroup:
        if body.cancelled():
            raise TimeoutError from None
    return body.result()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    (
        "stubborn_body_is_ended",
        "",
        "asyncio is documented to cancel once: a body that swallows that waits on for as long as it likes",
    ),
    ("context_is_shared", "", "the body runs in a task of its own, which has a copy of the context"),
    ("cancelled_caller_is_cancelled", "<3.13", "https://github.com/python/cpython/issues/116720"),
    ("right_deadline_fires", "<3.13", "https://github.com/python/cpython/issues/116720"),
    ("no_stray_cancellation", "<3.13", "after the error of a task Task.cancelling() of the caller stays at 1"),
    (
        "retry_after_timeout",
        "<3.13",
        "the same cancellation that stays lets an outer asyncio.timeout raise CancelledError",
    ),
    (
        "works_in_clean_up",
        ">=3.13",
        "a TaskGroup that fails in a task which was cancelled before cancels that once more",
    ),
)
