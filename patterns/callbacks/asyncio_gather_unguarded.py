"""Plain `asyncio.gather`: returns with the first error while the other handlers run on.

Choose it when handlers never fail; then it does what `return_exceptions=True` does, with less to type.
It costs control: after an error the other handlers run on with nobody waiting, and their errors are thrown away.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class UnguardedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        await asyncio.gather(*[handler(event) for handler in self._handlers])

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("all_errors_kept", "", "of two failing handlers emit raises the first error; gather drops the second"),
    ("emit_waits_for_handlers", "", "emit raises the first error while the other handlers run on"),
    ("cancel_is_not_swallowed", "", "cancelled in the very turn of a handler's failure, gather raises that instead"),
    (
        "cancel_reaches_handlers",
        "",
        "a cancelled emit ends with the first handler, not with the last cleanup",
    ),
    ("nothing_left_behind", "", "after one handler failed, another one outlives the emitter"),
    ("close_waits_for_cleanup", "", "after one handler failed, another one still runs when the context has been left"),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield UnguardedEmitter()
