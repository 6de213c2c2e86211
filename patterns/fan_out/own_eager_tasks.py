"""Our own best for asyncio, a task per job: run at once, and only the unfinished are kept.

Choose it when you want a task group's safety, with every job in a task of its own, at a low price on asyncio.
It costs these lines in your program. Jobs start inside the call, before it waits for the first time (Python 3.12+).
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]

_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}
_IN_A_ROW = 128  # jobs started before the loop gets a turn
_NO_BOUND = sys.maxsize


class _FanOut(Generic[T]):
    def __init__(self, jobs: Iterable[Job[T]], limit: int = _NO_BOUND, count: int = _NO_BOUND) -> None:
        self._numbered = enumerate(jobs)
        self._limit = limit
        self._count = count
        self._loop = asyncio.get_running_loop()
        self._results: dict[int, T] = {}  # in the order in which the jobs finished
        self._running: dict[asyncio.Task[T], int] = {}
        self._errors: list[BaseException] = []
        self._closed = self._stopped = self._job_cancelled = False  # closed: starts no further job
        self._more: asyncio.Handle | None = None
        self._idle: asyncio.Future[None] | None = None

    async def run(self) -> dict[int, T]:
        cancelled: asyncio.CancelledError | None = None
        failure: BaseException | None = None
        try:
            self._start()
            while self._running or self._more:
                self._idle = self._loop.create_future()
                try:
                    await self._idle
                except asyncio.CancelledError as error:
                    cancelled = cancelled or error
                    self._stop()
            failure = self._failure()
            if cancelled:
                raise cancelled from failure  # the caller's cancellation arrives, whatever the jobs made of it
            if failure:
                raise failure
            return self._results
        finally:
            del cancelled, failure, self._errors  # an error refers to this frame: no cycle for the collector

    def _failure(self) -> BaseException | None:
        for error in self._errors:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                return error
        if self._errors:
            return BaseExceptionGroup("jobs failed", self._errors)
        return asyncio.CancelledError("a job was cancelled") if self._job_cancelled else None

    def _start(self) -> None:
        for _ in range(_IN_A_ROW):
            if self._closed or len(self._running) >= self._limit:
                return
            try:
                numbered = next(self._numbered, None)
                if numbered is None:
                    self._closed = True
                    return
                index, job = numbered
                task = asyncio.Task(job(), loop=self._loop, **_EAGER)
            except BaseException as error:  # not a job's: its iterator's, or it is no job at all
                self._fail(error)
                return
            if task.done():
                self._settle(task, index)
            else:
                self._running[task] = index
                task.add_done_callback(self._ended)
        self._more = self._more or self._loop.call_soon(self._next_turn)

    def _next_turn(self) -> None:
        self._more = None
        self._go_on()

    def _ended(self, task: asyncio.Task[T]) -> None:
        self._settle(task, self._running.pop(task))
        self._go_on()

    def _go_on(self) -> None:
        if not self._closed:
            self._start()
        if not (self._running or self._more or self._idle is None or self._idle.done()):
            self._idle.set_result(None)

    def _settle(self, task: asyncio.Task[T], index: int) -> None:
        if task.cancelled():
            if not self._stopped:  # by itself or by a stranger
                self._job_cancelled = True
                self._stop()
        elif error := task.exception():
            self._fail(error)
        else:
            self._results[index] = task.result()
            if len(self._results) >= self._count:
                self._stop()

    def _fail(self, error: BaseException) -> None:
        self._errors.append(error)
        self._stop()

    def _stop(self) -> None:
        if not self._stopped:  # once only: whoever cleans up is left in peace
            self._closed = self._stopped = True
            for task in self._running:
                task.cancel()


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results = await _FanOut(jobs).run()
    return [results[index] for index in range(len(results))]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results = await _FanOut(jobs, limit=limit).run()
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    results = await _FanOut(jobs, count=count).run()
    return list(results.values())[:count]


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "own"
