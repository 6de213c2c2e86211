"""On AnyIO, without any of the defects planted beside it: a list, events, and a scope around the asking."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio

from patterns.streams import Source, Step, Stream

LIBRARY = "anyio"


class Flow:
    def __init__(self, ahead: int, count: int) -> None:
        self.ahead, self.running = ahead, count
        self.found: list[Any] = []
        self.errors: list[BaseException] = []
        self.changed = anyio.Event()
        self.scopes: list[anyio.CancelScope] = []

    def tell(self) -> None:
        self.changed.set()
        self.changed = anyio.Event()

    def stop(self) -> None:
        for scope in self.scopes:
            scope.cancel()

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        while not self.found:
            await self.wait()
        return self.take()

    async def wait(self) -> None:
        if self.running:
            await self.changed.wait()
        elif self.errors:
            raise self.errors.pop(0)
        else:
            raise StopAsyncIteration

    def take(self) -> Any:
        item = self.found.pop(0)
        self.tell()
        return item

    async def fill(self, source: Source[Any], steps: Sequence[Step[Any]], asking: anyio.CancelScope) -> None:
        try:
            async with source() as fetch:
                with asking:
                    while (item := await fetch()) is not None:
                        for step in steps:
                            item = await step(item)
                        self.found.append(item)
                        self.tell()
                        while len(self.found) >= self.ahead:
                            await self.changed.wait()
        except Exception as error:
            self.errors.append(error)
            self.stop()
        finally:
            self.running -= 1
            self.tell()


@asynccontextmanager
async def run(sources: Sequence[Source[Any]], steps: Sequence[Step[Any]], ahead: int) -> AsyncIterator[Any]:
    failure: BaseException | None = None
    cancelled: BaseException | None = None
    async with anyio.create_task_group() as group:
        flow = Flow(ahead, len(sources))
        for source in sources:
            asking = anyio.CancelScope()
            flow.scopes.append(asking)
            group.start_soon(flow.fill, source, steps, asking)
        try:
            yield flow
        except BaseException as error:
            failure = error
        flow.stop()
        while flow.running:
            try:
                with anyio.CancelScope(shield=True):
                    await flow.changed.wait()
            except anyio.get_cancelled_exc_class() as error:  # asyncio's own
                cancelled = error
    if isinstance(failure, anyio.get_cancelled_exc_class()):
        raise failure
    if cancelled:
        raise cancelled
    if flow.errors:
        raise BaseExceptionGroup("sources failed", [failure, *flow.errors] if failure else flow.errors)
    if failure:
        raise failure


class Chunks:
    def __init__(self, flow: Flow, size: int, seconds: float) -> None:
        self.flow, self.size, self.seconds = flow, size, seconds

    def __aiter__(self) -> AsyncIterator[list[Any]]:
        return self

    async def __anext__(self) -> list[Any]:
        flow = self.flow
        while not flow.found:
            await flow.wait()
        with anyio.move_on_after(self.seconds):
            while len(flow.found) < self.size and flow.running:
                await flow.changed.wait()
        chunk = flow.found[: self.size]
        del flow.found[: self.size]
        flow.tell()
        return chunk


def items(source: Source[Any]) -> Stream[Any]:
    return run([source], (), 1)


def mapped(source: Source[Any], steps: Sequence[Step[Any]]) -> Stream[Any]:
    return run([source], steps, 1)


def buffered(source: Source[Any], size: int) -> Stream[Any]:
    return run([source], (), size)


def merged(sources: Sequence[Source[Any]]) -> Stream[Any]:
    return run(sources, (), len(sources))


@asynccontextmanager
async def chunked(source: Source[Any], size: int, seconds: float) -> AsyncIterator[Any]:
    async with run([source], (), size) as flow:
        yield Chunks(flow, size, seconds)
