"""A cancellation that is thrown into a job is taken for one from outside."""

from collections.abc import Generator, Iterable
from types import coroutine
from typing import Any

import anyio
import outcome

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("timeouts_inside_jobs", "", "a deadline inside a job stops all jobs"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    @coroutine
    def drive(index: int, job: Job[T]) -> Generator[Any, Any, None]:
        waiting = job()
        try:
            step = waiting.send(None)
            while True:
                try:
                    answer = yield step
                except BaseException as error:
                    group.cancel_scope.cancel()  # the defect
                    step = waiting.throw(error)
                else:
                    if isinstance(answer, outcome.Error):  # so Trio throws
                        group.cancel_scope.cancel()
                    step = waiting.send(answer)
        except StopIteration as end:
            results[index] = end.value

    async def run(index: int, job: Job[T]) -> None:
        try:
            await drive(index, job)
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for index, job in enumerate(jobs):
            group.start_soon(run, index, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in sorted(results)]
