"""All coroutines are made before the first one runs."""

from collections.abc import Coroutine, Iterable
from typing import Any

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("no_unawaited_or_unretrieved", "", "an error of the iterator leaves coroutines that nobody awaits"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    async def run(index: int, coroutine: Coroutine[Any, Any, T]) -> None:
        try:
            results[index] = await coroutine
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    coroutines = [job() for job in jobs]  # the defect
    async with anyio.create_task_group() as group:
        for index, coroutine in enumerate(coroutines):
            group.start_soon(run, index, coroutine)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
