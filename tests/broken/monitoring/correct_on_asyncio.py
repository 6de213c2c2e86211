"""Correct, on asyncio: a factory that notes each task's end, and a thread that asks the loop for an answer."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from patterns.monitoring import Count, Event, Sink, Tell

LIBRARY = "asyncio"


class Asking(threading.Thread):
    def __init__(self, tell: Tell, longest: float) -> None:
        super().__init__(daemon=True)
        self.soon = asyncio.get_running_loop().call_soon_threadsafe
        self.tell, self.longest = tell, longest
        self.changed = threading.Condition()
        self.answers, self.over = 0, False

    def run(self) -> None:
        asked = 0
        while not self.over:
            asked += 1
            began = time.monotonic()
            self.soon(self.answer)
            with self.changed:
                answered = self.changed.wait_for(lambda: self.over or self.answers == asked, self.longest)  # noqa: B023
            if not answered:
                self.say(time.monotonic() - began)
                with self.changed:
                    self.changed.wait_for(lambda: self.over or self.answers == asked)  # noqa: B023
            if time.monotonic() - began > self.longest:
                self.say(time.monotonic() - began)
            rested = time.monotonic()
            with self.changed:
                self.changed.wait_for(lambda: self.over, self.longest / 2)
            if time.monotonic() - rested >= 1.5 * self.longest:
                self.say(time.monotonic() - rested)

    def answer(self) -> None:
        with self.changed:
            self.answers += 1
            self.changed.notify_all()

    def say(self, seconds: float) -> None:
        with suppress(Exception):
            self.tell(seconds)

    def stop(self) -> None:
        with self.changed:
            self.over = True
            self.changed.notify_all()
        self.join()


@asynccontextmanager
async def stalls(tell: Tell, longest: float) -> AsyncIterator[None]:
    asking = Asking(tell, longest)
    asking.start()
    try:
        yield
    finally:
        asking.stop()


class Book:
    def __init__(self, make: Any) -> None:
        self.make = make
        self.started = self.ended = 0
        self.over = False

    def __call__(self, loop: asyncio.AbstractEventLoop, coro: Any, **how: Any) -> Any:
        task = self.make(loop, coro, **how) if self.make else asyncio.Task(coro, loop=loop, **how)
        self.started += 1
        task.add_done_callback(self.end)
        return task

    def end(self, task: Any) -> None:  # noqa: ARG002
        if not self.over:
            self.ended += 1


@asynccontextmanager
async def tasks() -> AsyncIterator[Count]:
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    book = Book(before)
    loop.set_task_factory(book)
    try:
        yield lambda: (book.started, book.ended)
    finally:
        book.over = True
        loop.set_task_factory(before)


class Outlet:
    def __init__(self, sink: Sink, size: int) -> None:
        self.sink, self.size = sink, size
        self.chain: asyncio.Task[None] | None = None
        self.held = self.dropped = 0

    def send(self, event: Event) -> None:
        if self.held == self.size:
            self.dropped += 1
            return
        self.held += 1
        self.chain = asyncio.get_running_loop().create_task(self.link(self.chain, event))

    async def link(self, before: "asyncio.Task[None] | None", event: Event) -> None:
        try:
            if before:
                await before
            with suppress(Exception):
                await self.sink(event)
        finally:
            self.held -= 1


@asynccontextmanager
async def dropping(sink: Sink, size: int) -> AsyncIterator[Outlet]:
    outlet = Outlet(sink, size)
    try:
        yield outlet
        while outlet.chain and not outlet.chain.done():
            await asyncio.wait([outlet.chain])
    finally:
        while outlet.chain and not outlet.chain.done():
            outlet.chain.cancel()
            await asyncio.wait([outlet.chain])
