"""All calls on a loop share five places."""

from collections.abc import Iterable

import anyio
from anyio.lowlevel import RunVar

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("nested_calls_end", "", "a call inside a job waits for places that the outer call has"),)


_places: RunVar[anyio.Semaphore] = RunVar("_places")


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    slots = anyio.Semaphore(limit)
    try:
        places = _places.get()
    except LookupError:
        _places.set(places := anyio.Semaphore(5))  # the defect

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()
        finally:
            places.release()
            slots.release()

    async with anyio.create_task_group() as group:
        for index, job in enumerate(jobs):
            await slots.acquire()
            await places.acquire()
            group.start_soon(run, index, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
