"""Correct, on Trio, without a nursery: system tasks, which whoever leaves waits for behind a shield."""

from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any

import trio

from patterns.streams import Source, Step, Stream

LIBRARY = "trio"


class Run:
    def __init__(self, sources: Sequence[Source[Any]], steps: Sequence[Step[Any]], ahead: int) -> None:
        self.sources, self.steps, self.ahead = sources, steps, ahead
        self.found: list[Any] = []
        self.errors: list[BaseException] = []
        self.scopes: list[trio.CancelScope] = []
        self.running = len(sources)
        self.changed = trio.Event()

    def tell(self) -> None:
        self.changed.set()
        self.changed = trio.Event()

    async def __aenter__(self) -> AsyncIterator[Any]:
        for source in self.sources:
            asking = trio.CancelScope()
            self.scopes.append(asking)
            trio.lowlevel.spawn_system_task(self.fill, source, asking)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        with trio.CancelScope(shield=True):
            while self.running:
                await self.changed.wait()
            await trio.lowlevel.checkpoint()  # in which the last of these tasks ends
        if self.errors and (error is None or isinstance(error, Exception)):
            raise BaseExceptionGroup("sources failed", [error, *self.errors] if error else self.errors)

    def stop(self) -> None:
        for scope in self.scopes:
            scope.cancel()

    async def fill(self, source: Source[Any], asking: trio.CancelScope) -> None:
        try:
            async with source() as fetch:
                with asking:
                    while (item := await fetch()) is not None:
                        for step in self.steps:
                            item = await step(item)
                        self.found.append(item)
                        self.tell()
                        while len(self.found) >= self.ahead:
                            await self.changed.wait()
        except trio.Cancelled:  # the loop ends
            raise
        except BaseException as error:
            self.errors.append(error)
            self.stop()
        self.running -= 1
        self.tell()

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        while not self.found:
            await self.wait()
        item = self.found.pop(0)
        self.tell()
        return item

    async def wait(self) -> None:
        if self.running:
            await self.changed.wait()
        elif self.errors:
            raise self.errors.pop(0)
        else:
            raise StopAsyncIteration


class RunInChunks(Run):
    def __init__(self, source: Source[Any], size: int, seconds: float) -> None:
        super().__init__([source], (), size)
        self.seconds = seconds

    async def __anext__(self) -> list[Any]:
        while not self.found:
            await self.wait()
        with trio.move_on_after(self.seconds):
            while len(self.found) < self.ahead and self.running:
                await self.changed.wait()
        chunk, self.found = self.found, []
        self.tell()
        return chunk


def items(source: Source[Any]) -> Stream[Any]:
    return Run([source], (), 1)


def mapped(source: Source[Any], steps: Sequence[Step[Any]]) -> Stream[Any]:
    return Run([source], steps, 1)


def buffered(source: Source[Any], size: int) -> Stream[Any]:
    return Run([source], (), size)


def merged(sources: Sequence[Source[Any]]) -> Stream[Any]:
    return Run(sources, (), len(sources))


def chunked(source: Source[Any], size: int, seconds: float) -> Stream[list[Any]]:
    return RunInChunks(source, size, seconds)
