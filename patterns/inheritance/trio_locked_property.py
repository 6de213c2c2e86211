"""A property that loads under `trio.Lock`, and looks once more when it has the lock.

Choose it when a load is expensive, and several tasks may read for the first time.
It costs a lock per object, which is asked for until the value is there. Readers who fail do so one after the other.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import trio

Load = Callable[[int], Coroutine[Any, Any, int]]


class Report:
    def __init__(self, load: Load) -> None:
        self._source = load
        self._known: int | None = None
        self._loading = trio.Lock()

    @property
    def value(self) -> Awaitable[int]:
        return self._read()

    async def _read(self) -> int:
        if self._known is None:
            async with self._loading:
                if self._known is None:
                    self._known = await self._load()
        return self._known

    async def _load(self) -> int:
        return await self._source(1)


# --- how it fits the contract ---

from functools import cache as remember

LIBRARY = "trio"


@remember
def chain(depth: int) -> type[Report]:
    if depth == 1:
        return Report

    class Refined(chain(depth - 1)):  # type: ignore[misc]
        async def _load(self) -> int:
            return int(await super()._load()) + int(await self._source(depth))

    return Refined


def valued(load: Load, depth: int) -> Report:
    return chain(depth)(load)
