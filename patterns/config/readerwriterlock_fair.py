"""`readerwriterlock.rwlock_async.RWLockFair`: many readers or one writer, each in its turn.

Choose it when settings that cannot be replaced are changed in place, and neither readers nor who reloads may starve.
It costs three locks for each read, and all who wait for the slowest: a reload for every request that is under way, and
new requests for the reload.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from readerwriterlock.rwlock_async import RWLockFair

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
        self._lock = RWLockFair()

    async def reload(self) -> None:
        async with await self._lock.gen_wlock():
            new = Settings.parse(await self._load())
            self._settings.limit, self._settings.timeout = new.limit, new.timeout

    async def limit(self) -> int:
        async with await self._lock.gen_rlock():
            return self._settings.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        async with await self._lock.gen_rlock():
            return await handler(self._settings)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import Store

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("readerwriterlock>=1.0.10",)
KNOWN_FAILURES = (
    (
        "cancelled_reload_disturbs_nobody",
        "",
        "1.0.10: a writer cancelled as it waits for readers keeps a lock, and nobody gets in any more",
    ),
    ("request_waits_for_no_load", "", "nobody reads while settings are loaded"),
    ("reload_waits_for_no_request", "", "who writes waits for all who read"),
    ("storm_makes_few_loads", "", "each reload loads"),
    ("nobody_changes_them_for_others", "", "everybody has the same object"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    yield Guarded(load, Settings.parse(await load()))
