"""`asyncio.wait(..., return_when=FIRST_COMPLETED)` as often written: the first done is the answer.

Choose it when no source can fail and no caller is ever cancelled.
It costs a task per source. Who fails first is taken for the winner, and a cancelled caller leaves all tasks running.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def race(sources: Sequence[Source[T]]) -> T:
    tasks = [asyncio.create_task(source()) for source in sources]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return done.pop().result()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("first_answer_wins", "", "the first that is done is the answer, also if it has failed"),
    ("all_errors_are_told", "", "one error is told, and the others are not"),
    ("nothing_complains", "", "errors of sources that were not the first are never retrieved"),
    ("cancelled_call_stops_its_sources", "", "asyncio.wait does not cancel what it waits for"),
    ("nothing_is_left_behind", "", "asyncio.wait does not cancel what it waits for"),
    ("cancelled_call_leaves_no_source", "", "asyncio.wait does not cancel what it waits for"),
    ("deadlines_inside_sources", "", "the first that is done is the answer, also if it has failed"),
    ("calls_inside_sources", "", "asyncio.wait does not cancel what it waits for"),
)
