"""Correct, on asyncio: a queue that is never full, and an event that says when to fetch one more."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from patterns.streams import Source, Step, Stream

LIBRARY = "asyncio"
END = object()


class Reader:
    def __init__(self, ahead: int) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        self.room = asyncio.Semaphore(ahead)
        self.errors: list[BaseException] = []

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        item = await self.queue.get()
        if item is END:
            self.queue.put_nowait(END)
            if self.errors:
                raise self.errors.pop(0)
            raise StopAsyncIteration
        self.room.release()
        return item


class Filler:
    def __init__(self, reader: Reader, source: Source[Any], steps: Sequence[Step[Any]]) -> None:
        self.reader, self.source, self.steps = reader, source, steps
        self.closing = self.stopping = False

    async def run(self) -> None:
        async with self.source() as fetch:
            try:
                while await self.reader.room.acquire() and not self.stopping:
                    item = await fetch()
                    if item is None:
                        break
                    for step in self.steps:
                        item = await step(item)
                    self.reader.queue.put_nowait(item)
            finally:
                self.closing = True


@asynccontextmanager
async def run(sources: Sequence[Source[Any]], steps: Sequence[Step[Any]], ahead: int) -> AsyncIterator[Any]:
    reader = Reader(ahead)
    fillers = [Filler(reader, source, steps) for source in sources]
    tasks = [asyncio.create_task(filler.run()) for filler in fillers]
    left = len(tasks)

    def ended(task: asyncio.Task[None]) -> None:
        nonlocal left
        left -= 1
        if not task.cancelled() and (error := task.exception()):
            reader.errors.append(error)
            stop()
        if not left:
            reader.queue.put_nowait(END)

    def stop() -> None:
        for filler, task in zip(fillers, tasks, strict=True):
            filler.stopping = True
            if not filler.closing:
                task.cancel()

    for task in tasks:
        task.add_done_callback(ended)
    failure: BaseException | None = None
    cancelled: BaseException | None = None
    try:
        yield reader
    except BaseException as error:
        failure = error
    stop()
    while left:
        try:
            await asyncio.wait(tasks)
            await asyncio.sleep(0)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
    if reader.errors and not isinstance(failure, asyncio.CancelledError):
        raise BaseExceptionGroup("sources failed", [failure, *reader.errors] if failure else reader.errors)
    if failure:
        raise failure


class Chunks:
    def __init__(self, reader: Reader, size: int, seconds: float) -> None:
        self.reader, self.size, self.seconds = reader, size, seconds

    def __aiter__(self) -> AsyncIterator[list[Any]]:
        return self

    async def __anext__(self) -> list[Any]:
        chunk = [await anext(self.reader)]
        try:
            async with asyncio.timeout(self.seconds):
                while len(chunk) < self.size:
                    item = await self.reader.queue.get()
                    if item is END:
                        self.reader.queue.put_nowait(END)
                        break
                    self.reader.room.release()
                    chunk.append(item)
        except TimeoutError:
            pass
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
    async with run([source], (), size) as reader:
        yield Chunks(reader, size, seconds)
