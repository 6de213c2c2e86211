"""A `ContextVar` as the place where all settings are: a trap.

Choose it when one task reads and reloads, and starts all others afterwards.
It costs the change: a task has a copy of the context in which it was started, and what another one sets is never seen
there. The settings of a server that was started before are those of that day.
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


CURRENT: ContextVar[Settings] = ContextVar("CURRENT")


class Ambient:
    def __init__(self, load: Load) -> None:
        self._load = load

    async def reload(self) -> None:
        CURRENT.set(Settings.parse(await self._load()))

    async def limit(self) -> int:
        return CURRENT.get().limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        return await handler(CURRENT.get())


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import Store

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("reload_is_seen", "", "what a task sets in its context is seen by that task alone"),
    ("failed_load_changes_nothing", "", "nor is the next reload, which does not fail"),
    ("invalid_changes_nothing", "", "nor is the next reload, which does not fail"),
    ("cancelled_reload_disturbs_nobody", "", "nor is the next reload, which nobody cancels"),
    ("cancelled_request_disturbs_nobody", "", "nor is a reload beside a request"),
    ("request_outcome_reaches_caller", "", "nor is a reload after a request"),
    ("reload_waits_for_no_request", "", "nor is a reload beside a request"),
    ("overlap_ends_with_the_last", "", "nor is any of those that overlap"),
    ("storm_makes_few_loads", "", "each reload loads, and is seen by nobody else"),
)


@asynccontextmanager
async def store(load: Load) -> AsyncIterator[Store]:
    settings = Ambient(load)
    await settings.reload()
    yield settings
