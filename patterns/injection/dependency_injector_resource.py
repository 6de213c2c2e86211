"""dependency-injector: `providers.Resource` for the program, `ContextLocalResource` for a call.

Choose it when parts are wired by hand, in a container that configuration files can change, and calls seldom fail.
It costs a task and a future for each part, and looks at every pair of resources when a call ends.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from dependency_injector import containers, providers


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


async def shut(container: Any, kind: type) -> None:
    closing = container.shutdown_resources(kind)
    if closing is not None:  # where there is no such resource
        await closing


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    known = {part.kind: part for part in parts if part.kind not in overrides}
    given: dict[type, Any] = {kind: providers.Object(thing) for kind, thing in overrides.items()}
    container: Any = containers.DynamicContainer()
    for kind in TopologicalSorter({part.kind: part.needs for part in known.values()}).static_order():
        if kind not in overrides:
            resource = providers.Resource if known[kind].shared else providers.ContextLocalResource
            given[kind] = resource(known[kind].make, *[given[need] for need in known[kind].needs])
            container.set_provider(f"part_{len(given)}", given[kind])
    for provider in given.values():
        provider.enable_async_mode()

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            try:
                return await function(*[await given[kind]() for kind in needs])
            finally:
                await shut(container, providers.ContextLocalResource)

        return call

    try:
        yield inject
    finally:
        await shut(container, providers.Resource)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("dependency-injector>=4.49.1",)
KNOWN_FAILURES = (
    (
        "failed_part_reaches_caller",
        "",
        "dependency-injector 4.49.1: closing awaits the part that has failed, and raises that before others are closed",
    ),
    (
        "failed_clean_up_closes_others",
        "",
        "dependency-injector 4.49.1: shutdown_resources raises what a resource raises before it comes to the others",
    ),
    (
        "cancelled_call_is_cancelled",
        "",
        "dependency-injector 4.49.1: closing awaits the part that was cancelled, and raises that before others close",
    ),
    (
        "cancelled_clean_up_closes_others",
        "",
        "dependency-injector 4.49.1: shutdown_resources raises what a resource raises before it comes to the others",
    ),
    (
        "cancelled_program_leaves_nothing",
        "",
        "dependency-injector 4.49.1: closing awaits the part that was cancelled, and raises that before others close",
        "*[!r]",
    ),
    ("parts_hear_how_it_ended", "", "dependency-injector 4.49.1: a resource is closed by __aexit__(None, None, None)"),
    (
        "nothing_complains",
        "",
        "dependency-injector 4.49.1: InvalidStateError: a result is set of a future that was cancelled meanwhile",
    ),
)
