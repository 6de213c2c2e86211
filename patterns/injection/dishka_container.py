"""dishka: `make_async_container`, with one scope for the program and one for each call.

Choose it when parts are found by their types, scopes are more than two, and mistakes shall be told at start.
It costs one lock for all shared parts: while one is being made, who needs another waits. Parts are told how a call has
ended by what their `yield` returns, and by no error.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from dishka import Provider, Scope, make_async_container


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    provider = Provider()
    for part in parts:
        if part.kind not in overrides:
            provider.provide(part.make, scope=Scope.APP if part.shared else Scope.REQUEST)
    for kind in overrides:
        provider.from_context(kind, scope=Scope.APP)
    container = make_async_container(provider, context=dict(overrides))

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with container() as request:
                return await function(*[await request.get(kind) for kind in needs])

        return call

    async with container:
        yield inject


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("dishka>=1.10.1",)
KNOWN_FAILURES = (
    (
        "cancelled_clean_up_closes_others",
        "",
        "dishka 1.10.1: __aexit__ handles errors, and a CancelledError ends it before all parts are closed",
    ),
    (
        "parts_hear_how_it_ended",
        "",
        "dishka 1.10.1: a generator is asked to go on, with the error as what its yield returns, as documented",
    ),
    (
        "slow_ones_are_apart",
        "",
        "dishka 1.10.1: https://github.com/reagento/dishka/issues/45: a container has one lock for all shared parts",
    ),
    (
        "parts_may_call",
        "",
        "dishka 1.10.1: https://github.com/reagento/dishka/issues/317: who makes a part waits for its own lock",
    ),
)
