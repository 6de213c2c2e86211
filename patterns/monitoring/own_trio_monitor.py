"""Our own best for Trio: a watchdog that tells meanwhile, and counting that does next to nothing.

Choose it when a monitor is to stay on: a thread tells of a loop that is held up while it is, where an instrument would
look at each step; an operation costs two additions and no object, an event a place in a deque. Sending is no checkpoint
while there is room.
It costs these lines in your program, a thread that wakes the loop now and then, and a nursery around what sends. What
is raised inside leaves that in an `ExceptionGroup`.
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
    """Asks the loop for a sign of life every ``longest`` seconds; a step may take as long as that."""

    def __init__(self, tell: Callable[[float], object], longest: float) -> None:
        super().__init__(name="loop watchdog", daemon=True)
        self._ask = trio.lowlevel.current_trio_token().run_sync_soon
        self._tell, self._longest = tell, longest
        self._signs: SimpleQueue[bool] = SimpleQueue()  # True is a sign of life, False ends the watch
        self._over = threading.Event()

    def run(self) -> None:
        put = self._signs.put
        while not self._over.wait(self._longest):
            asked = time.monotonic()
            try:
                self._ask(put, True)
            except trio.RunFinishedError:
                return
            patience, told = self._longest, False
            while (alive := self._sign(patience)) is None:
                told, patience = True, patience * 2
                self._told(time.monotonic() - asked)
            if not alive:
                return
            took = time.monotonic() - asked
            if not told and took >= self._longest:
                self._told(took)

    def _sign(self, patience: float) -> bool | None:
        try:
            return self._signs.get(timeout=patience)
        except Empty:
            return None

    def _told(self, seconds: float) -> None:
        try:
            self._tell(seconds)
        except Exception:
            log.exception("nobody could be told that the loop was held up")

    def stop(self) -> None:
        self._over.set()
        self._signs.put(False)
        self.join()


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    watchdog = Watchdog(tell, longest)
    watchdog.start()
    try:
        yield
    finally:
        watchdog.stop()


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
