"""`dynaconf.Dynaconf`, changed in place by `update`, with its validators.

Choose it when modules have hold of the one object, and all that a request reads is read at once.
It costs requests that read before a wait and after it, and a version that is rejected: it is in force by then, and
may stop the next one.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from dynaconf import Dynaconf, Validator

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


def checked(texts: Mapping[str, Any]) -> Dynaconf:
    settings = Dynaconf(validators=[Validator("LIMIT", "TIMEOUT", must_exist=True, cast=int)], **texts)
    settings.validators.validate()
    return settings


class Snapshot:
    def __init__(self, load: Load, first: Dynaconf) -> None:
        self._load = load
        self.current = first

    async def reload(self) -> None:
        self.current.update(await self._load(), validate=True)

    async def limit(self) -> int:
        found: int = self.current.limit
        return found

    async def serve(self, handler: Callable[[Any], Awaitable[T]]) -> T:
        return await handler(self.current)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import Store

LIBRARY = "any"
KIND = "package"
REQUIRES = ("dynaconf>=3.3.5",)
KNOWN_FAILURES = (
    ("request_sees_one_version", "", "3.3.5: update changes the object that a request is reading"),
    (
        "invalid_changes_nothing",
        "",
        "3.3.5: values are set and checked one by one: a rejected one stays in force, and stops the next update",
    ),
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
    ("nobody_changes_them_for_others", "", "everybody has the same object, which lets itself be changed"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    yield Snapshot(load, checked(await load()))
