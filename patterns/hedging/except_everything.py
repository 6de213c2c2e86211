"""A plain `for` loop with a bare `except`: whatever happens, ask the next.

Choose it when nobody will ever cancel the call, not even by a deadline.
It costs the caller's cancellation: it is taken for a failure, and the next source is asked.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def fallback(sources: Sequence[Source[T]]) -> T:
    for source in sources[:-1]:
        try:
            return await source()
        except:  # noqa: E722  this is the trap
            continue
    return await sources[-1]()


LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("all_errors_are_told", "", "the last error is told, and the others are not"),
    ("exit_is_no_failure", "", "a bare except takes an exit for a failure"),
    ("cancelled_caller_is_cancelled", "", "a bare except takes a cancellation for a failure", "[!t]*"),
    ("cancelled_call_asks_nobody", "", "a bare except takes a cancellation for a failure", "trio"),
    ("cancelled_call_stops_its_sources", "", "a bare except takes a cancellation for a failure", "[!t]*"),
    ("cancellation_survives_failing_clean_up", "", "a bare except takes a cancellation for a failure", "[!t]*"),
)
