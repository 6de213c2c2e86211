"""A `ContextVar` with the snapshot of the request, for code to which nobody hands it.

Choose it when functions to which nobody hands anything read settings: all that a request calls, and every task that it
starts, see one version.
It costs setting and resetting it for each request, and a look-up for each read.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
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


CURRENT: ContextVar[Settings | None] = ContextVar("CURRENT", default=None)


class PerRequest:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self._newest = first

    async def reload(self) -> None:
        self._newest = Settings.parse(await self._load())

    def current(self) -> Settings:
        return CURRENT.get() or self._newest

    async def limit(self) -> int:
        return self.current().limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        token = CURRENT.set(self._newest)
        try:
            return await handler(self.current())
        finally:
            CURRENT.reset(token)


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
    yield PerRequest(load, Settings.parse(await load()))
