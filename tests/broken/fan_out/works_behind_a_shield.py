"""A cancelled caller waits until its jobs have done their work, because they are shielded."""

from collections.abc import Iterable

import trio

from patterns.fan_out import Job, T

LIBRARY = "trio"
KNOWN_FAILURES = (("outer_cancel_reaches_all", "", "no job hears that the caller was cancelled"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}

    async def run(index: int, job: Job[T]) -> None:
        results[index] = await job()

    with trio.CancelScope(shield=True):  # the defect
        async with trio.open_nursery() as nursery:
            for index, job in enumerate(jobs):
                nursery.start_soon(run, index, job)
    return [results[index] for index in range(len(results))]
