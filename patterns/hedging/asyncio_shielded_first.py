"""`asyncio.wait_for(asyncio.shield(...))`: give a source some time, then ask the next, too.

Choose it when what was asked is to be finished in any case, even when its caller is gone.
It costs a task per source, a shield and a timer. Nobody stops a source whose caller is cancelled.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    tasks: list[asyncio.Task[T]] = []
    errors: list[Exception] = []
    for source in sources:
        tasks.append(asyncio.create_task(source()))
        try:
            result = await asyncio.wait_for(asyncio.shield(tasks[-1]), delay)
        except Exception:  # slow, or failed: it is looked at again below
            continue
        await _stop(tasks)
        return result
    for earliest in asyncio.as_completed(tasks):
        try:
            result = await earliest
        except Exception as error:
            errors.append(error)
            continue
        await _stop(tasks)
        return result
    raise ExceptionGroup("no source answered", errors)


async def _stop(tasks: Sequence[asyncio.Task[T]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("cancelled_caller_is_cancelled", "<3.12", "https://github.com/python/cpython/issues/86296"),
    ("cancellation_survives_failing_clean_up", "<3.12", "https://github.com/python/cpython/issues/86296"),
    ("cancelled_call_asks_nobody", "<3.12", "https://github.com/python/cpython/issues/86296", "uvloop"),
    ("cancelled_call_stops_its_sources", "", "a shielded task goes on when its caller is cancelled"),
    ("cancelled_call_leaves_no_source", "", "a shielded task goes on when its caller is cancelled"),
    ("calls_inside_sources", "", "a shielded task goes on when its caller is cancelled"),
    ("nothing_complains", "", "a shielded task goes on when its caller is cancelled"),
    (
        "cancellation_survives_failing_clean_up",
        "",
        "a shielded task goes on when its caller is cancelled",
        "asyncio-eager",
    ),
    ("nothing_is_left_behind", "", "a shielded task goes on when its caller is cancelled", "asyncio*"),
)
