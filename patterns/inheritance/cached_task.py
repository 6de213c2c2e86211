"""A trap: `functools.cached_property` that keeps a task.

Choose it when a value is read once, by nobody who can be cancelled, and never fails.
It costs every other reader when one is cancelled: the task is everybody's. What a load raised is kept for ever.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Any

Load = Callable[[int], Coroutine[Any, Any, int]]


class Report:
    def __init__(self, load: Load) -> None:
        self._source = load

    @cached_property
    def value(self) -> asyncio.Task[int]:
        return asyncio.ensure_future(self._load())

    async def _load(self) -> int:
        return await self._source(1)


# --- how it fits the contract ---

from functools import cache as remember

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("failed_load_is_not_kept", "", "the task is kept, whatever it came to"),
    ("cancelled_reader_harms_nobody", "", "who awaits a task and is cancelled cancels the task"),
)


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
