"""Correct, by recursion: each part is a block around the rest of the call, and who waits is told by events."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from inspect import isasyncgenfunction
from typing import Any

import anyio

from patterns.injection import Part

LIBRARY = "anyio"


def ordered(kinds: Sequence[type], parts: Mapping[type, Part], known: Mapping[type, Any]) -> list[Part]:
    found: list[Part] = []

    def visit(kind: type, above: list[type]) -> None:
        if kind in known or any(part.kind is kind for part in found):
            return
        if kind in above or kind not in parts:
            raise LookupError(f"{kind.__name__} is missing, or needs itself")
        for need in parts[kind].needs:
            visit(need, [*above, kind])
        found.append(parts[kind])

    for kind in kinds:
        visit(kind, [])
    return found


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Any]:
    known = {part.kind: part for part in parts if part.kind not in overrides}
    ordered(list(known), known, overrides)
    shared: dict[type, Any] = dict(overrides)
    events: dict[type, anyio.Event] = {}

    async with AsyncExitStack() as stack:

        async def share(part: Part) -> None:
            while part.kind not in shared:
                if part.kind in events:
                    await events[part.kind].wait()
                    continue
                events[part.kind] = anyio.Event()
                try:
                    thing = part.make(*[shared[need] for need in part.needs])
                    if isasyncgenfunction(part.make):
                        thing = await stack.enter_async_context(asynccontextmanager(lambda made=thing: made)())
                    shared[part.kind] = thing
                finally:
                    events.pop(part.kind).set()

        async def nested(rest: Sequence[Part], made: dict[type, Any], finish: Callable[[], Awaitable[Any]]) -> Any:
            if not rest:
                return await finish()
            part, *others = rest
            if part.shared:
                await share(part)
                return await nested(others, made, finish)
            things = [shared[need] if need in shared else made[need] for need in part.needs]
            if not isasyncgenfunction(part.make):
                made[part.kind] = part.make(*things)
                return await nested(others, made, finish)
            async with asynccontextmanager(part.make)(*things) as made[part.kind]:
                return await nested(others, made, finish)

        def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
            async def call() -> Any:
                made: dict[type, Any] = {}

                async def finish() -> Any:
                    return await function(*[shared[kind] if kind in shared else made[kind] for kind in needs])

                return await nested(ordered(needs, known, shared), made, finish)

            return call

        yield inject
