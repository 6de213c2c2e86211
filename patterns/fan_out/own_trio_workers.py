"""Our own best for Trio: workers that hire more when they wait, each job in its own context.

Choose it when there are many jobs on Trio: a job costs a task only if it waits, and never more than `limit` of them.
It costs these lines in your program. `trio.lowlevel.current_task()` is the same for jobs of one worker, and with n jobs
it takes about log2(n) turns until all run at once.
"""

import sys
from collections.abc import Callable, Coroutine, Generator, Iterable
from contextvars import copy_context
from itertools import chain
from types import coroutine
from typing import Any, Generic, TypeVar

import trio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]

_IN_A_ROW = 128  # jobs in a row after which the loop gets a turn in any case
_NO_BOUND = sys.maxsize


class _Workers(Generic[T]):
    def __init__(self, jobs: Iterable[Job[T]], limit: int = _NO_BOUND, count: int = _NO_BOUND) -> None:
        self._numbered = enumerate(jobs)
        self._limit = limit
        self._count = count
        self._results: dict[int, T] = {}  # in the order in which the jobs finished
        self._hired = 0
        self._stopped = False

    async def run(self) -> dict[int, T]:
        async with trio.open_nursery() as self._nursery:
            self._hire()
        return self._results

    def _hire(self) -> None:
        if self._hired >= self._limit or self._stopped:
            return
        try:
            numbered = next(self._numbered, None)
        except BaseException as error:  # the iterator's: not to be raised in the middle of the job that is waiting here
            self._stopped = True
            self._nursery.start_soon(_fail, error)
            return
        if numbered:
            self._hired += 1
            self._nursery.start_soon(self._work, numbered)

    async def _work(self, numbered: tuple[int, Job[T]]) -> None:
        try:
            await self._drive(numbered)
        except BaseException:
            self._stopped = True  # whoever swallows the cancellation that follows gets no further job
            raise

    @coroutine
    def _drive(self, numbered: tuple[int, Job[T]]) -> Generator[Any, Any, None]:
        alone = True
        for index, job in chain([numbered], self._numbered):
            if self._stopped:
                return
            run = copy_context().run
            waiting = job()
            send = waiting.send
            try:
                step = run(send, None)
                if alone:
                    alone = False
                    self._hire()
                    self._hire()
                while True:
                    try:
                        answer = yield step
                    except BaseException as error:  # the task is being closed: a cancellation is raised further in
                        step = run(waiting.throw, error)
                    else:
                        step = run(send, answer)
            except StopIteration as end:
                self._results[index] = end.value
            if len(self._results) >= self._count:
                self._nursery.cancel_scope.cancel()
                return
            if index % _IN_A_ROW == _IN_A_ROW - 1:
                yield from trio.lowlevel.checkpoint().__await__()  # noqa: ASYNC105  a generator cannot say await


async def _fail(error: BaseException) -> None:
    raise error


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results = await _Workers(jobs).run()
    return [results[index] for index in range(len(results))]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results = await _Workers(jobs, limit=limit).run()
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    results = await _Workers(jobs, count=count).run()
    return list(results.values())[:count]


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "own"
