"""Our own best for Trio: a watchdog that tells meanwhile, and counting that does next to nothing.

Choose it when a monitor is to stay on: a thread tells of a loop that is held up while it is, and of a step that keeps
the interpreter when it is over, where an instrument would look at each step; an operation costs two additions and no
object, an event a place in a deque. Sending is no checkpoint while there is room.
It costs these lines in your program, a system task and a thread that wake up now and then, and a nursery around what
sends. What is raised inside leaves that in an `ExceptionGroup`.
"""

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

import trio

log = logging.getLogger(__name__)
Sink = Callable[[Any], Coroutine[Any, Any, object]]


class Watchdog(threading.Thread):
    """Tells how late a timer of the loop is: while it is late, and then once more by how much it was.

    A step may keep the interpreter to itself, so that this thread stands, too; the timer sees that one afterwards.
    """

    def __init__(self, tell: Callable[[float], object], longest: float) -> None:
        super().__init__(name="loop watchdog", daemon=True)
        self._tell, self._longest = tell, longest
        self._late: SimpleQueue[float | None] = SimpleQueue()  # by how much, in seconds; None ends the watch
        self._due = time.monotonic() + longest / 2
        self._watching = trio.CancelScope()
        self._looked = trio.Event()  # for the last time

    async def look(self) -> None:
        with self._watching:
            while True:
                due = self._due
                await trio.sleep(self._longest / 2)
                # Before the clock is read: what the thread has seen late until then is late here, too
                self._due = time.monotonic() + self._longest / 2
                if (late := time.monotonic() - due) >= self._longest:
                    self._late.put(late)
        self._looked.set()

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

    async def stop(self) -> None:
        self._watching.cancel()
        self._late.put(None)
        self.join()
        with trio.CancelScope(shield=True):
            await self._looked.wait()


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    watchdog = Watchdog(tell, longest)
    trio.lowlevel.spawn_system_task(watchdog.look)
    watchdog.start()
    try:
        yield
    finally:
        await watchdog.stop()


class Tasks(trio.abc.Instrument):
    """Counts the tasks that are made; it knows those that were there before."""

    def __init__(self) -> None:
        self._before: set[trio.lowlevel.Task] = set()
        self._started = self._ended = 0
        self._remember(trio.lowlevel.current_root_task())

    def _remember(self, task: trio.lowlevel.Task | None) -> None:
        found = [task] if task else []
        while found:
            one = found.pop()
            self._before.add(one)
            found += [child for nursery in one.child_nurseries for child in nursery.child_tasks]

    def task_spawned(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002  Trio's signature
        self._started += 1

    def task_exited(self, task: trio.lowlevel.Task) -> None:
        if task in self._before:
            self._before.remove(task)
        else:
            self._ended += 1

    def count(self) -> tuple[int, int]:
        return self._started, self._ended


@asynccontextmanager
async def tasks() -> AsyncIterator[Callable[[], tuple[int, int]]]:
    counting = Tasks()
    trio.lowlevel.add_instrument(counting)
    try:
        yield counting.count
    finally:
        trio.lowlevel.remove_instrument(counting)


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
        elif issubclass(kind, trio.Cancelled):
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
        self._held: deque[Any] = deque()
        self._line = trio.lowlevel.ParkingLot()  # who waits for a place; whoever goes on there has got one
        self._given = 0  # places of those who are about to go on
        self._bed = trio.lowlevel.ParkingLot()
        self._closing = False
        self.dropped = 0

    def send(self, event: Any) -> None:
        if len(self._held) + self._given >= self._size:
            self.dropped += 1
        else:
            self._hold(event)

    async def wait_and_send(self, event: Any) -> None:
        if len(self._held) + self._given >= self._size:
            await self._line.park()
            self._given -= 1
        self._hold(event)

    def _hold(self, event: Any) -> None:
        self._held.append(event)
        if self._bed:
            self._bed.unpark()

    async def feed(self) -> None:
        while self._held or not self._closing:
            if not self._held:
                await self._bed.park()
                continue
            event = self._held.popleft()
            if self._line:
                self._given += 1
                self._line.unpark()
            try:
                await self._sink(event)
            except Exception:
                log.exception("the sink failed")

    def close(self) -> None:
        self._closing = True
        self._bed.unpark_all()


@asynccontextmanager
async def fed(sink: Sink, size: int) -> AsyncIterator[Outlet]:
    outlet = Outlet(sink, size)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(outlet.feed)
        yield outlet
        outlet.close()


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Sink]:
    async with fed(sink, size) as outlet:
        yield outlet.wait_and_send


dropping = fed


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "own"


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()
