"""Correct, on AnyIO: a source is opened and asked once somebody wants an item, and steps are the reader's own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import TaskGroup

from patterns.streams import Source, Step, Stream

LIBRARY = "anyio"


class Asked:
    def __init__(self, group: TaskGroup, source: Source[Any], steps: Sequence[Step[Any]]) -> None:
        self.group, self.source, self.steps = group, source, steps
        self.found: list[Any] = []
        self.errors: list[BaseException] = []
        self.asking = anyio.CancelScope()
        self.begun = self.ended = self.wanted = False
        self.changed = anyio.Event()

    def tell(self) -> None:
        self.changed.set()
        self.changed = anyio.Event()

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        if not self.begun:
            self.begun = True
            self.group.start_soon(self.serve)
        while not self.found:
            if self.errors:
                raise self.errors.pop(0)
            if self.ended:
                raise StopAsyncIteration
            self.wanted = True
            self.tell()
            await self.changed.wait()
        item = self.found.pop(0)
        for step in self.steps:
            item = await step(item)
        return item

    async def serve(self) -> None:
        try:
            async with self.source() as fetch:
                with self.asking:
                    while True:
                        while not self.wanted:
                            await self.changed.wait()
                        self.wanted = False
                        if (item := await fetch()) is None:
                            break
                        self.found.append(item)
                        self.tell()
        except Exception as error:
            self.errors.append(error)
        finally:
            self.ended = True
            self.tell()


@asynccontextmanager
async def mapped(source: Source[Any], steps: Sequence[Step[Any]]) -> AsyncIterator[Any]:
    failure: BaseException | None = None
    cancelled: BaseException | None = None
    async with anyio.create_task_group() as group:
        asked = Asked(group, source, steps)
        try:
            yield asked
        except BaseException as error:
            failure = error
        asked.asking.cancel()
        while asked.begun and not asked.ended:
            try:
                with anyio.CancelScope(shield=True):
                    await asked.changed.wait()
            except anyio.get_cancelled_exc_class() as error:  # asyncio's own
                cancelled = error
    if isinstance(failure, anyio.get_cancelled_exc_class()):
        raise failure
    if cancelled:
        raise cancelled
    if asked.errors:
        raise BaseExceptionGroup("the source failed", [failure, *asked.errors] if failure else asked.errors)
    if failure:
        raise failure


def items(source: Source[Any]) -> Stream[Any]:
    return mapped(source, ())
