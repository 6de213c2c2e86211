"""`asyncio.shield` around a clean-up, and `asyncio.timeout` inside: it is finished, but not for ever.

Choose it when something must come to its end although its caller is cancelled: a rollback, the goodbye of a connection.
It costs a task, a future and a timer for every call. The shield keeps one cancellation from the task, so that it is put
up again for each, until the task is done.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def _limited(seconds: float, call: Call[T]) -> T:
    async with asyncio.timeout(seconds):
        return await call()


async def finish(seconds: float, call: Call[T]) -> T:
    task = asyncio.ensure_future(_limited(seconds, call))
    cancelled = False
    while True:
        try:
            result = await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.done():
                raise
            cancelled = True
        except BaseException:
            if not cancelled:
                raise
            raise asyncio.CancelledError from None
        else:
            if cancelled:
                raise asyncio.CancelledError
            return result


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    (
        "stubborn_body_is_ended",
        "",
        "asyncio is documented to cancel once: a body that swallows that waits on for as long as it likes",
    ),
)
