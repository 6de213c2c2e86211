"""A plain `for` loop with `except Exception`: ask one after the other until one does not fail.

Choose it when sources fail rather than hang, and each of them has a deadline of its own.
It costs nothing but the call. A slow source holds up all others.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def fallback(sources: Sequence[Source[T]]) -> T:
    errors: list[Exception] = []
    for source in sources:
        try:
            return await source()
        except Exception as error:
            errors.append(error)
    raise ExceptionGroup("no source answered", errors)


LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "cancellation_survives_failing_clean_up",
        "",
        "a cancelled source whose clean-up fails is taken for one that has failed, and the next is asked",
        "[!t]*",
    ),
)
