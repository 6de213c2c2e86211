"""On asyncio: executors, a shield, a pool for each depth of nesting, and tasks that are cancelled by their thread."""

import asyncio
import concurrent.futures
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from typing import Any

from patterns.sync_bridge import Ask, Call

LIBRARY = "asyncio"
DEPTH: ContextVar[int] = ContextVar("depth", default=0)


class Executors:
    def __init__(self, size: int, abandon: bool) -> None:
        self.size, self.abandon = size, abandon
        self.loop = asyncio.get_running_loop()
        self.of_depth: list[ThreadPoolExecutor] = []

    async def call(self, function: Callable[..., Any], *args: Any) -> Any:
        depth = DEPTH.get()
        while len(self.of_depth) <= depth:
            self.of_depth.append(ThreadPoolExecutor(self.size))
        context = copy_context()
        context.run(DEPTH.set, depth + 1)
        inner = self.of_depth[depth].submit(partial(self.outcome, context, function, args))
        future = asyncio.wrap_future(inner)
        try:
            value, error = await asyncio.shield(future)
        except asyncio.CancelledError:
            if not inner.cancel() and not self.abandon:
                await self.until_done(future)
            raise
        if error is not None:
            raise error
        return value

    def outcome(self, context: Any, function: Callable[..., Any], args: Any) -> tuple[Any, BaseException | None]:
        try:
            return context.run(function, *args), None
        except BaseException as error:
            return None, error

    async def until_done(self, future: "asyncio.Future[Any]") -> None:
        cancelled: BaseException | None = None
        while not future.done():
            waiting = asyncio.ensure_future(asyncio.wait([future]))
            try:
                await waiting
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled:
            raise cancelled

    def ask(self, function: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(function(*args), self.loop).result()

    async def aclose(self) -> None:
        await self.until_done(asyncio.ensure_future(asyncio.to_thread(self.shut_down)))

    def shut_down(self) -> None:
        for executor in self.of_depth:
            executor.shutdown()


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:
    executors = Executors(size, abandon)
    try:
        yield executors.call
    finally:
        await executors.aclose()


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    executors = Executors(size, abandon=False)
    try:
        yield executors.call, executors.ask
    finally:
        await executors.aclose()


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  the contract's
    loop = asyncio.get_running_loop()

    async def limited(function: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        async with asyncio.timeout(timeout):
            return await function(*args)

    def ask(function: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        question = limited(function, *args)
        try:
            future = asyncio.run_coroutine_threadsafe(question, loop)
        except RuntimeError:
            question.close()
            raise
        while True:
            try:
                return future.result(1)
            except concurrent.futures.CancelledError as error:
                raise RuntimeError("nobody is there") from error
            except TimeoutError:
                if future.done() or loop.is_closed():
                    raise

    yield ask
