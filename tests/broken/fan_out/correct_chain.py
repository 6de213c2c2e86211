"""Correct, and unusual: a job that ends starts the next one, in the context of the caller."""

from collections.abc import Iterable
from contextvars import copy_context
from functools import partial

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    numbered = enumerate(jobs)
    context = copy_context()
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    def start() -> None:
        try:
            if not errors and not group.cancel_scope.cancel_called and (pair := next(numbered, None)):
                context.copy().run(partial(group.start_soon, run, *pair))
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()
        else:
            start()

    async with anyio.create_task_group() as group:
        for _ in range(limit):
            start()
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
