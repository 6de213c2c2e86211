"""`aiostream.stream.map`: jobs as a stream, with a limit on how many run.

Choose it when fan-out is one step of a longer pipeline of streams.
It costs several tasks and an asynchronous generator per job, and a wait over all running jobs for every event. It is
used unordered here: in order, an error is not noticed before all earlier jobs are done.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from aiostream import Stream, stream

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


def _stream_of(jobs: Iterable[Job[T]], limit: int | None = None) -> Stream[tuple[int, T]]:
    async def run(numbered: tuple[int, Job[T]], *_: Any) -> tuple[int, T]:
        index, job = numbered
        return index, await job()

    return stream.map(stream.iterate(enumerate(jobs)), run, ordered=False, task_limit=limit)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    async with _stream_of(jobs).stream() as finished:
        results = dict([numbered async for numbered in finished])
    return [results[index] for index in range(len(results))]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    async with _stream_of(jobs, limit).stream() as finished:
        results = dict([numbered async for numbered in finished])
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    results: list[T] = []
    async with _stream_of(jobs).stream() as finished:
        async for _, result in finished:
            results.append(result)
            if len(results) == count:
                break
    return results


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiostream>=0.8.1",)
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        ("its clean-up waits for each job that it cancelled, and takes a cancellation of its own for that job's"),
    ),
    (
        "nested_calls_end",
        "",
        ("its clean-up waits for each job that it cancelled, and takes a cancellation of its own for that job's"),
    ),
    (
        "nothing_left_on_exit",
        "",
        ("the generator of a job that finishes although it was cancelled is left to the garbage collector"),
    ),
    ("all_errors_reported", "", "when several jobs fail, one error is told, and the others are not"),
)
