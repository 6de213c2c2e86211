"""Our own best for asyncio: a frozen snapshot, loads that are shared, and a future for each watcher.

Choose it when settings change while a program runs, in whatever way: requests take no lock and wait for nothing,
reloads that are asked together share a load that begins afterwards, so that the newest wins, and watchers miss no last
version.
It costs these lines in your program.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

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
        self._create_future = asyncio.get_running_loop().create_future
        self._loading = False
        self._line: deque[asyncio.Future[bool]] = deque()  # who asked while a load was under way
        self._watchers: dict[asyncio.Future[bool], None] = {}

    async def reload(self) -> None:
        if self._loading and not await self._turn():
            return
        self._loading = True
        sharing = len(self._line)  # so many at its head asked before this load began
        try:
            self.current = Settings.parse(await self._load())
            self.version += 1
            if sharing or self._watchers:
                self._tell(sharing)
        finally:
            if self._line:
                self._hand_over()  # also to those who were to share a load that has failed
            else:
                self._loading = False

    def _tell(self, sharing: int) -> None:
        watchers, self._watchers = self._watchers, {}
        for told in (*watchers, *[self._line.popleft() for _ in range(sharing)]):
            if not told.done():
                told.set_result(False)

    async def _turn(self) -> bool:
        """Wait for a load that begins after this; whether it is for this task to load."""
        turn: asyncio.Future[bool] = self._create_future()
        self._line.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.result():
                self._hand_over()  # the turn came as its task was cancelled
            raise

    def _hand_over(self) -> None:
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(True)
                return
        self._loading = False

    async def changed(self, after: int) -> tuple[int, Settings]:
        while self.version <= after:
            told = self._create_future()
            self._watchers[told] = None
            try:
                await told
            except asyncio.CancelledError:
                self._watchers.pop(told, None)
                raise
        return self.version, self.current

    async def limit(self) -> int:
        return self.current.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        return await handler(self.current)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import WatchedStore

LIBRARY = "asyncio"
KIND = "own"


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    yield Settled(load, Settings.parse(await load()))


store = watched_store
