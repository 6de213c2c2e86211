"""fast-depends, which is FastAPI's own way: `Depends` in the signature, and `inject` around functions.

Choose it when functions shall say themselves what they need, in FastAPI's words, and outside of FastAPI.
It costs a walk through all signatures in each call. There is one scope, the call: what is shared is opened at start.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from inspect import Parameter, Signature, isasyncgenfunction, signature
from typing import Any

from fast_depends import Depends, Provider
from fast_depends import inject as injected


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
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=Depends(need), annotation=Any)
            for name, need in zip(names, needs, strict=True)
        ]
    )
    return function


def dependency(make: Callable[..., Any], needs: Iterable[Callable[..., Any]]) -> Callable[..., Any]:
    async def opened(*given: Any, **named: Any) -> AsyncIterator[Any]:
        async with asynccontextmanager(make)(*given, *named.values()) as thing:
            yield thing

    async def made(*given: Any, **named: Any) -> Any:  # a function that is not async would be called in a thread
        return make(*given, *named.values())

    return depending(opened if isasyncgenfunction(make) else made, signature(make).parameters, needs)


async def shared(make: Callable[..., Any], things: Sequence[Any], stack: AsyncExitStack) -> Any:
    if isasyncgenfunction(make):
        return await stack.enter_async_context(asynccontextmanager(make)(*things))
    return make(*things)


async def collected(*things: Any) -> Sequence[Any]:
    return things


def given(thing: object) -> Callable[[], object]:
    return lambda: thing


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    known = {part.kind: part for part in parts if part.kind not in overrides}
    dependencies = {kind: dependency(given(thing), ()) for kind, thing in overrides.items()}
    provider = Provider()

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def called(*given: Any, **named: Any) -> Any:
            return await function(*given, *named.values())

        names = [kind.__name__.lower() for kind in needs]
        function_of_needs = depending(called, names, [dependencies[kind] for kind in needs])
        return injected(function_of_needs, cast=False, dependency_provider=provider)

    async with AsyncExitStack() as stack:
        for kind in TopologicalSorter({part.kind: part.needs for part in known.values()}).static_order():
            if kind in known:
                part = known[kind]
                if part.shared:
                    thing = await shared(part.make, await inject(collected, *part.needs)(), stack)
                    dependencies[kind] = dependency(given(thing), ())
                else:
                    dependencies[kind] = dependency(part.make, [dependencies[need] for need in part.needs])
        yield inject


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("fast-depends>=3.0.9",)
KNOWN_FAILURES = (("made_when_needed", "", "all shared parts are made as the program is entered"),)
