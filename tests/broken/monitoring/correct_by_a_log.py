"""Correct: what happens is written down and added up when somebody asks, and the newest events are kept."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

import anyio
import anyio.lowlevel

from patterns.monitoring import Event, Send, Sink

LIBRARY = "anyio"


class Entry:
    def __init__(self, name: str, log: list["Entry"]) -> None:
        self.name, self.log = name, log
        self.state = "running"

    def __enter__(self) -> None:
        self.log.append(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.state = "succeeded"
        else:
            self.state = "cancelled" if issubclass(kind, anyio.get_cancelled_exc_class()) else "failed"


class Meter:
    def __init__(self) -> None:
        self.log: list[Entry] = []

    def operation(self, name: str) -> Entry:
        return Entry(name, self.log)

    def snapshot(self) -> Counter[tuple[str, str]]:
        return Counter((entry.name, entry.state) for entry in self.log)


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()


class Desk:
    def __init__(self, sink: Sink, size: int) -> None:
        self.sink, self.size = sink, size
        self.held: list[Event] = []
        self.busy = self.closing = False
        self.changed = anyio.Event()
        self.dropped = 0

    def send(self, event: Event) -> None:
        if len(self.held) == self.size:
            self.held.pop(0)
            self.dropped += 1
        self.held.append(event)
        self.change()

    async def wait(self, event: Event) -> None:
        await anyio.lowlevel.checkpoint()
        while len(self.held) == self.size:
            await self.changed.wait()
        self.held.append(event)
        self.change()

    def change(self) -> None:
        self.changed.set()
        self.changed = anyio.Event()

    async def work(self) -> None:
        while self.held or not self.closing:
            if not self.held:
                await self.changed.wait()
                continue
            event = self.held.pop(0)
            self.change()
            try:
                await self.sink(event)
            except Exception as error:
                self.failed = error


@asynccontextmanager
async def desk(sink: Sink, size: int) -> AsyncIterator[Desk]:
    opened = Desk(sink, size)
    async with anyio.create_task_group() as group:
        group.start_soon(opened.work)
        yield opened
        opened.closing = True
        opened.change()


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Send]:
    async with desk(sink, size) as opened:
        yield opened.wait


dropping = desk
