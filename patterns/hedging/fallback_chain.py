"""Nested `try` and `except`: the next source is asked inside the handler of the one before.

Choose it when there are two or three sources and the last error is the one to tell: those before are its context.
It costs a frame per source that has failed, so that a thousand of them exceed Python's limit.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def fallback(sources: Sequence[Source[T]]) -> T:
    source, *others = sources
    try:
        return await source()
    except Exception:
        if not others:
            raise
        return await fallback(others)


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
