"""picodi: `Provide` in the signature, and `inject` around a function; a `Registry` knows the scopes.

Choose it when functions shall say themselves what they need, in FastAPI's words, and parts do not fail.
It costs a walk through all signatures in each call, and a task in which its parts are closed.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from inspect import Parameter, Signature, isasyncgenfunction, signature
from typing import Any

from picodi import ContextVarScope, Provide, Registry, SingletonScope
from picodi import inject as picodi_inject


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


def depending(
    function: Callable[..., Any], names: Iterable[str], needs: Iterable[Callable[..., Any]]
) -> Callable[..., Any]:
    """A function with a default for each of its needs, as if it had been written like that."""
    told: Any = function
    told.__signature__ = Signature(
        [
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=Provide(need))
            for name, need in zip(names, needs, strict=True)
        ]
    )
    return function


def dependency(make: Callable[..., Any], needs: Iterable[Callable[..., Any]]) -> Callable[..., Any]:
    async def opened(*given: Any, **named: Any) -> AsyncIterator[Any]:
        async with asynccontextmanager(make)(*given, *named.values()) as thing:
            yield thing

    async def made(*given: Any, **named: Any) -> Any:
        return make(*given, *named.values())

    return depending(opened if isasyncgenfunction(make) else made, signature(make).parameters, needs)


def given(thing: object) -> Callable[[], object]:
    return lambda: thing


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    known = {part.kind: part for part in parts if part.kind not in overrides}
    dependencies = {kind: dependency(given(thing), ()) for kind, thing in overrides.items()}
    registry = Registry()
    for kind in TopologicalSorter({part.kind: part.needs for part in known.values()}).static_order():
        if kind not in dependencies:
            part = known[kind]
            dependencies[kind] = dependency(part.make, [dependencies[need] for need in part.needs])
            registry.add(dependencies[kind], SingletonScope if part.shared else ContextVarScope)

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def called(*given: Any, **named: Any) -> Any:
            return await function(*given, *named.values())

        names = [kind.__name__.lower() for kind in needs]
        function_of_needs = depending(called, names, [dependencies[kind] for kind in needs])
        injected = picodi_inject(registry=registry)(function_of_needs)

        async def call() -> Any:
            try:
                return await injected()
            finally:
                await registry.shutdown(ContextVarScope)

        return call

    try:
        yield inject
    finally:
        await registry.shutdown(SingletonScope)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("picodi>=0.36.6",)
KNOWN_FAILURES = (
    (
        "shared_is_made_once",
        "",
        "picodi 0.36.6: an RLock of threads guards the making of shared parts, and all tasks are on one thread",
    ),
    (
        "failed_part_reaches_caller",
        "",
        "picodi 0.36.6: the error is raised once the function was called, with the spent coroutine as the part",
    ),
    (
        "cancelled_call_is_cancelled",
        "",
        "picodi 0.36.6: who is cancelled before the task of asyncio.gather has begun that closes, closes nothing",
        "*[!r]",
    ),
    (
        "cancelled_first_harms_nobody",
        "",
        "picodi 0.36.6: who is cancelled before the task of asyncio.gather has begun that closes, closes nothing",
        "*[!r]",
    ),
    (
        "cancelled_program_leaves_nothing",
        "",
        "picodi 0.36.6: who is cancelled before the task of asyncio.gather has begun that closes, closes nothing",
        "*[!r]",
    ),
    ("parts_hear_how_it_ended", "", "picodi 0.36.6: shutdown of a scope of contexts closes parts without the error"),
)
