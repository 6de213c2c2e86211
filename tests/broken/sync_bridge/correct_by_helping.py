"""On AnyIO: a pool of threads; one that waits for the loop makes the calls itself that come of what it has asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import Context, ContextVar, copy_context
from functools import partial
from queue import SimpleQueue
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import trio

from patterns.sync_bridge import Ask, Call

LIBRARY = "anyio"
Errand = Callable[[], object] | None
Spawn = Callable[[Context, Callable[[], Coroutine[Any, Any, None]]], object]
HELPER: ContextVar["SimpleQueue[Errand] | None"] = ContextVar("helper", default=None)


def poster() -> Callable[[Callable[[], object]], object]:
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


class Pool:
    def __init__(self, size: int, *, abandon: bool = False) -> None:
        self.abandon = abandon
        self.post = poster()
        self.threads = ThreadPoolExecutor(size)
        self.spawn: Spawn

    async def call(self, function: Callable[..., Any], *args: Any) -> Any:
        await anyio.lowlevel.checkpoint_if_cancelled()
        future: Future[Any] = Future()
        over = anyio.Event()
        future.add_done_callback(lambda _: self.post(over.set))
        job = partial(run, future, partial(copy_context().run, function, *args))
        if helper := HELPER.get():
            helper.put(job)
        else:
            self.threads.submit(job)
        try:
            await over.wait()
        except BaseException:
            if not future.cancel() and not self.abandon:
                await self.wait_out(over)
            raise
        if (error := future.exception()) is not None:
            raise error
        return future.result()

    async def wait_out(self, over: anyio.Event) -> None:
        with anyio.CancelScope(shield=True):
            while not over.is_set():
                try:
                    await over.wait()
                except asyncio.CancelledError:
                    continue

    def ask(self, function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        errands: SimpleQueue[Errand] = SimpleQueue()
        answer: Future[Any] = Future()
        context = copy_context()
        context.run(HELPER.set, errands)

        async def go() -> None:
            try:
                answer.set_result(await function(*args))
            except Exception as error:
                answer.set_exception(error)
            finally:
                errands.put(None)

        self.post(partial(self.spawn, context, go))
        while errand := errands.get():
            errand()
        return answer.result(0)

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.threads.shutdown)


def run(future: "Future[Any]", function: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(function())
    except BaseException as error:
        future.set_exception(error)


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
    async with tasks() as pool.spawn:
        try:
            yield pool.call, pool.ask
        finally:
            await pool.aclose()
