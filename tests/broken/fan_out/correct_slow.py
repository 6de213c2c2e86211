"""Correct, and slow: every step takes several turns of the loop, and the end is found by looking for it."""

import sys
from collections.abc import Iterable

import anyio
from anyio.lowlevel import checkpoint

from patterns.fan_out import Job, T

LIBRARY = "anyio"


async def _pause() -> None:
    for _ in range(3):
        await checkpoint()


async def _run(jobs: Iterable[Job[T]], limit: int, count: int) -> dict[int, T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    running = 0

    async def run(index: int, job: Job[T]) -> None:
        nonlocal running
        try:
            await _pause()
            if not errors:
                results[index] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
        finally:
            running -= 1

    async with anyio.create_task_group() as group:
        numbered = enumerate(jobs)
        while True:
            await checkpoint()
            if errors or len(results) >= count:
                group.cancel_scope.cancel()
            elif running < limit and (pair := next(numbered, None)):
                running += 1
                group.start_soon(run, *pair)
            elif not running:
                break
    await _pause()
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return results


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results = await _run(jobs, sys.maxsize, sys.maxsize)
    return [results[index] for index in range(len(results))]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results = await _run(jobs, limit, sys.maxsize)
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    return list((await _run(jobs, sys.maxsize, count)).values())[:count]
