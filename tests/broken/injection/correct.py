"""On AnyIO, without any of the defects planted beside it: a lock for each shared part, and lists of what is open."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from graphlib import TopologicalSorter
from inspect import isasyncgenfunction
from typing import Any

import anyio

from patterns.injection import Part

LIBRARY = "anyio"


class Program:
    def __init__(self, parts: Sequence[Part], overrides: Mapping[type, object]) -> None:
        self.parts = {part.kind: part for part in parts}
        self.overrides = overrides
        self.shared: dict[type, Any] = dict(overrides)
        self.locks = {part.kind: anyio.Lock() for part in parts}
        self.opened: list[Any] = []
        needed = {part.kind: part.needs for part in parts if part.kind not in overrides}
        for kind in TopologicalSorter(needed).static_order():
            if kind not in self.parts and kind not in overrides:
                raise LookupError(f"nothing provides {kind.__name__}")

    def inject(self, function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            made: dict[type, Any] = {}
            opened: list[Any] = []
            things: list[Any] | None = None
            try:
                things = [await self.get(kind, made, opened) for kind in needs]
                result = await function(*things)
            except BaseException as error:
                await close(opened, error)
                raise
            await close(opened, None)
            return result

        return call

    async def get(self, kind: type, made: dict[type, Any], opened: list[Any]) -> Any:
        if kind in self.shared:
            return self.shared[kind]
        if kind in made:
            return made[kind]
        part = self.parts[kind]
        if part.shared:
            return await self.share(part)
        made[kind] = await self.make(part, made, opened)
        return made[kind]

    async def share(self, part: Part) -> Any:
        async with self.locks[part.kind]:
            if part.kind not in self.shared:
                self.shared[part.kind] = await self.make(part, {}, self.opened)
        return self.shared[part.kind]

    async def make(self, part: Part, made: dict[type, Any], opened: list[Any]) -> Any:
        things = [await self.get(need, made, opened) for need in part.needs]
        thing = part.make(*things)
        if isasyncgenfunction(part.make):
            generator, thing = thing, await anext(thing)
            opened.append(generator)
        return thing


async def close(opened: list[Any], error: BaseException | None) -> None:
    given = error
    while opened:
        generator = opened.pop()
        try:
            await (generator.athrow(error) if error else anext(generator))
        except StopAsyncIteration:
            pass
        except BaseException as raised:
            error = raised
    if error is not given and error:
        raise error


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Any]:
    running = Program(parts, overrides)
    try:
        yield running.inject
    except BaseException as error:
        await close(running.opened, error)
        raise
    await close(running.opened, None)
