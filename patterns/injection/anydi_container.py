"""AnyDI: a `Container`, whose `arequest_context` is a call.

Choose it when parts are found by their types, on asyncio or Trio, and the container is asked by threads, too.
It costs a lock that a task may take again, and is taken for each part of a call; there is one for all shared parts.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from anydi import Container


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


def given(thing: object) -> Callable[[], object]:
    return lambda: thing


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    container = Container()
    for part in parts:
        if part.kind not in overrides:
            container.register(part.kind, part.make, scope="singleton" if part.shared else "request")
    for kind, thing in overrides.items():
        container.register(kind, given(thing), scope="singleton")
    container.build()

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with container.arequest_context():
                return await function(*[await container.aresolve(kind) for kind in needs])

        return call

    try:
        yield inject
    finally:
        await container.aclose()


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("anydi>=0.81.0",)
KNOWN_FAILURES = (
    (
        "slow_ones_are_apart",
        "",
        "AnyDI 0.81.0: there is one lock for all shared parts, which only its task may take again",
    ),
)
