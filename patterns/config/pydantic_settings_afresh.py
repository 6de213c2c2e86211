"""`pydantic_settings.BaseSettings`, frozen, made afresh for each reload and replaced as a whole.

Choose it when settings come from the environment, from files and from a service, and their types are to be checked.
It costs a look at every source for each reload, which takes many times what the check does.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from pydantic_settings import BaseSettings, SettingsConfigDict

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, env_prefix="APP_")

    limit: int
    timeout: int


def parse(texts: Mapping[str, Any]) -> Settings:
    return Settings(**texts)


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
REQUIRES = ("pydantic-settings>=2.16.3",)
KNOWN_FAILURES = (
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    yield Snapshot(load, parse(await load()))
