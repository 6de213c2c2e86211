"""`dynaconf.Dynaconf` brings the layers together, and a frozen snapshot of it is what everybody reads.

Choose it when settings come in layers, from many files and environments: what dynaconf rejects is never in force.
It costs dynaconf's loaders and validators for each reload, and nothing for a read.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from dynaconf import Dynaconf, Validator

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True)
class Settings:
    limit: int
    timeout: int


class Snapshot:
    def __init__(self, load: Load, layers: Dynaconf) -> None:
        self._load = load
        self._layers = layers
        self.current = self._read()

    def _read(self) -> Settings:
        return Settings(self._layers.limit, self._layers.timeout)

    async def reload(self) -> None:
        self._layers.update(await self._load())  # validate=True would stop at what was rejected last time
        self._layers.validators.validate()
        self.current = self._read()

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
REQUIRES = ("dynaconf>=3.3.5",)
KNOWN_FAILURES = (
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    layers = Dynaconf(validators=[Validator("LIMIT", "TIMEOUT", must_exist=True, cast=int)], **await load())
    layers.validators.validate()
    yield Snapshot(load, layers)
