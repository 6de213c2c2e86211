"""wireup: `create_async_container` writes a function for each part; `enter_scope` is a call.

Choose it when parts are found by their types, what is missing shall be told at start, and calls shall be cheap.
It costs a compilation when a program begins.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import wireup


@dataclass(frozen=True)
class Part:
    kind: type
    make: Callable[..., Any]  # from what it needs; an async generator function closes it, too
    needs: tuple[type, ...] = ()
    shared: bool = False


@asynccontextmanager
async def program(parts: Sequence[Part], overrides: Mapping[type, object]) -> AsyncIterator[Callable[..., Any]]:
    made = [
        wireup.injectable(part.make, lifetime="singleton" if part.shared else "scoped")
        for part in parts
        if part.kind not in overrides
    ]
    stand_ins = [wireup.instance(thing, as_type=kind) for kind, thing in overrides.items()]
    container = wireup.create_async_container(injectables=[*made, *stand_ins])

    def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        async def call() -> Any:
            async with container.enter_scope() as scope:
                return await function(*[await scope.get(kind) for kind in needs])

        return call

    async with AsyncExitStack() as stack:
        stack.push_async_callback(container.close)
        yield inject


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("wireup>=2.13.0",)
KNOWN_FAILURES = (
    (
        "cancelled_clean_up_closes_others",
        "",
        "wireup 2.13.0: async_clean_exit_stack raises a CancelledError that is new before the others are closed",
    ),
)
