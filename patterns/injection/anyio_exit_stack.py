"""`AsyncExitStack` for the program and for each call, an `anyio.Lock` for each shared part.

Choose it when one code base must run on asyncio and Trio, and you want to read what makes your parts.
It costs a stack and a dictionary per call. Who meets it for the first time has to read it, as no documentation is there
but yours.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from inspect import isasyncgenfunction
from typing import Any

import anyio


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


class Program:
    def __init__(self, parts: Sequence[Part], overrides: Mapping[type, object], stack: AsyncExitStack) -> None:
        self._parts = {part.kind: part for part in parts if part.kind not in overrides}
        self._shared: dict[type, Any] = dict(overrides)
        self._locks: defaultdict[type, anyio.Lock] = defaultdict(anyio.Lock)
        self._stack = stack
        needed = {kind: part.needs for kind, part in self._parts.items()}
        for kind in TopologicalSorter(needed).static_order():  # raises CycleError
            if kind not in self._parts and kind not in overrides:
                raise LookupError(f"nothing provides {kind.__name__}")

    def inject(self, function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with AsyncExitStack() as stack:
                made: dict[type, Any] = {}
                return await function(*[await self._get(kind, made, stack) for kind in needs])

        return call

    async def _get(self, kind: type, made: dict[type, Any], stack: AsyncExitStack) -> Any:
        for known in (self._shared, made):
            if kind in known:
                return known[kind]
        part = self._parts[kind]
        if not part.shared:
            made[kind] = thing = await self._make(part, made, stack)
            return thing
        async with self._locks[kind]:
            if kind not in self._shared:
                self._shared[kind] = await self._make(part, {}, self._stack)
            return self._shared[kind]

    async def _make(self, part: Part, made: dict[type, Any], stack: AsyncExitStack) -> Any:
        needs = [await self._get(kind, made, stack) for kind in part.needs]
        if isasyncgenfunction(part.make):
            return await stack.enter_async_context(asynccontextmanager(part.make)(*needs))
        return part.make(*needs)


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as stack:
        yield Program(parts, overrides, stack).inject


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
