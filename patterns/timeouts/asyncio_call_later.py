"""`loop.call_later` and `task.cancel` by hand: what `asyncio.timeout` seems to be.

Choose it when nothing else can cancel the task, which is next to never: it was the way before Python 3.11, and takes
whatever cancels the task for its own timer.
It costs a timer for every call. A caller that is cancelled gets a TimeoutError, and one that has timed out keeps a
cancellation that nobody takes back, so that the next deadline or task group around it goes wrong.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    task = asyncio.current_task()
    assert task is not None
    timer = asyncio.get_running_loop().call_later(seconds, task.cancel)
    try:
        return await call()
    except asyncio.CancelledError:
        raise TimeoutError from None
    finally:
        timer.cancel()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    (
        "stubborn_body_is_ended",
        "",
        "asyncio is documented to cancel once: a body that swallows that waits on for as long as it likes",
    ),
    (
        "result_and_error_pass",
        "",
        "whatever cancels the task is taken for the timer, and its cancellation is never taken back",
    ),
    (
        "right_deadline_fires",
        "",
        "whatever cancels the task is taken for the timer, and its cancellation is never taken back",
    ),
    (
        "no_stray_cancellation",
        "",
        "whatever cancels the task is taken for the timer, and its cancellation is never taken back",
    ),
    (
        "cancelled_caller_is_cancelled",
        "",
        "whatever cancels the task is taken for the timer, and its cancellation is never taken back",
    ),
    (
        "retry_after_timeout",
        "",
        "whatever cancels the task is taken for the timer, and its cancellation is never taken back",
    ),
)
