"""A deadline that is looked at: between two steps, the body compares the clock with its moment.

Choose it when steps only compute, which no timer can interrupt, and none of them can hang: nothing is ever cut off in
the middle, so there is nothing to clean up.
It costs a look at the clock per step. A step that waits for ever is waited for, for ever.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._now = asyncio.get_running_loop().time
        self._moment = self._now() + seconds

    def check(self) -> None:
        if self._now() >= self._moment:
            raise TimeoutError


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    deadline = Deadline(seconds)
    results = []
    for step in steps:
        deadline.check()
        results.append(await step())
    return results


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("deadline_ends_the_wait", "", "it looks between two steps: one that waits for ever is never ended"),
    ("each_at_its_own_time", "", "it looks between two steps: one that waits for ever is never ended"),
    ("body_has_finished", "", "it looks between two steps: one that waits for ever is never ended"),
    ("right_deadline_fires", "", "it looks between two steps: one that waits for ever is never ended"),
    ("no_stray_cancellation", "", "it looks between two steps: one that waits for ever is never ended"),
    ("error_of_the_stopped_arrives", "", "it looks between two steps: one that waits for ever is never ended"),
    ("stubborn_body_is_ended", "", "it looks between two steps: one that waits for ever is never ended"),
    ("works_in_clean_up", "", "it looks between two steps: one that waits for ever is never ended"),
    ("retry_after_timeout", "", "it looks between two steps: one that waits for ever is never ended"),
    ("second_loop", "", "it looks between two steps: one that waits for ever is never ended"),
)
