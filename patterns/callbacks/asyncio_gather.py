"""`asyncio.gather` with `return_exceptions=True`: one task per handler, errors as results.

Choose it when handlers wait and the program runs on asyncio: everybody knows it, and no error stops another handler.
It costs a task per handler and event, and the results must be searched for errors, or they are lost without a trace.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class GatherEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        results = await asyncio.gather(*[handler(event) for handler in self._handlers], return_exceptions=True)
        if errors := [result for result in results if isinstance(result, Exception)]:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "asyncio"
KIND = "idiom"


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield GatherEmitter()
