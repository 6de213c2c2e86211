"""`asyncio.wait_for`: await one thing, for so many seconds at most.

Choose it when one await is to have a deadline, such as a message from a queue, and a block would be more to write.
It costs a timer for every call, and on Python 3.11 a task as well: there the body runs in a copy of the context. What
is not begun by a deadline of zero is cancelled before its first line.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    return await asyncio.wait_for(call(), seconds)


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    now = asyncio.get_running_loop().time
    deadline = now() + seconds
    return [await asyncio.wait_for(step(), deadline - now()) for step in steps]


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    while (message := await asyncio.wait_for(receive(), seconds)) is not None:
        handle(message)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    (
        "computing_ends_between_steps",
        ">=3.12",
        "an eager task for a step has computed before wait_for sees that no time is left",
        "asyncio-eager",
    ),
    (
        "stubborn_body_is_ended",
        "",
        "asyncio is documented to cancel once: a body that swallows that waits on for as long as it likes",
    ),
    ("cancelled_caller_is_cancelled", "<3.12", "https://github.com/python/cpython/issues/86296"),
    (
        "no_complaints",
        "<3.12",
        "a caller that is cancelled while wait_for ends the body never retrieves what that raises",
    ),
    ("context_is_shared", "<3.12", "the body runs in a task of its own, which has a copy of the context"),
)
