"""Correct, on Trio: an owner in a nursery makes shared parts as it is asked to, each in a task that tells all."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from graphlib import TopologicalSorter
from inspect import isasyncgenfunction
from typing import Any

import trio

from patterns.injection import Part

LIBRARY = "trio"


class Making:
    def __init__(self) -> None:
        self.done = trio.Event()
        self.thing: Any = None
        self.error: BaseException | None = None


class Program:
    def __init__(
        self, parts: Sequence[Part], overrides: Mapping[type, object], stack: AsyncExitStack, nursery: trio.Nursery
    ) -> None:
        self.parts = {part.kind: part for part in parts if part.kind not in overrides}
        self.overrides = overrides
        self.making: dict[type, Making] = {}
        self.stack, self.nursery = stack, nursery

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
            if kind not in self.making:
                self.making[kind] = Making()
                self.nursery.start_soon(self.run, part, self.making[kind])
            making = self.making[kind]
            await making.done.wait()
            if making.error:
                raise making.error
            return making.thing
        if kind not in made:
            made[kind] = await self.make(part, made, stack)
        return made[kind]

    async def run(self, part: Part, making: Making) -> None:
        try:
            making.thing = await self.make(part, {}, self.stack)
        except Exception as error:
            making.error = error
            del self.making[part.kind]
        finally:
            making.done.set()

    async def make(self, part: Part, made: dict[type, Any], stack: AsyncExitStack) -> Any:
        things = [await self.get(kind, made, stack) for kind in part.needs]
        if isasyncgenfunction(part.make):
            return await stack.enter_async_context(asynccontextmanager(part.make)(*things))
        return part.make(*things)


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Any]:
    known = {part.kind: part.needs for part in parts if part.kind not in overrides}
    for kind in TopologicalSorter(known).static_order():
        if kind not in known and kind not in overrides:
            raise LookupError(f"nothing provides {kind.__name__}")
    failures: list[BaseException] = []
    async with AsyncExitStack() as stack, trio.open_nursery() as nursery:
        try:
            yield Program(parts, overrides, stack, nursery).inject
        except BaseException as error:
            failures.append(error)
        nursery.cancel_scope.cancel()
    if failures:
        raise failures.pop()
