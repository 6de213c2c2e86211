"""`threading.Lock` around each change and each copy, and never over an `await`.

Choose it when threads read settings that are changed in place: nobody sees half a change, on whatever thread.
It costs a lock and a copy for each request. A frozen snapshot that is replaced needs neither, in threads, too.
"""

import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
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


class Guarded:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self._settings = first
        self._lock = threading.Lock()

    async def reload(self) -> None:
        new = Settings.parse(await self._load())
        with self._lock:
            self._settings.limit, self._settings.timeout = new.limit, new.timeout

    async def limit(self) -> int:
        with self._lock:
            return self._settings.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        with self._lock:
            copied = replace(self._settings)
        return await handler(copied)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import Store

LIBRARY = "any"
KNOWN_FAILURES = (
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    yield Guarded(load, Settings.parse(await load()))
