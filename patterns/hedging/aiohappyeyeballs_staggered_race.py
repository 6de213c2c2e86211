"""`aiohappyeyeballs`' `staggered_race`: the race by which aiohttp connects, for any source.

Choose it when aiohttp is installed anyway and you write for asyncio.
It costs a task and a future per source that is asked. The function lies in a private module of the package.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from aiohappyeyeballs._staggered import staggered_race

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def _first(sources: Sequence[Source[T]], delay: float | None) -> T:
    result, index, errors = await staggered_race(sources, delay)
    if index is None:
        raise BaseExceptionGroup("no source answered", [error for error in errors if error])
    return result  # type: ignore[return-value]  # None only where a source has returned it


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    return await _first(sources, delay)


async def fallback(sources: Sequence[Source[T]]) -> T:
    return await _first(sources, None)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiohappyeyeballs>=2.7.1",)
KNOWN_FAILURES = (
    (
        "cancelled_caller_is_cancelled",
        "",
        "aiohappyeyeballs 2.7.1: a cancellation that comes while it waits for the clean-up of losers is suppressed",
        "asyncio*",
    ),
    (
        "cancellation_survives_failing_clean_up",
        "",
        "aiohappyeyeballs 2.7.1: a cancellation that comes while it waits for the clean-up of losers is suppressed",
        "asyncio*",
    ),
    (
        "exit_is_no_failure",
        "",
        "SystemExit and KeyboardInterrupt are let through, and every other BaseException is a failure",
    ),
)
