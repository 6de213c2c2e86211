"""The stream of results is left open when all are there."""

from collections.abc import AsyncIterator, Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "asyncio"
KNOWN_FAILURES = (("nothing_left_on_exit", "", "an asynchronous generator is never closed"),)


_streams: list[AsyncIterator[None]] = []


async def _stream() -> AsyncIterator[None]:
    while True:
        yield


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    stream = _stream()
    _streams[:] = [stream]  # the defect: it is kept, and never closed
    await anext(stream)
    async with anyio.create_task_group() as group:
        for index, job in enumerate(jobs):
            group.start_soon(run, index, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
