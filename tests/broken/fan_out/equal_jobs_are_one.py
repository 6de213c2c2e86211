"""Jobs are the keys of a dict, so that the same job twice is one."""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("each_job_once", "", "equal jobs are run once"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    listed = list(jobs)
    results: dict[Job[T], T] = {}
    errors: list[BaseException] = []

    async def run(job: Job[T]) -> None:
        try:
            results[job] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for job in dict.fromkeys(listed):  # the defect
            group.start_soon(run, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[job] for job in listed]
