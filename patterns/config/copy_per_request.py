"""One object that is changed in place, and a copy of it for each request: `copy.copy`.

Choose it when a program has one object for everybody already, and cannot be taught to replace it.
It costs a copy for each request, although settings hardly ever change. Whoever reads without one sees the change.
"""

from collections.abc import Awaitable, Callable, Mapping
from copy import copy
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


class Copied:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self.settings = first

    async def reload(self) -> None:
        new = Settings.parse(await self._load())
        self.settings.limit, self.settings.timeout = new.limit, new.timeout

    async def limit(self) -> int:
        return self.settings.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        return await handler(copy(self.settings))


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
    yield Copied(load, Settings.parse(await load()))
