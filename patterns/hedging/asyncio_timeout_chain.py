"""`asyncio.timeout` around one source after the other: who is slow is given up.

Choose it when a source that was slow once will not answer anyway, or when no two may be asked at a time.
It costs a timer per source that is asked, and no task. When all are slow the call fails, however close an answer was.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    errors: list[Exception] = []
    for source in sources:
        try:
            async with asyncio.timeout(delay):
                return await source()
        except Exception as error:
            errors.append(error)
    raise ExceptionGroup("no source answered", errors)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("late_answer_is_taken", "", "a slow source is given up when the next is asked"),
    (
        "cancellation_survives_failing_clean_up",
        "",
        "a cancelled source whose clean-up fails is taken for one that has failed, and the next is asked",
    ),
)
