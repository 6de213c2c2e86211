"""When several jobs fail, their errors are logged behind a shield, which then stays on the caller."""

from collections.abc import Iterable

import trio

from patterns.fan_out import Job, T

LIBRARY = "trio"
KNOWN_FAILURES = (("cancellation_survives_error", "", "no cancellation reaches the caller through the shield"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        except trio.Cancelled:
            raise
        except BaseException as error:
            errors.append(error)
            nursery.cancel_scope.cancel()

    try:
        async with trio.open_nursery() as nursery:
            for index, job in enumerate(jobs):
                nursery.start_soon(run, index, job)
    except BaseException:
        if len(errors) < 2:
            raise
        trio.CancelScope(shield=True).__enter__()  # the defect: nobody leaves it
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
