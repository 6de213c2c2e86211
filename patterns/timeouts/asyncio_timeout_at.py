"""`asyncio.timeout_at`: one moment by which everything must be over, handed from call to call.

Choose it when a request has one deadline and makes several calls: each gets what is left, and nothing is added up.
It costs a timer for every call, which all wait for the same moment. A body that swallows the one cancellation goes on
for ever.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def by(deadline: float, call: Call[T]) -> T:
    async with asyncio.timeout_at(deadline):
        return await call()


def deadline_in(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


async def within(seconds: float, call: Call[T]) -> T:
    return await by(deadline_in(seconds), call)


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    deadline = deadline_in(seconds)
    return [await by(deadline, step) for step in steps]


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
