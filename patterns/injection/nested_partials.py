"""A trap: `functools.partial` all the way down, each part a context manager that opens what it needs.

Choose it when no part is needed by two others in the same call.
It costs nothing to learn. Where two parts need a session, each opens one of its own.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from inspect import isasyncgenfunction
from typing import Any

Opener = Callable[[], AbstractAsyncContextManager[Any]]


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


@asynccontextmanager
async def opened(make: Callable[..., Any], closes: bool, needs: Sequence[Opener]) -> AsyncIterator[Any]:
    async with AsyncExitStack() as stack:
        things = [await stack.enter_async_context(need()) for need in needs]
        yield await stack.enter_async_context(asynccontextmanager(make)(*things)) if closes else make(*things)


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    known = {part.kind: part for part in parts if part.kind not in overrides}
    openers: dict[type, Opener] = {kind: partial(nullcontext, thing) for kind, thing in overrides.items()}

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        opening = [openers[kind] for kind in needs]

        async def call() -> Any:
            async with AsyncExitStack() as stack:
                return await function(*[await stack.enter_async_context(need()) for need in opening])

        return call

    async with AsyncExitStack() as stack:
        for kind in TopologicalSorter({part.kind: part.needs for part in known.values()}).static_order():
            if kind in openers:
                continue
            part = known[kind]
            opener = partial(opened, part.make, isasyncgenfunction(part.make), [openers[need] for need in part.needs])
            openers[kind] = partial(nullcontext, await stack.enter_async_context(opener())) if part.shared else opener
        yield inject


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("gets_what_it_needs", "", "who needs a part opens one of its own"),
    ("made_when_needed", "", "all shared parts are made as the program is entered"),
)
