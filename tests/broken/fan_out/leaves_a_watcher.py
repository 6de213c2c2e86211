"""A task that watches over the jobs outlives them."""

from collections.abc import Iterable

import trio

from patterns.fan_out import Job, T

LIBRARY = "trio"
KNOWN_FAILURES = (("nothing_left_on_exit", "", "a task waits for ever"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}

    async def run(index: int, job: Job[T]) -> None:
        results[index] = await job()

    trio.lowlevel.spawn_system_task(trio.sleep_forever)  # the defect
    async with trio.open_nursery() as nursery:
        for index, job in enumerate(jobs):
            nursery.start_soon(run, index, job)
    return [results[index] for index in range(len(results))]
