"""Wiring at start: all shared parts are opened in order in an `AsyncExitStack`, before anybody calls.

Choose it when every shared part is needed anyway: what is wrong shows at once, nobody waits later, and there is no lock
to get wrong.
It costs the time until all shared parts are there, needed or not.
"""

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


async def made(kind: type, parts: Mapping[type, Part], things: dict[type, Any], stack: AsyncExitStack) -> Any:
    if kind not in things:
        part = parts[kind]
        needs = [await made(need, parts, things, stack) for need in part.needs]
        if isasyncgenfunction(part.make):
            things[kind] = await stack.enter_async_context(asynccontextmanager(part.make)(*needs))
        else:
            things[kind] = part.make(*needs)
    return things[kind]


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    known = {part.kind: part for part in parts if part.kind not in overrides}
    order = list(TopologicalSorter({part.kind: part.needs for part in known.values()}).static_order())
    if missing := [kind.__name__ for kind in order if kind not in known and kind not in overrides]:
        raise LookupError(f"nobody provides {missing[0]}")
    shared: dict[type, Any] = dict(overrides)

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with AsyncExitStack() as stack:
                things = shared.copy()
                return await function(*[await made(kind, known, things, stack) for kind in needs])

        return call

    async with AsyncExitStack() as stack:
        for kind in order:
            if kind in known and known[kind].shared:
                await made(kind, known, shared, stack)
        yield inject


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (("made_when_needed", "", "all shared parts are made as the program is entered"),)
