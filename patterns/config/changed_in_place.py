"""One object for everybody, whose fields are set one after the other: a trap.

Choose it when settings are read once, before the first request, and never change.
It costs requests that read twice: what they read before a wait and after it belongs to two versions. If the second
value is no number, the first has changed already.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import TypeVar

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


class Settings(SimpleNamespace):
    limit: int
    timeout: int


class Global:
    def __init__(self, load: Load) -> None:
        self._load = load
        self.settings = Settings()

    async def reload(self) -> None:
        for name, text in (await self._load()).items():
            setattr(self.settings, name, int(text))

    async def limit(self) -> int:
        return self.settings.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        return await handler(self.settings)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import Store

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("request_sees_one_version", "", "a reload sets the fields of the object that a request is reading"),
    ("invalid_changes_nothing", "", "fields are set one after the other, until one is no number"),
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
    ("nobody_changes_them_for_others", "", "everybody has the same object"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    settings = Global(load)
    await settings.reload()
    yield settings
