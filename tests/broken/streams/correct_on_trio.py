"""Correct, on Trio: memory channels, and a scope around the asking that closing is not inside of."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import trio

from patterns.streams import Source, Step, Stream

LIBRARY = "trio"


class Reader:
    def __init__(self, receiving: trio.MemoryReceiveChannel[Any]) -> None:
        self.receiving = receiving
        self.errors: list[BaseException] = []

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self.receiving.receive()
        except trio.EndOfChannel:
            pass
        if self.errors:
            raise self.errors.pop(0)
        raise StopAsyncIteration


class Filler:
    def __init__(self, reader: Reader, source: Source[Any], steps: Sequence[Step[Any]]) -> None:
        self.reader, self.source, self.steps = reader, source, steps
        self.asking = trio.CancelScope()

    async def run(self, sending: trio.MemorySendChannel[Any]) -> None:
        with sending:
            async with self.source() as fetch:
                with self.asking:
                    while (item := await fetch()) is not None:
                        for step in self.steps:
                            item = await step(item)
                        await sending.send(item)


@asynccontextmanager
async def run(sources: Sequence[Source[Any]], steps: Sequence[Step[Any]], ahead: int) -> AsyncIterator[Any]:
    sending, receiving = trio.open_memory_channel[Any](ahead)
    reader = Reader(receiving)
    fillers = [Filler(reader, source, steps) for source in sources]

    def stop() -> None:
        for filler in fillers:
            filler.asking.cancel()

    async def fill(filler: Filler, out: trio.MemorySendChannel[Any]) -> None:
        try:
            await filler.run(out)
        except Exception as error:
            reader.errors.append(error)
            stop()

    failure: BaseException | None = None
    async with trio.open_nursery() as nursery:
        with sending:
            for filler in fillers:
                nursery.start_soon(fill, filler, sending.clone())
        try:
            yield reader
        except Exception as error:
            failure = error
        finally:
            stop()
    if reader.errors:
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
        with trio.move_on_after(self.seconds):
            while len(chunk) < self.size:
                try:
                    chunk.append(await self.reader.receiving.receive())
                except trio.EndOfChannel:
                    break
        return chunk


def items(source: Source[Any]) -> Stream[Any]:
    return run([source], (), 0)


def mapped(source: Source[Any], steps: Sequence[Step[Any]]) -> Stream[Any]:
    return run([source], steps, 0)


def buffered(source: Source[Any], size: int) -> Stream[Any]:
    return run([source], (), size)


def merged(sources: Sequence[Source[Any]]) -> Stream[Any]:
    return run(sources, (), 0)


@asynccontextmanager
async def chunked(source: Source[Any], size: int, seconds: float) -> AsyncIterator[Any]:
    async with run([source], (), size) as reader:
        yield Chunks(reader, size, seconds)
