"""`hyx.timeout` of Hyx: a block with a deadline, among breakers and retries of the same package.

Choose it when Hyx does the rest for you as well, and nothing cancels the tasks that use it.
It costs a timer and an event for every block. It raises `MaxDurationExceeded`, which is no TimeoutError, and does not
take its cancellation back.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from hyx.timeout import timeout
from hyx.timeout.exceptions import MaxDurationExceeded

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    try:
        async with timeout(seconds):
            return await call()
    except MaxDurationExceeded:
        raise TimeoutError from None


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    try:
        async with timeout(seconds):
            return [await step() for step in steps]
    except MaxDurationExceeded:
        raise TimeoutError from None


LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("hyx>=0.0.2",)
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
    (
        "right_deadline_fires",
        "",
        "hyx 0.0.2 never takes its task.cancel() back, and takes a cancellation that comes with it for its own",
    ),
    (
        "no_stray_cancellation",
        "",
        "hyx 0.0.2 never takes its task.cancel() back, and takes a cancellation that comes with it for its own",
    ),
    (
        "cancelled_caller_is_cancelled",
        "",
        "hyx 0.0.2 never takes its task.cancel() back, and takes a cancellation that comes with it for its own",
    ),
    (
        "retry_after_timeout",
        "",
        "hyx 0.0.2 never takes its task.cancel() back, and takes a cancellation that comes with it for its own",
    ),
)
