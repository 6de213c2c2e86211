"""A frozen dataclass in one attribute, replaced as a whole.

Choose it when nobody need be told of a change: reading takes no lock, whoever holds a snapshot keeps it, and a load
that fails has changed nothing.
It costs a new object for each reload. Of two reloads that overlap the one that ends last has the last word.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True)
class Settings:
    limit: int
    timeout: int

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> "Settings":
        return cls(int(texts["limit"]), int(texts["timeout"]))


class Snapshot:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self.current = first

    async def reload(self) -> None:
        self.current = Settings.parse(await self._load())

    async def limit(self) -> int:
        return self.current.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        return await handler(self.current)


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
    yield Snapshot(load, Settings.parse(await load()))
