"""aioinject: a `Container` of `Singleton` and `Scoped` providers, and a `context` for each call.

Choose it when parts are found by their types, and are context managers already.
It costs one lock for all shared parts: while one is being made, who needs another waits.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from inspect import isasyncgenfunction
from typing import Any

from aioinject import Container, Object, Scoped, Singleton


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
            make: Any = asynccontextmanager(part.make) if isasyncgenfunction(part.make) else part.make
            container.register(Singleton(make) if part.shared else Scoped(make))
    for kind, thing in overrides.items():
        container.register(Object(thing, interface=kind))

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with container.context() as context:
                return await function(*[await context.resolve(kind) for kind in needs])

        return call

    async with container:
        yield inject


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aioinject>=1.11.0",)
KNOWN_FAILURES = (
    ("slow_ones_are_apart", "", "aioinject 1.11.0: the context of the program has one lock for all shared parts"),
    (
        "parts_may_call",
        "",
        "aioinject 1.11.0: who asks a container while it makes a shared part waits for its lock for ever",
    ),
    ("missing_is_told_early", "", "nobody looks at what a part needs before a call needs the part"),
)
