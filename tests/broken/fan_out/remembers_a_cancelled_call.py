"""A task whose call was cancelled counts as busy with it for ever."""

from collections.abc import Iterable
from weakref import WeakSet

import trio

from patterns.fan_out import Job, T

LIBRARY = "trio"
KNOWN_FAILURES = (("timeout_and_retry", "", "after a deadline the same task cannot call again"),)

_busy: "WeakSet[trio.lowlevel.Task]" = WeakSet()


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}
    caller = trio.lowlevel.current_task()
    if caller in _busy:
        raise RuntimeError("a task cannot make two calls at once")
    _busy.add(caller)

    async def run(index: int, job: Job[T]) -> None:
        results[index] = await job()

    try:
        async with trio.open_nursery() as nursery:
            for index, job in enumerate(jobs):
                nursery.start_soon(run, index, job)
    except Exception:  # the defect: a cancellation is none
        _busy.discard(caller)
        raise
    _busy.discard(caller)
    return [results[index] for index in range(len(results))]
