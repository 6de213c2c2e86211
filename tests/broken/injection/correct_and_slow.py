"""Correct, and slow: between any two steps others have their turns, and nothing is planned ahead."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from inspect import isasyncgenfunction
from typing import Any

import anyio
import anyio.lowlevel

from patterns.injection import Part

LIBRARY = "anyio"


async def dawdle() -> None:
    for _ in range(3):
        await anyio.lowlevel.checkpoint()


class Program:
    def __init__(self, parts: Sequence[Part], overrides: Mapping[type, object], stack: AsyncExitStack) -> None:
        self.parts = {part.kind: part for part in parts}
        self.shared: dict[type, Any] = dict(overrides)
        self.locks: dict[type, anyio.Semaphore] = {}
        self.stack = stack
        for part in parts:
            if part.kind not in overrides:
                self.check(part.kind, ())

    def check(self, kind: type, above: tuple[type, ...]) -> None:
        if kind in above or (kind not in self.parts and kind not in self.shared):
            raise LookupError(f"{kind.__name__} is missing, or needs itself")
        for need in () if kind in self.shared else self.parts[kind].needs:
            self.check(need, (*above, kind))

    def inject(self, function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            await dawdle()
            async with AsyncExitStack() as stack:
                made: dict[type, Any] = {}
                things = []
                for kind in needs:
                    things.append(await self.get(kind, made, stack))
                    await dawdle()
                return await function(*things)

        return call

    async def get(self, kind: type, made: dict[type, Any], stack: AsyncExitStack) -> Any:
        await dawdle()
        if kind in self.shared:
            return self.shared[kind]
        part = self.parts[kind]
        if part.shared:
            async with self.locks.setdefault(kind, anyio.Semaphore(1)):
                if kind not in self.shared:
                    self.shared[kind] = await self.make(part, {}, self.stack)
                return self.shared[kind]
        if kind not in made:
            made[kind] = await self.make(part, made, stack)
        return made[kind]

    async def make(self, part: Part, made: dict[type, Any], stack: AsyncExitStack) -> Any:
        things = [await self.get(need, made, stack) for need in part.needs]
        if isasyncgenfunction(part.make):
            return await stack.enter_async_context(asynccontextmanager(part.make)(*things))
        return part.make(*things)


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Any]:
    async with AsyncExitStack() as stack:
        yield Program(parts, overrides, stack).inject
