"""A `trio.Lock` around each load and each request.

Choose it when settings that cannot be replaced are changed in place, and neither a load nor a request takes long.
It costs the lock for each read, and all who wait for it: requests one at a time, and none while settings are
loaded. On Trio each of them gives other tasks a turn.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import trio

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
        self._lock = trio.Lock()

    async def reload(self) -> None:
        async with self._lock:
            new = Settings.parse(await self._load())
            self._settings.limit, self._settings.timeout = new.limit, new.timeout

    async def limit(self) -> int:
        async with self._lock:
            return self._settings.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        async with self._lock:
            return await handler(self._settings)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import Store

LIBRARY = "trio"
KNOWN_FAILURES = (
    ("request_waits_for_no_load", "", "the lock is held while settings are loaded"),
    ("reload_waits_for_no_request", "", "the lock is held for as long as the request lasts"),
    ("requests_side_by_side", "", "the lock is held for as long as a request lasts"),
    ("storm_makes_few_loads", "", "each reload loads"),
    ("nobody_changes_them_for_others", "", "everybody has the same object"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    yield Guarded(load, Settings.parse(await load()))
