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
    for source in sources:
        tasks.append(asyncio.create_task(source()))
        try:
            return await asyncio.wait_for(asyncio.shield(tasks[-1]), delay)
        except Exception:  # slow, or failed
            continue
    errors: list[Exception] = []
    for earliest in asyncio.as_completed(tasks):
        try:
            result = await earliest
        except Exception as error:
            errors.append(error)
            continue
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return result
    raise ExceptionGroup("no source answered", errors)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    (
        "losers_are_cancelled",
        "",
        "an answer of the source that was asked last is returned at once, and the others go on",
    ),
    (
        "losers_have_finished",
        "",
        "an answer of the source that was asked last is returned at once, and the others go on",
    ),
    ("cancelled_call_stops_its_sources", "", "a shielded task goes on when its caller is cancelled"),
    ("cancelled_call_leaves_no_source", "", "a shielded task goes on when its caller is cancelled"),
    ("calls_inside_sources", "", "a shielded task goes on when its caller is cancelled"),
    ("nothing_complains", "", "a shielded task goes on when its caller is cancelled"),
    ("nothing_is_left_behind", "", "a shielded task goes on when its caller is cancelled"),
)
