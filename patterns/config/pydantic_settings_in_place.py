"""`pydantic_settings.BaseSettings`, reloaded in place through `__init__`, as its documentation shows.

Choose it when all requests read at once, and modules have hold of the one object: it need not be handed out again.
It costs requests that read before a wait and after it: what they read belongs to two versions.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from pydantic_settings import BaseSettings, SettingsConfigDict

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")

    limit: int
    timeout: int


def parse(texts: Mapping[str, Any]) -> Settings:
    return Settings(**texts)


class Snapshot:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self.current = first

    async def reload(self) -> None:
        texts: Mapping[str, Any] = await self._load()
        self.current.__init__(**texts)  # type: ignore[misc]

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
REQUIRES = ("pydantic-settings>=2.16.3",)
KNOWN_FAILURES = (
    (
        "request_sees_one_version",
        "",
        "2.16.3: reloading in place, as documented, changes the object that a request is reading",
    ),
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
    ("nobody_changes_them_for_others", "", "everybody has the same object, which cannot be frozen"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    yield Snapshot(load, parse(await load()))
