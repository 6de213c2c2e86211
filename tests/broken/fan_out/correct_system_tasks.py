"""Correct, and unusual: jobs are system tasks, for which no nursery of the caller waits; their end is looked for."""

from collections.abc import Iterable
from contextvars import copy_context

import trio

from patterns.fan_out import Job, T

LIBRARY = "trio"


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    scopes: list[trio.CancelScope] = []
    running = 0

    async def run(index: int, job: Job[T], scope: trio.CancelScope) -> None:
        nonlocal running
        with scope:
            try:
                results[index] = await job()
            except trio.Cancelled:
                raise
            except BaseException as error:
                errors.append(error)
            finally:
                running -= 1

    for index, job in enumerate(list(jobs)):
        running += 1
        scopes.append(trio.CancelScope())
        trio.lowlevel.spawn_system_task(run, index, job, scopes[-1], context=copy_context())
    try:
        while running and not errors:
            await trio.lowlevel.checkpoint()
    finally:
        for scope in scopes:
            scope.cancel()
        with trio.CancelScope(shield=True):
            while running:
                await trio.lowlevel.checkpoint()
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
