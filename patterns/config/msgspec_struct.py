"""`msgspec.convert` into a frozen `Struct`, replaced as a whole.

Choose it when settings are checked by their types, and loaded often: all that is wrong is told by one error.
It costs a package. `strict=False` lets it read numbers that stand in texts.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import msgspec

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


class Settings(msgspec.Struct, frozen=True):
    limit: int
    timeout: int


def parse(texts: Mapping[str, str]) -> Settings:
    return msgspec.convert(texts, Settings, strict=False)


class Snapshot:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self.current = first

    async def reload(self) -> None:
        self.current = parse(await self._load())

    async def limit(self) -> int:
        return self.current.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        return await handler(self.current)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import Store

LIBRARY = "any"
KIND = "package"
REQUIRES = ("msgspec>=0.20.0",)
KNOWN_FAILURES = (
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    yield Snapshot(load, parse(await load()))
