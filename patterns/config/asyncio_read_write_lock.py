"""A lock for many readers or one writer, made of an `asyncio.Condition` and two counts.

Choose it when settings that cannot be replaced are changed in place, and requests are to run side by side.
It costs the condition twice for each read, and all who wait for the slowest: a reload for every request that is under
way, and requests for the load.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


@dataclass
class Settings:
    limit: int
    timeout: int

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> "Settings":
        return cls(int(texts["limit"]), int(texts["timeout"]))


class ReadWriteLock:
    def __init__(self) -> None:
        self._changes = asyncio.Condition()
        self._readers = 0
        self._writing = False

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        async with self._changes:
            while self._writing:
                await self._changes.wait()
            self._readers += 1
        try:
            yield
        finally:
            async with self._changes:
                self._readers -= 1
                self._changes.notify_all()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        async with self._changes:
            while self._writing or self._readers:
                await self._changes.wait()
            self._writing = True
        try:
            yield
        finally:
            async with self._changes:
                self._writing = False
                self._changes.notify_all()


class Guarded:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self._settings = first
        self._lock = ReadWriteLock()

    async def reload(self) -> None:
        async with self._lock.writing():
            new = Settings.parse(await self._load())
            self._settings.limit, self._settings.timeout = new.limit, new.timeout

    async def limit(self) -> int:
        async with self._lock.reading():
            return self._settings.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        async with self._lock.reading():
            return await handler(self._settings)


# --- how it fits the contract ---

from patterns.config import Store

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("request_waits_for_no_load", "", "nobody reads while settings are loaded"),
    ("reload_waits_for_no_request", "", "who writes waits for all who read"),
    ("storm_makes_few_loads", "", "each reload loads"),
    ("nobody_changes_them_for_others", "", "everybody has the same object"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    yield Guarded(load, Settings.parse(await load()))
