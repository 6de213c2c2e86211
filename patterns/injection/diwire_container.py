"""diwire: a `Container`, with `Scope.APP` for the program and `Scope.REQUEST` for a call.

Choose it when parts are found by their types, and shared ones that are slow to make shall not wait for each other.
It costs a lock and a lookup for each part of a call, and what is missing is told by the call that needs it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from inspect import isasyncgenfunction
from typing import Any

from diwire import Container, Lifetime, Scope


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    container = Container()
    for part in parts:
        if part.kind not in overrides:
            add = container.add_generator if isasyncgenfunction(part.make) else container.add_factory
            add(
                part.make,
                provides=part.kind,
                scope=Scope.APP if part.shared else Scope.REQUEST,
                lifetime=Lifetime.SCOPED,
            )
    for kind, thing in overrides.items():
        container.add_instance(thing, provides=kind)

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with container.enter_scope(Scope.REQUEST) as scope:
                return await function(*[await scope.aresolve(kind) for kind in needs])

        return call

    async with container:
        yield inject


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("diwire>=1.5.0",)
KNOWN_FAILURES = (("missing_is_told_early", "", "diwire 1.5.0: what a factory needs is looked for when it is called"),)
