"""On AnyIO, without any of the defects planted beside it: a thread for each call, behind a semaphore."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context, copy_context
from functools import partial
from threading import Event, Thread
from typing import Any

import anyio
import trio

from patterns.sync_bridge import Ask, Call

LIBRARY = "anyio"
Post = Callable[[Callable[[], object]], object]
Spawn = Callable[[Context, Callable[[], Coroutine[Any, Any, None]]], object]


def poster() -> Post:
    if trio.lowlevel.in_trio_run():
        return trio.lowlevel.current_trio_token().run_sync_soon
    return asyncio.get_running_loop().call_soon_threadsafe


@asynccontextmanager
async def tasks() -> AsyncIterator[Spawn]:
    if trio.lowlevel.in_trio_run():
        async with trio.open_nursery() as nursery:
            yield lambda context, function: context.run(nursery.start_soon, function)
    else:
        async with asyncio.TaskGroup() as group:
            yield lambda context, function: group.create_task(function(), context=context)


async def wait_out(event: anyio.Event) -> None:
    cancelled: BaseException | None = None
    with anyio.CancelScope(shield=True):
        while not event.is_set():
            try:
                await event.wait()
            except asyncio.CancelledError as error:
                cancelled = error
    if cancelled:
        raise cancelled


class Outcome:
    def __init__(self) -> None:
        self.value: Any = None
        self.error: BaseException | None = None

    def get(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


class Work(Outcome):
    def __init__(self, pool: "Pool", function: Callable[[], Any]) -> None:
        super().__init__()
        self.pool, self.function = pool, function
        self.over = anyio.Event()
        self.thread = Thread(target=self.run, name="work", daemon=True)

    def run(self) -> None:
        try:
            self.value = self.function()
        except BaseException as error:
            self.error = error
        self.pool.post(self.end)

    def end(self) -> None:
        self.thread.join()
        self.pool.at_work.remove(self)
        self.pool.places.release()
        self.over.set()


class Question(Outcome):
    def __init__(self, function: Callable[[], Awaitable[Any]]) -> None:
        super().__init__()
        self.function = function
        self.context = copy_context()
        self.answered = Event()
        self.scope: anyio.CancelScope | None = None
        self.given_up = False
        self.error = RuntimeError("it was cancelled")

    def give_up(self) -> None:
        self.given_up = True
        if self.scope:
            self.scope.cancel()

    async def run(self) -> None:
        try:
            with anyio.CancelScope() as self.scope:
                if self.given_up:
                    self.scope.cancel()
                self.value = await self.function()
                self.error = None
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            self.error = error
        finally:
            self.answered.set()


class Desk:
    def __init__(self, spawn: Spawn, timeout: float | None = None) -> None:
        self.spawn, self.timeout = spawn, timeout
        self.post = poster()
        self.open = True

    def ask(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        question = Question(partial(function, *args))
        self.post(partial(self.begin, question))
        if not question.answered.wait(self.timeout):
            self.post(question.give_up)
            raise TimeoutError
        return question.get()

    def begin(self, question: Question) -> None:
        if self.open:
            self.spawn(question.context, question.run)
        else:
            question.answered.set()


class Pool:
    def __init__(self, size: int, *, abandon: bool = False) -> None:
        self.abandon = abandon
        self.post = poster()
        self.places = anyio.Semaphore(size)
        self.at_work: list[Work] = []

    async def call(self, function: Callable[..., Any], *args: Any) -> Any:
        await self.places.acquire()
        work = Work(self, partial(copy_context().run, function, *args))
        self.at_work.append(work)
        work.thread.start()
        if self.abandon:
            await work.over.wait()
        else:
            await wait_out(work.over)
        return work.get()

    async def without_a_place(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        self.places.release()
        try:
            return await function(*args)
        finally:
            with anyio.CancelScope(shield=True):
                await self.places.acquire()

    async def aclose(self) -> None:
        for work in list(self.at_work):
            await wait_out(work.over)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:
    pool = Pool(size, abandon=abandon)
    try:
        yield pool.call
    finally:
        await pool.aclose()


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    pool = Pool(size)
    async with portal() as ask:
        try:
            yield pool.call, partial(ask, pool.without_a_place)
        finally:
            await pool.aclose()


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  the contract's
    async with tasks() as spawn:
        desk = Desk(spawn, timeout)
        try:
            yield desk.ask
        finally:
            desk.open = False
