"""A `ContextVar` that holds the parts of the current call: functions and parts ask for what they need.

Choose it when what is needed is found out deep inside, by code to which nobody hands anything.
It costs the view of who needs what: a part says so nowhere but in the line that asks.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from inspect import isasyncgenfunction
from typing import Any


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


class Scope:
    def __init__(self, parts: Mapping[type, Part], things: dict[type, Any], stack: AsyncExitStack) -> None:
        self.parts, self.things, self.stack = parts, things, stack

    async def get(self, kind: type) -> Any:
        if kind not in self.things:
            part = self.parts[kind]
            needs = [await self.get(need) for need in part.needs]
            if isasyncgenfunction(part.make):
                self.things[kind] = await self.stack.enter_async_context(asynccontextmanager(part.make)(*needs))
            else:
                self.things[kind] = part.make(*needs)
        return self.things[kind]


CURRENT: ContextVar[Scope] = ContextVar("CURRENT")


async def need(kind: type) -> Any:
    return await CURRENT.get().get(kind)


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    known = {part.kind: part for part in parts if part.kind not in overrides}

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with AsyncExitStack() as stack:
                token = CURRENT.set(Scope(known, shared.things.copy(), stack))
                try:
                    return await function(*[await need(kind) for kind in needs])
                finally:
                    CURRENT.reset(token)

        return call

    async with AsyncExitStack() as stack:
        shared = Scope(known, dict(overrides), stack)
        for part in known.values():
            if part.shared:
                await shared.get(part.kind)
        yield inject


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    ("made_when_needed", "", "all shared parts are made as the program is entered"),
    ("missing_is_told_early", "", "nobody looks at what a part needs before a call needs the part"),
)
