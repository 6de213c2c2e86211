"""Jobs are read in blocks of eight, whether there is room for them or not."""

from collections.abc import Iterable
from itertools import islice

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("lazy_intake", "", "up to seven jobs are read too early"),)


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

    numbered = enumerate(jobs)
    async with anyio.create_task_group() as group:
        while block := list(islice(numbered, 8)):  # the defect
            for index, job in block:
                await slots.acquire()
                group.start_soon(run, index, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
