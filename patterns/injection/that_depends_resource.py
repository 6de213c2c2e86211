"""that-depends: `Resource` for the program, `ContextResource` for a call, each in its own context.

Choose it when parts are wired by hand, in one class that shows all of them.
It costs a lock and a context for each part of a call, needed or not. Parts are not told how a call has ended, and
`container_context`, which opens all of them at once, closes them in no particular order.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from inspect import isasyncgenfunction
from typing import Any

from that_depends.providers import ContextResource, Object, Resource


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


def opening(make: Callable[..., Any]) -> Callable[..., Any]:
    if isasyncgenfunction(make):
        return make

    async def opened(*things: Any) -> AsyncIterator[Any]:
        yield make(*things)

    return opened


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    known = {part.kind: part for part in parts if part.kind not in overrides}
    providers: dict[type, Any] = {kind: Object(thing) for kind, thing in overrides.items()}
    of_calls: list[ContextResource[Any]] = []

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with AsyncExitStack() as stack:
                for provider in of_calls:
                    await stack.enter_async_context(provider.context_async(force=True))
                return await function(*[await providers[kind].resolve() for kind in needs])

        return call

    async with AsyncExitStack() as stack:
        for kind in TopologicalSorter({part.kind: part.needs for part in known.values()}).static_order():
            if kind in overrides:
                continue
            part = known[kind]
            needs = [providers[need] for need in part.needs]
            if part.shared:
                providers[kind] = Resource(opening(part.make), *needs)
                stack.push_async_callback(providers[kind].tear_down)
            else:
                providers[kind] = provider = ContextResource(opening(part.make), *needs)
                of_calls.append(provider)
        yield inject


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("that-depends>=4.2.1",)
KNOWN_FAILURES = (
    (
        "parts_hear_how_it_ended",
        "",
        "that-depends 4.2.1: a context is closed by AsyncExitStack.aclose, which tells no error",
    ),
)
