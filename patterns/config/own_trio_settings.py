"""Our own best for Trio: a frozen snapshot, loads that are shared, and watchers woken by no event.

Choose it when settings change while a program runs, in whatever way: requests take no lock and wait for nothing,
reloads that are asked together share a load that begins afterwards, so that the newest wins, and watchers miss no last
version.
It costs these lines in your program. What need not wait, a read or a change that is there already, is no checkpoint.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from trio.lowlevel import (
    Abort,
    ParkingLot,
    RaiseCancelT,
    Task,
    current_task,
    enable_ki_protection,
    reschedule,
    wait_task_rescheduled,
)

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Settings:
    limit: int
    timeout: int

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> "Settings":
        return cls(int(texts["limit"]), int(texts["timeout"]))


class Settled:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self.current, self.version = first, 1
        self._begun = self._kept = 0  # loads, by their numbers: the last one that began, and that ended well
        self._loading = False
        self._line: ParkingLot | None = None  # who asked since the load that is under way began
        self._watchers: dict[Task, None] = {}

    async def reload(self) -> None:
        asked = self._begun
        if self._loading:
            if self._line is None:
                self._line = ParkingLot()
            await self._line.park()  # whoever goes on here has a load that began afterwards, or is to load
            if self._kept > asked:
                return
        self._loading = True
        self._begun += 1
        sharing, self._line = self._line, None
        try:
            self.current = Settings.parse(await self._load())
            self.version += 1
            self._kept = self._begun
            if sharing or self._watchers:
                self._tell(sharing)
        finally:
            self._hand_over(sharing)

    def _tell(self, sharing: ParkingLot | None) -> None:
        watchers, self._watchers = self._watchers, {}
        for task in watchers:
            reschedule(task)
        if sharing:
            sharing.unpark_all()

    def _hand_over(self, sharing: ParkingLot | None) -> None:
        if sharing:  # the load has failed: who was to share it is the next to load
            if self._line:
                self._line.repark_all(sharing)
            self._line = sharing
        if self._line:
            self._line.unpark()
        else:
            self._loading = False

    @enable_ki_protection
    async def changed(self, after: int) -> tuple[int, Settings]:
        while self.version <= after:
            task = current_task()
            self._watchers[task] = None

            def leave(_: RaiseCancelT, task: Task = task) -> Abort:
                del self._watchers[task]
                return Abort.SUCCEEDED

            await wait_task_rescheduled(leave)
        return self.version, self.current

    async def limit(self) -> int:
        return self.current.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        return await handler(self.current)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import WatchedStore

LIBRARY = "trio"
KIND = "own"


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    yield Settled(load, Settings.parse(await load()))


store = watched_store
