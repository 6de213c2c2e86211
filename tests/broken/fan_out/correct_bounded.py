"""Correct, and in one piece: `collect_bounded` alone, which has a place before it takes a job."""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    slots = anyio.Semaphore(limit)

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()
        finally:
            slots.release()

    async with anyio.create_task_group() as group:
        numbered = enumerate(jobs)
        while True:
            await slots.acquire()
            if not (pair := next(numbered, None)):
                break
            group.start_soon(run, *pair)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in sorted(results)]
