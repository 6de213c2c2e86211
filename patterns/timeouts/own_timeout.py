"""Our own best for asyncio: one timer for all deadlines, and none for what does not wait.

Choose it when deadlines are around everything, and hardly any of them ever comes: a call that need not wait costs
a look at the clock, any other one an entry in a list.
It costs these lines in your program. A deadline may come half a millisecond early. A body that is still there after as
long again, a second at least, is cancelled once more, in its clean-up, too. The stack of a task ends here at the
body's first wait.
"""

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine, Generator, Iterable
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]

_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}
_GRAIN = 0.0005  # seconds by which some loops round a timer
_SECOND = 1.0  # that a body may take for its clean-up at least, before it is cancelled again
_FEW = 64  # entries of calls that are over, which may stay for a while


class _Limit:
    """A deadline of a task: ``moment`` is when it comes, ``struck`` how often it has."""

    __slots__ = ("before", "moment", "over", "seconds", "struck", "task")

    def __init__(self, task: asyncio.Task[Any], before: int, moment: float, seconds: float) -> None:
        self.task, self.before, self.moment, self.seconds = task, before, moment, seconds
        self.struck, self.over = 0, False

    def strike(self, now: float) -> None:
        self.struck += 1
        self.moment = now + max(self.seconds, _SECOND)
        self.task.cancel()

    def is_its_own(self) -> bool:
        """Take the cancellations back; whether there were no others."""
        while self.struck:
            self.struck -= 1
            self.task.uncancel()
        return self.task.cancelling() <= self.before


class _Deadlines:
    """The open deadlines of a loop, the earliest first, and one timer."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._heap: list[tuple[float, int, _Limit]] = []
        self._number = count()
        self._over = 0
        self._wakes = inf
        self._timer: asyncio.TimerHandle | None = None

    def open(self, limit: _Limit) -> None:
        heappush(self._heap, (limit.moment, next(self._number), limit))
        if limit.moment < self._wakes:
            self._wake_at(limit.moment)

    def close(self, limit: _Limit) -> None:
        heap = self._heap
        if heap[-1][2] is limit:  # the last one may always leave a heap
            heap.pop()
            return
        limit.over = True
        self._over += 1
        if self._over > _FEW and self._over > len(heap) / 2:
            heap[:] = [entry for entry in heap if not entry[2].over]
            heapify(heap)
            self._over = 0

    def _wake_at(self, moment: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._wakes = moment
        self._timer = self.loop.call_at(moment, self._ring)

    def _ring(self) -> None:
        heap, now = self._heap, self.loop.time()
        self._timer, self._wakes = None, inf
        while heap and (heap[0][0] <= now + _GRAIN or heap[0][2].over):
            limit = heappop(heap)[2]
            if limit.over:
                self._over -= 1
                continue
            if limit.moment <= now + _GRAIN:
                limit.strike(now)
            heappush(heap, (limit.moment, next(self._number), limit))  # again, or because it was put off
        if heap:
            self._wake_at(heap[0][0])


class _Here(threading.local):
    deadlines: _Deadlines | None = None


_here = _Here()


def _deadlines(loop: asyncio.AbstractEventLoop) -> _Deadlines:
    found = _here.deadlines
    if found is None or found.loop is not loop:
        found = _here.deadlines = _Deadlines(loop)
    return found


def _limit(loop: asyncio.AbstractEventLoop, seconds: float) -> _Limit:
    task = asyncio.current_task()
    assert task is not None
    return _Limit(task, task.cancelling(), loop.time() + seconds, seconds)


@coroutine
def _until(limit: _Limit, loop: asyncio.AbstractEventLoop, body: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    try:
        step = body.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    deadlines = _deadlines(loop)
    deadlines.open(limit)
    try:
        while True:
            try:
                yield step
            except BaseException as error:  # what it waits for has failed, or it is cancelled: the body hears it
                step = body.throw(error)
            else:
                result = yield from body
                return result
    except StopIteration as end:
        result = end.value
        return result
    except asyncio.CancelledError as error:
        if limit.struck and limit.is_its_own():
            raise TimeoutError from error
        raise
    finally:
        if limit.struck:
            limit.is_its_own()
        deadlines.close(limit)


async def within(seconds: float, call: Call[T]) -> T:
    loop = asyncio.get_running_loop()
    return await _until(_limit(loop, seconds), loop, call())


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    loop = asyncio.get_running_loop()
    limit = _limit(loop, seconds)
    return await _until(limit, loop, _in_a_row(steps, limit.moment, loop.time))


async def _in_a_row(steps: Iterable[Call[T]], moment: float, now: Callable[[], float]) -> list[T]:
    results = []
    for step in steps:
        if now() >= moment:
            raise TimeoutError
        results.append(await step())
    return results


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    loop = asyncio.get_running_loop()
    limit = _limit(loop, seconds)
    await _until(limit, loop, _hear(limit, loop.time, receive, handle))


async def _hear(
    limit: _Limit, now: Callable[[], float], receive: Call[T | None], handle: Callable[[T], object]
) -> None:
    while (message := await receive()) is not None:
        handle(message)
        limit.moment = now() + limit.seconds


async def finish(seconds: float, call: Call[T]) -> T:
    loop = asyncio.get_running_loop()
    task = asyncio.Task(within(seconds, call), loop=loop, **_EAGER)
    cancelled: asyncio.CancelledError | None = None
    try:
        while not task.done():
            try:
                await asyncio.wait((task,))
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is None:
            return task.result()
        task.cancelled() or task.exception()  # what was to be known of it is, that its caller is cancelled
        raise cancelled
    finally:
        del cancelled, task  # an error refers to this frame: no cycle for the collector


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "own"
