"""On AnyIO: one thread that hands calls to others, as places get free, and turns that pass before anybody is told."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from threading import Condition, Thread
from typing import Any

import anyio
import anyio.abc
import anyio.lowlevel
import trio

from patterns.sync_bridge import Ask, Call

LIBRARY = "anyio"
TURNS = 5


class Ticket:
    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self.state = "waiting"
        self.told = False
        self.scope: anyio.CancelScope | None = None
        self.given_up = False
        self.value: Any = None
        self.error: BaseException | None = None

    def give_up(self) -> None:
        self.given_up = True
        if self.scope:
            self.scope.cancel()


class Counter:
    def __init__(self, size: int) -> None:
        self.free, self.open = size, True
        self.changed = Condition()
        self.line: deque[Ticket] = deque()
        self.threads: list[Thread] = []
        self.news = anyio.Event()
        on_trio = trio.lowlevel.in_trio_run()
        self.post: Callable[[Callable[[], object]], object] = (
            trio.lowlevel.current_trio_token().run_sync_soon
            if on_trio
            else asyncio.get_running_loop().call_soon_threadsafe
        )
        self.start(self.hand_out)

    def start(self, function: Callable[..., object], *args: Any) -> None:
        thread = Thread(target=function, args=args, name="counter", daemon=True)
        self.threads.append(thread)
        thread.start()

    def hand_out(self) -> None:
        with self.changed:
            while self.open or self.line:
                while self.line and self.free:
                    ticket = self.line.popleft()
                    if ticket.state == "waiting":
                        ticket.state = "at work"
                        self.free -= 1
                        self.start(self.work, ticket)
                    del ticket
                self.changed.wait_for(lambda: (self.line and self.free) or (not self.open and not self.line))

    def work(self, ticket: Ticket) -> None:
        try:
            ticket.value = ticket.function()
        except BaseException as error:
            ticket.error = error
        with self.changed:
            ticket.state = "over"
            self.free += 1
            self.changed.notify_all()
        self.post(self.tell)

    def tell(self) -> None:
        self.news.set()
        self.news = anyio.Event()

    async def call(self, abandon: bool, function: Callable[..., Any], *args: Any) -> Any:
        await anyio.lowlevel.checkpoint_if_cancelled()
        if not self.open:
            raise RuntimeError("nobody is there")
        ticket = Ticket(partial(copy_context().run, function, *args))
        with self.changed:
            self.line.append(ticket)
            self.changed.notify_all()
        cancelled: BaseException | None = None
        while ticket.state != "over":
            try:
                with anyio.CancelScope(shield=cancelled is not None):
                    await self.news.wait()
            except anyio.get_cancelled_exc_class() as error:
                cancelled = error
                with self.changed:
                    begun = ticket.state != "waiting"
                    ticket.state = ticket.state if begun else "withdrawn"
                if not begun or abandon:
                    raise
        if cancelled:
            raise cancelled
        for _ in range(TURNS):
            await anyio.lowlevel.checkpoint()
        if ticket.error is not None:
            raise ticket.error
        return ticket.value

    async def aclose(self) -> None:
        with self.changed:
            self.open = False
            self.changed.notify_all()
        with anyio.CancelScope(shield=True):
            while any(thread.is_alive() for thread in self.threads):  # noqa: ASYNC110  slow is what it is to be
                await anyio.sleep(0.001)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:
    counter = Counter(size)
    try:
        yield partial(counter.call, abandon)
    finally:
        await counter.aclose()


class Window:
    def __init__(self, timeout: float | None) -> None:
        self.timeout = timeout
        self.counter = Counter(1)
        self.changed = Condition()
        self.open = True
        self.line: deque[tuple[Ticket, Callable[[], Awaitable[Any]]]] = deque()

    def ask(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        ticket = Ticket(lambda: None)
        with self.changed:
            if not self.open:
                raise RuntimeError("nobody is there")
            self.line.append((ticket, partial(function, *args)))
            self.counter.post(self.counter.tell)
            if not self.changed.wait_for(lambda: ticket.told, self.timeout):
                self.counter.post(ticket.give_up)
                raise TimeoutError
        if ticket.state == "answered":
            return ticket.value
        raise ticket.error or RuntimeError("nobody is there")

    async def serve(self, group: anyio.abc.TaskGroup) -> None:
        while True:
            news = self.counter.news
            while self.line:
                group.start_soon(self.answer, *self.line.popleft())
            await news.wait()

    async def answer(self, ticket: Ticket, function: Callable[[], Awaitable[Any]]) -> None:
        try:
            with anyio.CancelScope() as ticket.scope:
                if ticket.given_up:
                    ticket.scope.cancel()
                ticket.value = await function()
                ticket.state = "answered"
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            ticket.error, ticket.state = error, "failed"
        finally:
            self.tell(ticket)

    def tell(self, ticket: Ticket) -> None:
        with self.changed:
            ticket.told = True
            self.changed.notify_all()

    async def aclose(self) -> None:
        with self.changed:
            self.open = False
        for ticket, _ in self.line:
            self.tell(ticket)
        await self.counter.aclose()


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  the contract's
    window = Window(timeout)
    async with anyio.create_task_group() as answering, anyio.create_task_group() as serving:
        serving.start_soon(window.serve, answering)
        try:
            yield window.ask
        finally:
            serving.cancel_scope.cancel()
            await window.aclose()
