"""Our own best for asyncio: a watchdog that tells meanwhile, and counting that costs who reads.

Choose it when a monitor is to stay on: a thread tells of a loop that is held up while it is, and of a step that keeps
the interpreter when it is over; a task costs a weak reference, an operation two additions and no object, an event a
place in a deque. Reading adds up, and sending never wakes who feeds the sink while it is awake.
It costs these lines in your program, a timer and a thread that wake up now and then, and time for who reads how many
tasks there are: all that have not ended are looked at.
"""

import asyncio
import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any
from weakref import ref

log = logging.getLogger(__name__)
Sink = Callable[[Any], Coroutine[Any, Any, object]]


class Watchdog(threading.Thread):
    """Tells how late a timer of the loop is: while it is late, and then once more by how much it was.

    A step may keep the interpreter to itself, so that this thread stands, too; the timer sees that one afterwards.
    """

    def __init__(self, tell: Callable[[float], object], longest: float) -> None:
        super().__init__(name="loop watchdog", daemon=True)
        self._call_later = asyncio.get_running_loop().call_later
        self._tell, self._longest = tell, longest
        self._late: SimpleQueue[float | None] = SimpleQueue()  # by how much, in seconds; None ends the watch
        self._set()

    def _set(self) -> None:
        self._due = time.monotonic() + self._longest / 2
        self._timer = self._call_later(self._longest / 2, self._look)

    def _look(self) -> None:
        due = self._due
        self._set()  # before the clock is read: what the thread has seen late until then is late here, too
        if (late := time.monotonic() - due) >= self._longest:
            self._late.put(late)

    def run(self) -> None:
        told = 0.0  # when the timer was due of which has been told while it was late
        while True:
            due = self._due
            try:
                late = self._late.get(timeout=None if due == told else max(0.0, due + self._longest - time.monotonic()))
            except Empty:
                late = time.monotonic() - due
                if due != self._due or late < self._longest:
                    continue
                told = due
            if late is None:
                return
            try:
                self._tell(late)
            except Exception:
                log.exception("nobody could be told that the loop was held up")

    def stop(self) -> None:
        self._timer.cancel()
        self._late.put(None)
        self.join()


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    watchdog = Watchdog(tell, longest)
    watchdog.start()
    try:
        yield
    finally:
        watchdog.stop()


class Tasks:
    """A task factory that remembers the tasks it has made, weakly."""

    def __init__(self, before: Any) -> None:
        self._make = before
        self._made: list[ref[asyncio.Future[Any]]] = []
        self._most = 1000  # tasks after which those that have ended are forgotten
        self._ended = 0

    def __call__(self, loop: asyncio.AbstractEventLoop, coro: Any, **how: Any) -> "asyncio.Future[Any]":
        task = self._make(loop, coro, **how) if self._make else asyncio.Task(coro, loop=loop, **how)
        self._made.append(ref(task))
        if len(self._made) > self._most:
            self.count()
            self._most = 2 * len(self._made) + 1000
        return task

    def count(self) -> tuple[int, int]:
        made = self._made
        self._made = [one for one in made if (task := one()) is not None and not task.done()]
        self._ended += len(made) - len(self._made)
        return self._ended + len(self._made), self._ended


@asynccontextmanager
async def tasks() -> AsyncIterator[Callable[[], tuple[int, int]]]:
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    made = Tasks(before)
    counted: tuple[int, int] | None = None
    loop.set_task_factory(made)
    try:
        yield lambda: counted or made.count()
    finally:
        loop.set_task_factory(before)
        counted = made.count()


class Operations:
    """The operations of one name, and the block around each of them."""

    __slots__ = ("cancelled", "failed", "started", "succeeded")

    def __init__(self) -> None:
        self.started = self.succeeded = self.failed = self.cancelled = 0

    def __enter__(self) -> None:
        self.started += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.succeeded += 1
        elif issubclass(kind, asyncio.CancelledError):
            self.cancelled += 1
        else:
            self.failed += 1


class Meter:
    """Operations by their names."""

    def __init__(self) -> None:
        self._named: defaultdict[str, Operations] = defaultdict(Operations)
        self.operation = self._named.__getitem__

    def snapshot(self) -> dict[tuple[str, str], int]:
        found = {}
        for name, one in self._named.items():
            ended = {"succeeded": one.succeeded, "failed": one.failed, "cancelled": one.cancelled}
            found[name, "running"] = one.started - sum(ended.values())
            found.update({(name, state): number for state, number in ended.items()})
        return found


class Outlet:
    """Holds up to ``size`` events for a sink; a task feeds it, and sleeps when there is nothing."""

    def __init__(self, sink: Sink, size: int) -> None:
        self._sink, self._size = sink, size
        self._new_future = asyncio.get_running_loop().create_future
        self._held: deque[Any] = deque()
        self._line: deque[asyncio.Future[None]] = deque()  # who waits for a place
        self._asleep: asyncio.Future[None] | None = None
        self._closing = False
        self.dropped = 0

    def send(self, event: Any) -> None:
        if len(self._held) >= self._size:
            self.dropped += 1
            return
        self._held.append(event)
        if self._asleep:
            self._wake()

    async def wait_and_send(self, event: Any) -> None:
        stand = self._line.append
        while len(self._held) >= self._size:
            place = self._new_future()
            stand(place)
            stand = self._line.appendleft  # whoever comes back was first
            try:
                await place
            except asyncio.CancelledError:
                if not place.cancelled():
                    self._next()  # the place came in the turn of the cancellation
                raise
        self._held.append(event)
        if self._asleep:
            self._wake()

    def _wake(self) -> None:
        if self._asleep and not self._asleep.done():
            self._asleep.set_result(None)
        self._asleep = None

    def _next(self) -> None:
        while self._line:
            place = self._line.popleft()
            if not place.done():
                place.set_result(None)
                return

    async def feed(self) -> None:
        while self._held or not self._closing:
            if not self._held:
                self._asleep = self._new_future()
                await self._asleep
                continue
            event = self._held.popleft()
            if self._line:
                self._next()
            try:
                await self._sink(event)
            except Exception:
                log.exception("the sink failed")

    def close(self) -> None:
        self._closing = True
        self._wake()


@asynccontextmanager
async def fed(sink: Sink, size: int) -> AsyncIterator[Outlet]:
    outlet = Outlet(sink, size)
    feeding = asyncio.create_task(outlet.feed())
    try:
        yield outlet
        outlet.close()
        await feeding
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Sink]:
    async with fed(sink, size) as outlet:
        yield outlet.wait_and_send


dropping = fed


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "own"


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()
