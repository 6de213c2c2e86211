"""A Trio memory channel that collects results: every job puts its own into it.

Choose it when you want to act on each result as it arrives, or stop early.
It costs a task per job, and a trip through the channel per result.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    sending, receiving = trio.open_memory_channel[tuple[int, T]](0)

    async def run(index: int, job: Job[T], out: trio.MemorySendChannel[tuple[int, T]]) -> None:
        with out:  # not async: an error must leave without another wait
            await out.send((index, await job()))

    async with trio.open_nursery() as nursery, receiving:
        with sending:
            for index, job in enumerate(jobs):
                nursery.start_soon(run, index, job, sending.clone())
        results = dict([numbered async for numbered in receiving])
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    sending, receiving = trio.open_memory_channel[T](count)
    results: list[T] = []

    async def run(job: Job[T], out: trio.MemorySendChannel[T]) -> None:
        with out:  # not async: an error must leave without another wait
            await out.send(await job())

    async with trio.open_nursery() as nursery, receiving:
        with sending:
            for job in jobs:
                nursery.start_soon(run, job, sending.clone())
        async for result in receiving:
            results.append(result)
            if len(results) == count:
                break
        nursery.cancel_scope.cancel()
    return results


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
