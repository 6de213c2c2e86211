"""svcs with generators as factories, which ask the container for what they need.

Choose it when a part needs nothing that has to be closed after it.
It costs the order: svcs notes that a generator is to be closed before it has begun, and so before what it asks for.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from inspect import isasyncgenfunction
from typing import Any

import svcs


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


def factory(part: Part) -> Callable[..., Any]:
    if isasyncgenfunction(part.make):
        open_part = asynccontextmanager(part.make)

        @asynccontextmanager
        async def opened(svcs_container: svcs.Container) -> AsyncIterator[Any]:
            async with open_part(*[await svcs_container.aget_abstract(kind) for kind in part.needs]) as thing:
                yield thing

        return opened

    async def made(svcs_container: svcs.Container) -> Any:
        return part.make(*[await svcs_container.aget_abstract(kind) for kind in part.needs])

    return made


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    known = {part.kind: part for part in parts if part.kind not in overrides}
    async with svcs.Registry() as registry, AsyncExitStack() as stack:
        for kind, thing in overrides.items():
            registry.register_value(kind, thing)
        for kind in TopologicalSorter({part.kind: part.needs for part in known.values()}).static_order():
            if kind in known and not known[kind].shared:
                registry.register_factory(kind, factory(known[kind]), suppress_context_exit=False)
            elif kind in known:
                shared = known[kind]
                needs = [await svcs.Container(registry).aget_abstract(need) for need in shared.needs]
                if isasyncgenfunction(shared.make):
                    registry.register_value(
                        kind, await stack.enter_async_context(asynccontextmanager(shared.make)(*needs))
                    )
                else:
                    registry.register_value(kind, shared.make(*needs))

        def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
            async def call() -> Any:
                async with svcs.Container(registry) as container:
                    return await function(*[await container.aget_abstract(kind) for kind in needs])

            return call

        yield inject


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "package"
REQUIRES = ("svcs>=26.2.0",)
KNOWN_FAILURES = (
    (
        "closes_in_reverse",
        "",
        "svcs 26.2.0: aget notes a generator before it has begun, and so before what it asks for",
    ),
    (
        "cancelled_clean_up_closes_others",
        "",
        "svcs 26.2.0: aclose handles an Exception of a part, and a CancelledError ends it before the others are closed",
    ),
    (
        "clean_up_error_reaches_caller",
        "",
        "svcs 26.2.0: what a part raises as it is closed is logged and otherwise ignored, as documented",
    ),
    ("made_when_needed", "", "all shared parts are made as the program is entered"),
    ("missing_is_told_early", "", "nobody looks at what a part needs before a call needs the part"),
)
