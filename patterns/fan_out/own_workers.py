"""Our own best for asyncio, workers: each runs job after job, every job in a context of its own.

Choose it when far more jobs are to be done than may run at once: jobs cost no task, no future and no semaphore.
It costs these lines in your program. `asyncio.current_task()` is the same for jobs of one worker, and a stack dump of a
waiting job ends at its worker.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Generator, Iterable
from contextvars import copy_context
from itertools import chain
from types import coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]

_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}
_IN_A_ROW = 128  # jobs in a row after which the loop gets a turn in any case


class _Workers(Generic[T]):
    def __init__(self, jobs: Iterable[Job[T]]) -> None:
        self._numbered = enumerate(jobs)
        self._loop = asyncio.get_running_loop()
        self._results: dict[int, T] = {}
        self._working: dict[asyncio.Task[None], None] = {}
        self._errors: list[BaseException] = []
        self._stopped = self._job_cancelled = False
        self._idle: asyncio.Future[None] | None = None

    async def run(self, limit: int) -> list[T]:
        cancelled: asyncio.CancelledError | None = None
        failure: BaseException | None = None
        try:
            self._hire(limit)
            while self._working:
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
            return [self._results[index] for index in range(len(self._results))]
        finally:
            del cancelled, failure, self._errors  # an error refers to this frame: no cycle for the collector

    def _failure(self) -> BaseException | None:
        for error in self._errors:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                return error
        if self._errors:
            return BaseExceptionGroup("jobs failed", self._errors)
        return asyncio.CancelledError("a job was cancelled") if self._job_cancelled else None

    def _hire(self, limit: int) -> None:
        try:
            while len(self._working) < limit and not self._stopped and (numbered := next(self._numbered, None)):
                task = asyncio.Task(self._work(numbered), loop=self._loop, **_EAGER)
                if task.done():
                    self._left(task)
                else:
                    self._working[task] = None
                    task.add_done_callback(self._left)
        except BaseException as error:  # the iterator's, or an exit that a job asked for
            self._errors.append(error)
            self._stop()

    async def _work(self, numbered: tuple[int, Job[T]]) -> None:
        await self._drive(numbered)

    @coroutine
    def _drive(self, numbered: tuple[int, Job[T]]) -> Generator[Any, Any, None]:
        for index, job in chain([numbered], self._numbered):
            if self._stopped:
                return
            run = copy_context().run
            waiting = job()
            send = waiting.send
            try:
                step = run(send, None)
                while True:
                    try:
                        answer = yield step
                    except BaseException as error:  # what it waits for has failed, or it is cancelled: the job hears it
                        step = run(waiting.throw, error)
                    else:
                        step = run(send, answer)
            except StopIteration as end:
                self._results[index] = end.value
            if index % _IN_A_ROW == _IN_A_ROW - 1:
                yield

    def _left(self, task: asyncio.Task[None]) -> None:
        self._working.pop(task, None)
        if task.cancelled():
            self._job_cancelled = self._job_cancelled or not self._stopped  # by itself or by a stranger
            self._stop()
        elif error := task.exception():
            self._errors.append(error)
            self._stop()
        if not (self._working or self._idle is None or self._idle.done()):
            self._idle.set_result(None)

    def _stop(self) -> None:
        if not self._stopped:  # once only: whoever cleans up is left in peace
            self._stopped = True
            for task in self._working:
                task.cancel()


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    return await _Workers(jobs).run(limit)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "own"
