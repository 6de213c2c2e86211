"""A job that ends starts the next one, even when the call is being stopped."""

from collections.abc import Iterable
from contextvars import copy_context
from functools import partial

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("no_start_after_error", "", "whoever does not notice the failure goes on with the next job"),)


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    numbered = enumerate(jobs)
    context = copy_context()

    def start() -> None:
        if pair := next(numbered, None):  # the defect: nobody asks for errors
            context.copy().run(partial(group.start_soon, run, *pair))

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
            start()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(limit):
            start()
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
