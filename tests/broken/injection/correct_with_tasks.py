"""Correct, on asyncio: a task of its own makes each shared part, to the end, whoever has gone away meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from graphlib import TopologicalSorter
from inspect import isasyncgenfunction
from typing import Any

from patterns.injection import Part

LIBRARY = "asyncio"


class Program:
    def __init__(self, parts: Sequence[Part], overrides: Mapping[type, object], stack: AsyncExitStack) -> None:
        self.parts = {part.kind: part for part in parts if part.kind not in overrides}
        self.overrides = overrides
        self.tasks: dict[type, asyncio.Task[Any]] = {}
        self.stack = stack
        for kind in TopologicalSorter({kind: part.needs for kind, part in self.parts.items()}).static_order():
            if kind not in self.parts and kind not in overrides:
                raise LookupError(f"nothing provides {kind.__name__}")

    def inject(self, function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with AsyncExitStack() as stack:
                made: dict[type, Any] = {}
                return await function(*[await self.get(kind, made, stack) for kind in needs])

        return call

    async def get(self, kind: type, made: dict[type, Any], stack: AsyncExitStack) -> Any:
        if kind in self.overrides:
            return self.overrides[kind]
        part = self.parts[kind]
        if part.shared:
            task = self.tasks.get(kind)
            if task is None or (task.done() and (task.cancelled() or task.exception())):
                self.tasks[kind] = task = asyncio.create_task(self.make(part, {}, self.stack))
            await asyncio.wait([task])
            return task.result()
        if kind not in made:
            made[kind] = await self.make(part, made, stack)
        return made[kind]

    async def make(self, part: Part, made: dict[type, Any], stack: AsyncExitStack) -> Any:
        things = [await self.get(kind, made, stack) for kind in part.needs]
        if isasyncgenfunction(part.make):
            return await stack.enter_async_context(asynccontextmanager(part.make)(*things))
        return part.make(*things)

    async def end(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks.values())
        for task in self.tasks.values():
            if not task.cancelled():
                task.exception()


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Any]:
    async with AsyncExitStack() as stack:
        running = Program(parts, overrides, stack)
        try:
            yield running.inject
        finally:
            await running.end()
