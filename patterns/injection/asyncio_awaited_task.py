"""A trap: a task for each shared part, which all who need it await, as it is.

Choose it when no call is ever cancelled.
It costs the calls of others: a cancelled call cancels the task that it awaits, and with it all who do the same.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from inspect import isasyncgenfunction
from typing import Any


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


class Program:
    def __init__(self, parts: Sequence[Part], overrides: Mapping[type, object], stack: AsyncExitStack) -> None:
        self._parts = {part.kind: part for part in parts}
        self._overrides = overrides
        self._tasks: dict[type, asyncio.Task[Any]] = {}
        self._stack = stack
        stack.push_async_callback(self._end)
        needed = {part.kind: part.needs for part in parts if part.kind not in overrides}
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
        for known in (self._overrides, made):
            if kind in known:
                return known[kind]
        part = self._parts[kind]
        if not part.shared:
            made[kind] = thing = await self._make(part, made, stack)
            return thing
        task = self._tasks.get(kind)
        if task is None or (task.done() and (task.cancelled() or task.exception())):  # the next call tries again
            self._tasks[kind] = task = asyncio.create_task(self._make(part, {}, self._stack))
        return await task

    async def _make(self, part: Part, made: dict[type, Any], stack: AsyncExitStack) -> Any:
        needs = [await self._get(kind, made, stack) for kind in part.needs]
        if isasyncgenfunction(part.make):
            return await stack.enter_async_context(asynccontextmanager(part.make)(*needs))
        return part.make(*needs)

    async def _end(self) -> None:
        if tasks := [task for task in self._tasks.values() if not task.done()]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as stack:
        yield Program(parts, overrides, stack).inject


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (("cancelled_first_harms_nobody", "", "who is cancelled cancels the task that all await"),)
