"""Our own best for AnyIO: in the caller's task as long as nobody is slow.

Choose it when one code base must run on asyncio and on Trio, and most answers come in time.
It costs these lines in your program, and one sleeping task per call whose source waits.
"""

import asyncio
import math
from collections.abc import Callable, Coroutine, Generator, Sequence
from types import coroutine
from typing import Any, Generic, TypeVar

import anyio
import anyio.lowlevel

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


class _Call(Generic[T]):
    def __init__(self, sources: Sequence[Source[T]], delay: float) -> None:
        self._sources = list(reversed(sources))
        self._delay = delay
        self._before = _requests()
        self._answers: list[T] = []
        self._errors: list[Exception] = []
        self._pause: anyio.CancelScope | None = None  # of the task that is to ask the next

    async def run(self) -> T:
        async with anyio.create_task_group() as self._group:
            await self._ask()
        if self._answers:
            return self._answers[0]
        raise ExceptionGroup("no source answered", self._errors)

    async def _ask(self) -> None:
        while self._sources:
            try:
                self._answers.append(await self._watched(self._sources.pop()()))
            except Exception as error:
                self._errors.append(error)
                await _heed(self._before, error)
            else:
                self._group.cancel_scope.cancel()
                return
        if self._pause:
            self._pause.cancel()  # there is nobody left to ask

    @coroutine
    def _watched(self, asking: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
        """Await a source, and see to the next one when it waits for the first time."""
        try:
            step = asking.send(None)
            self._see_to_the_next()
            while True:
                try:
                    reply = yield step
                except BaseException as error:  # an exception, on its way to the source
                    step = asking.throw(error)
                else:
                    step = asking.send(reply)
        except StopIteration as end:
            answer: T = end.value
            return answer

    def _see_to_the_next(self) -> None:
        if not self._sources:
            return
        due = anyio.current_time() + self._delay
        if self._pause:
            self._pause.deadline = due
        else:
            self._pause = anyio.CancelScope(deadline=due)
            self._group.start_soon(self._ask_later, self._pause)

    async def _ask_later(self, pause: anyio.CancelScope) -> None:
        with pause:
            await anyio.sleep_forever()
        self._pause = None
        await self._ask()


def _requests() -> int:
    """How many cancellations of this task asyncio counts; Trio counts none."""
    if anyio.get_cancelled_exc_class() is not asyncio.CancelledError:
        return 0
    task = asyncio.current_task()
    return task.cancelling() if task else 0


async def _heed(before: int, error: Exception) -> None:
    """Raise the cancellation by which a source was stopped whose clean-up failed, if it was."""
    if anyio.current_effective_deadline() == -math.inf:
        await anyio.lowlevel.checkpoint()
    if _requests() > before:  # by asyncio itself, which cancels only once
        raise asyncio.CancelledError from error


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    return await _Call(sources, delay).run()


async def race(sources: Sequence[Source[T]]) -> T:
    before = _requests()
    answers: list[T] = []
    errors: list[Exception] = []

    async def attempt(source: Source[T]) -> None:
        try:
            answers.append(await source())
        except Exception as error:
            errors.append(error)
        else:
            group.cancel_scope.cancel()

    first, *others = sources
    async with anyio.create_task_group() as group:
        for source in others:
            group.start_soon(attempt, source)
        await attempt(first)
        if errors and not answers:
            await _heed(before, errors[-1])
    if not answers:
        raise ExceptionGroup("no source answered", errors)
    return answers[0]


async def fallback(sources: Sequence[Source[T]]) -> T:
    before = _requests()
    errors: list[Exception] = []
    for source in sources:
        try:
            return await source()
        except Exception as error:
            errors.append(error)
            await _heed(before, error)
    raise ExceptionGroup("no source answered", errors)


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "own"
