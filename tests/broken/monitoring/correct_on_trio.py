"""Correct, on Trio: an instrument that says which step is under way, to a thread that looks now and then."""

import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import trio

from patterns.monitoring import Count, Event, Send, Sink, Tell

LIBRARY = "trio"


class Steps(trio.abc.Instrument):
    def __init__(self, tell: Tell, longest: float) -> None:
        self.tell, self.longest = tell, longest
        self.began = self.told = 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def before_task_step(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002
        self.began = time.monotonic()

    def after_task_step(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002
        began, self.began = self.began, 0.0
        self.told = 0.0  # the whole of a step is told, too
        self.check(began)

    def look(self) -> None:
        while not self.over.wait(self.longest / 4):
            self.check(self.began)

    def check(self, began: float) -> None:
        took = time.monotonic() - began
        if began and began != self.told and took >= self.longest:
            self.told = began
            with suppress(Exception):
                self.tell(took)


@asynccontextmanager
async def stalls(tell: Tell, longest: float) -> AsyncIterator[None]:
    steps = Steps(tell, longest)
    trio.lowlevel.add_instrument(steps)
    steps.thread.start()
    try:
        yield
    finally:
        trio.lowlevel.remove_instrument(steps)
        steps.over.set()
        steps.thread.join()


class Book(trio.abc.Instrument):
    def __init__(self) -> None:
        self.living: set[trio.lowlevel.Task] = set()
        self.started = self.ended = 0

    def task_spawned(self, task: trio.lowlevel.Task) -> None:
        self.started += 1
        self.living.add(task)

    def task_exited(self, task: trio.lowlevel.Task) -> None:
        if task in self.living:
            self.living.remove(task)
            self.ended += 1


@asynccontextmanager
async def tasks() -> AsyncIterator[Count]:
    book = Book()
    trio.lowlevel.add_instrument(book)
    try:
        yield lambda: (book.started, book.ended)
    finally:
        trio.lowlevel.remove_instrument(book)


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Send]:
    places = trio.Semaphore(size)
    held: list[Event] = []
    more = trio.lowlevel.ParkingLot()
    closing = False

    async def send(event: Event) -> None:
        await places.acquire()
        held.append(event)
        more.unpark_all()

    async def feed() -> None:
        while held or not closing:
            if not held:
                await more.park()
                continue
            event = held.pop(0)
            places.release()
            with suppress(Exception):
                await sink(event)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(feed)
        yield send
        closing = True
        more.unpark_all()
