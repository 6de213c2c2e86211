"""`async_timeout.timeout` of async-timeout: what `asyncio.timeout` was made from, now a subclass of it.

Choose it when your program must run on a Python before 3.11, too. From there on it is the standard library's.
It costs what `asyncio.timeout` costs, and a wrapper around its states.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from async_timeout import timeout

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    async with timeout(seconds):
        return await call()


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    async with timeout(seconds):
        return [await step() for step in steps]


LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("async-timeout>=5.0.1",)
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
