"""Correct, on asyncio: an object lives in a task that opens, waits, and closes; a property is a task for everybody."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any

from patterns.inheritance import Fetch, Load, Part

LIBRARY = "asyncio"


class Client:
    def __init__(self, fetch: Fetch, parts: list[Part]) -> None:
        self.fetch, self.parts = fetch, parts
        self.under_way = 0
        self.is_open, self.is_over = asyncio.Event(), asyncio.Event()
        self.life = asyncio.create_task(self.live())

    async def live(self) -> None:
        async with AsyncExitStack() as stack:
            for part in self.parts:
                await part.open()
                stack.push_async_callback(part.close)
            self.is_open.set()
            await self.is_over.wait()

    async def made(self) -> None:
        waiting = asyncio.ensure_future(self.is_open.wait())
        try:
            await asyncio.wait([waiting, self.life], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self.life.cancel()
            await asyncio.wait([self.life])
            raise
        finally:
            waiting.cancel()
        if self.life.done():
            await self.life

    async def close(self) -> None:
        self.is_over.set()
        cancelled = None
        while not self.life.done():
            try:
                await asyncio.wait([self.life])
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled:
            raise cancelled
        await self.life

    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            answer = await self.fetch(question)
            for part in self.parts:
                answer = part.refine(answer)
            return answer
        finally:
            self.under_way -= 1

    async def total(self, questions: Iterable[int]) -> int:
        return sum([await self.ask(question) for question in questions])


def refined(part: Part, *bases: Any) -> Any:
    return [*dict.fromkeys(one for base in reversed(bases) for one in base), part]


async def construct(kind: Any, fetch: Fetch) -> Any:
    thing = Client(fetch, kind)
    await thing.made()
    return thing


async def close(thing: Any) -> None:
    await thing.close()


class Report:
    def __init__(self, load: Load, depth: int) -> None:
        self.load, self.depth = load, depth
        self.task: asyncio.Task[int] | None = None

    @property
    def value(self) -> Any:
        return self.read()

    async def read(self) -> int:
        if self.task is None or (self.task.done() and (self.task.cancelled() or self.task.exception())):
            self.task = asyncio.create_task(self.refined())
        return await asyncio.shield(self.task)

    async def refined(self) -> int:
        return sum([await self.load(level) for level in range(1, self.depth + 1)])


def valued(load: Load, depth: int) -> Report:
    return Report(load, depth)
