"""A trap: `if kind not in made: made[kind] = await make()`, with nothing that guards the way between.

Choose it when a shared part is needed for the first time by one call, and by no other at the same time.
It costs a second pool when two calls come together: one of them is kept, and nobody sees the other before the end.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
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
        self._shared: dict[type, Any] = dict(overrides)
        self._stack = stack

    def inject(self, function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with AsyncExitStack() as stack:
                made: dict[type, Any] = {}
                return await function(*[await self._get(kind, made, stack) for kind in needs])

        return call

    async def _get(self, kind: type, made: dict[type, Any], stack: AsyncExitStack) -> Any:
        if kind in self._shared:
            return self._shared[kind]
        part = self._parts[kind]
        if part.shared:
            made, stack = self._shared, self._stack
        if kind not in made:
            needs = [await self._get(need, made, stack) for need in part.needs]
            if isasyncgenfunction(part.make):
                made[kind] = await stack.enter_async_context(asynccontextmanager(part.make)(*needs))
            else:
                made[kind] = part.make(*needs)
        return made[kind]


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as stack:
        yield Program(parts, overrides, stack).inject


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("shared_is_made_once", "", "between looking and having made it others look, too"),
    ("missing_is_told_early", "", "nobody looks at what a part needs before a call needs the part"),
)
