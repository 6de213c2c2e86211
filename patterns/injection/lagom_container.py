"""lagom: a `Container` of parts by their types, cloned for each call, in which they are awaited.

Choose it when lagom makes the rest of your program already.
It costs a clone and a definition of each part per call, and a task for each part that is made; nothing is closed but
by the stack beside it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from inspect import isasyncgenfunction
from typing import Any

from lagom import Container, Singleton


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


def definition(part: Part, stack: AsyncExitStack) -> Any:
    async def made(container: Any) -> Any:
        things = [await container[Awaitable[kind]] for kind in part.needs]  # type: ignore[valid-type]
        if isasyncgenfunction(part.make):
            return await stack.enter_async_context(asynccontextmanager(part.make)(*things))
        return part.make(*things)

    return Singleton(lambda container: asyncio.ensure_future(made(container)))


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    known = {part.kind: part for part in parts if part.kind not in overrides}
    order = TopologicalSorter({part.kind: part.needs for part in known.values()}).static_order()
    container: Any = Container()

    def present(kind: type, thing: object) -> None:
        async def given() -> object:
            return thing

        container[Awaitable[kind]] = given  # type: ignore[valid-type]

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with AsyncExitStack() as stack:
                inner = container.clone()
                for part in known.values():
                    if not part.shared:
                        inner[Awaitable[part.kind]] = definition(part, stack)  # type: ignore[name-defined]
                return await function(*[await inner[Awaitable[kind]] for kind in needs])  # type: ignore[valid-type]

        return call

    async with AsyncExitStack() as stack:
        for kind, thing in overrides.items():
            present(kind, thing)
        for kind in order:
            if kind in known and known[kind].shared:
                opening = container.clone()
                opening[Awaitable[kind]] = definition(known[kind], stack)  # type: ignore[valid-type]
                present(kind, await opening[Awaitable[kind]])  # type: ignore[valid-type]
        yield inject


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("lagom>=2.7.7",)
KNOWN_FAILURES = (
    ("made_when_needed", "", "all shared parts are made as the program is entered"),
    ("missing_is_told_early", "", "nobody looks at what a part needs before a call needs the part"),
)
