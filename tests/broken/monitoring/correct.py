"""On AnyIO, without any of the defects planted beside it: a task that beats, a thread that listens, and streams."""

import logging
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from patterns.monitoring import Event, Send, Sink, Tell

LIBRARY = "anyio"

log = logging.getLogger(__name__)


class Listener(threading.Thread):
    def __init__(self, tell: Tell, longest: float) -> None:
        super().__init__(daemon=True)
        self.tell, self.longest = tell, longest
        self.beat = time.monotonic()
        self.over = threading.Event()

    def run(self) -> None:
        told = 0.0
        while not self.over.wait(self.longest / 4):
            beat = self.beat
            late = time.monotonic() - beat
            if late >= self.longest and beat != told:
                told = beat
                self.say(late)

    async def beats(self) -> None:
        while True:
            self.beat = time.monotonic()
            due = anyio.current_time() + self.longest / 4
            await anyio.sleep_until(due)
            late = anyio.current_time() - due
            if late >= 2 * self.longest:
                self.say(late)

    def say(self, seconds: float) -> None:
        try:
            self.tell(seconds)
        except Exception:
            log.exception("nobody listens")


@asynccontextmanager
async def stalls(tell: Tell, longest: float) -> AsyncIterator[None]:
    listener = Listener(tell, longest)
    async with anyio.create_task_group() as group:
        group.start_soon(listener.beats)
        listener.start()
        try:
            yield
        finally:
            listener.over.set()
            listener.join()
            group.cancel_scope.cancel()


class Meter:
    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def operation(self, name: str) -> Iterator[None]:
        self.counts[name, "running"] += 1
        state = "failed"
        try:
            yield
            state = "succeeded"
        except anyio.get_cancelled_exc_class():
            state = "cancelled"
            raise
        finally:
            self.counts[name, "running"] -= 1
            self.counts[name, state] += 1

    def snapshot(self) -> dict[tuple[str, str], int]:
        return dict(self.counts)


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()


async def feed(events: MemoryObjectReceiveStream[Event], sink: Sink) -> None:
    with events:
        async for event in events:
            try:
                await sink(event)
            except Exception:
                log.exception("the sink failed")


@asynccontextmanager
async def fed(sink: Sink, size: int) -> AsyncIterator[MemoryObjectSendStream[Event]]:
    stream, events = anyio.create_memory_object_stream[Event](size)
    async with anyio.create_task_group() as group:
        group.start_soon(feed, events, sink)
        with stream:
            yield stream


class Outlet:
    def __init__(self, stream: MemoryObjectSendStream[Event]) -> None:
        self.stream = stream
        self.dropped = 0

    def send(self, event: Event) -> None:
        try:
            self.stream.send_nowait(event)
        except anyio.WouldBlock:
            self.dropped += 1


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Send]:
    async with fed(sink, size) as stream:
        yield stream.send


@asynccontextmanager
async def dropping(sink: Sink, size: int) -> AsyncIterator[Outlet]:
    async with fed(sink, size) as stream:
        yield Outlet(stream)
