"""`trio.fail_after` around one source after the other: who is slow is given up.

Choose it when a source that was slow once will not answer anyway, or when no two may be asked at a time.
It costs a cancel scope per source that is asked, and no task. When all are slow the call fails, however close an answer
was.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    errors: list[Exception] = []
    for source in sources:
        try:
            with trio.fail_after(delay):
                return await source()
        except Exception as error:
            errors.append(error)
    raise ExceptionGroup("no source answered", errors)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (("late_answer_is_taken", "", "a slow source is given up when the next is asked"),)
