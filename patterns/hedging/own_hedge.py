"""Our own best for asyncio: in the caller's task as long as nobody is slow.

Choose it when most answers come in time and you want hedging to cost next to nothing until they do not.
It costs these lines in your program. The caller sees the context variables that a source sets which ran in its task.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator, Sequence
from types import coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]

_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


class _Call(Generic[T]):
    def __init__(self, sources: Iterator[Source[T]], delay: float, errors: list[Exception]) -> None:
        self._sources = sources
        self._delay = delay
        self._errors = errors
        self._loop = asyncio.get_running_loop()
        self._caller = _current_task()
        self._before = self._caller.cancelling()
        self._waiting = False  # for a source in the caller's own task
        self._interrupted = self._stopped = False
        self._answers: list[T] = []
        self._end: BaseException | None = None  # what is no failure of a source
        self._others: set[asyncio.Task[T]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._idle: asyncio.Future[None] | None = None

    async def run(self, begun: Awaitable[T] | None) -> T:
        try:
            if begun:
                await self._ask_here(begun)
            while not self._stopped and (source := next(self._sources, None)):
                await self._ask_here(self._watched(source()))
            while self._others:
                self._idle = self._loop.create_future()
                try:
                    await self._idle
                except asyncio.CancelledError as error:
                    self._end = error
                    self._stop()
            if self._end:
                raise self._end
            if self._answers:
                return self._answers[0]
            raise ExceptionGroup("no source answered", self._errors)
        finally:
            self._stop()
            del self._end, self._errors  # an error refers to this frame: no cycle for the collector

    async def _ask_here(self, asking: Awaitable[T]) -> None:
        error: BaseException | None = None
        try:
            self._answers.append(await asking)
        except GeneratorExit:
            raise
        except BaseException as raised:
            error = raised
        finally:
            self._waiting = False
        if self._interrupted:
            self._caller.uncancel()
        if self._caller.cancelling() > self._before:  # by others, whatever the source has made of it
            self._end = error if isinstance(error, asyncio.CancelledError) else asyncio.CancelledError()
        elif isinstance(error, Exception):
            self._errors.append(error)
        elif error and not self._interrupted:
            self._end = error
        if self._answers or self._end:
            self._stop()
        del error

    @coroutine
    def _watched(self, asking: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
        """Await a source, and see to the next one when it waits for the first time."""
        try:
            step = asking.send(None)
        except StopIteration as end:
            answer: T = end.value
            return answer
        answer = yield from self.waiting(asking, step)
        return answer

    @coroutine
    def waiting(self, asking: Coroutine[Any, Any, T], step: Any) -> Generator[Any, Any, T]:
        """Await a source that waits already, for what it has said in its first step."""
        self._waiting = True
        self._see_to_the_next()
        try:
            while True:
                try:
                    yield step
                except BaseException as error:  # what it waits for has failed, or it is cancelled: the source hears it
                    step = asking.throw(error)
                else:
                    answer: T = yield from asking
                    return answer
        except StopIteration as end:
            answer = end.value
            return answer

    def _see_to_the_next(self) -> None:
        if self._delay <= 0:
            self._ask_next()
            return
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_later(self._delay, self._ask_next)

    def _ask_next(self) -> None:
        """Ask in a task of its own, and again if that one does not wait, or need not be waited for."""
        while not self._stopped and (source := next(self._sources, None)):
            try:
                task = asyncio.Task(source(), loop=self._loop, **_EAGER)
            except BaseException as error:  # what eager start lets through, or what is no source at all
                self._end = error
                self._stop()
                return
            if not task.done():
                self._others.add(task)
                task.add_done_callback(self._ended)
                if self._delay > 0:
                    self._see_to_the_next()
                    return
            else:
                self._settle(task)

    def _ended(self, task: asyncio.Task[T]) -> None:
        self._others.discard(task)
        if not (self._stopped and task.cancelled()):
            self._settle(task)
            self._ask_next()
        if not self._others and self._idle and not self._idle.done():
            self._idle.set_result(None)

    def _settle(self, task: asyncio.Task[T]) -> None:
        if task.cancelled():
            if not self._stopped:  # by itself or by a stranger
                self._end = asyncio.CancelledError("a source was cancelled")
        elif not (error := task.exception()):
            self._answers.append(task.result())
        elif isinstance(error, Exception):
            self._errors.append(error)
        else:
            self._end = error
        if self._answers or self._end:
            self._stop()

    def _stop(self) -> None:
        if self._stopped:  # once only: whoever cleans up is left in peace
            return
        self._stopped = True
        if self._timer:
            self._timer.cancel()
        for task in self._others:
            task.cancel()
        if self._waiting:
            self._interrupted = True
            self._caller.cancel()


def _current_task() -> "asyncio.Task[Any]":
    task = asyncio.current_task()
    assert task, "a call is made by a task"
    return task


@coroutine
def _first(sources: Sequence[Source[T]], delay: float) -> Generator[Any, Any, T]:
    """The first answer, without any book-keeping where the first source does not wait."""
    following = iter(sources)
    asking = next(following)()
    try:
        step = asking.send(None)
    except StopIteration as end:
        answer: T = end.value
        return answer
    except Exception as error:
        call = _Call(following, delay, [error])
        begun = None
    else:
        call = _Call(following, delay, [])
        begun = call.waiting(asking, step)
    answer = yield from call.run(begun)
    return answer


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    return await _first(sources, delay)


async def race(sources: Sequence[Source[T]]) -> T:
    return await _first(sources, 0)


async def fallback(sources: Sequence[Source[T]]) -> T:
    caller = _current_task()
    before = caller.cancelling()
    errors: list[Exception] = []
    for source in sources:
        try:
            return await source()
        except Exception as error:
            if caller.cancelling() > before:  # it was cancelled, and its clean-up failed
                raise asyncio.CancelledError from error
            errors.append(error)
    raise ExceptionGroup("no source answered", errors)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "own"
