"""`aiorwlock.RWLock`: many readers, or one writer, who goes before the readers that come after.

Choose it when settings that cannot be replaced are changed in place, and requests are to run side by side.
It costs a turn of the loop for each read, unless it is made `fast`, and all who wait for the slowest: a reload for
every request that is under way, and new requests for the reload.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import aiorwlock

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


@dataclass
class Settings:
    limit: int
    timeout: int

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> "Settings":
        return cls(int(texts["limit"]), int(texts["timeout"]))


class Guarded:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self._settings = first
        self._lock = aiorwlock.RWLock()

    async def reload(self) -> None:
        async with self._lock.writer:
            new = Settings.parse(await self._load())
            self._settings.limit, self._settings.timeout = new.limit, new.timeout

    async def limit(self) -> int:
        async with self._lock.reader:
            return self._settings.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        async with self._lock.reader:
            return await handler(self._settings)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import Store

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiorwlock>=1.5.1",)
KNOWN_FAILURES = (
    ("request_waits_for_no_load", "", "nobody reads while settings are loaded"),
    ("reload_waits_for_no_request", "", "who writes waits for all who read"),
    ("storm_makes_few_loads", "", "each reload loads"),
    ("nobody_changes_them_for_others", "", "everybody has the same object"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    yield Guarded(load, Settings.parse(await load()))
