"""Correct, by a rate: all of the last calls have failed. An era is a number, and a probe is a ticket."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

from patterns.breakers import Gate

LIBRARY = "any"


class RejectedError(Exception):
    """No call was made."""


class WindowBreaker:
    def __init__(self, size: int, recovery: float, patience: float) -> None:
        self.size, self.recovery, self.patience = size, recovery, patience
        self.began()

    def began(self, opened: float | None = None, era: int = 0) -> None:
        self.window: deque[bool] = deque(maxlen=self.size)
        self.opened, self.era = opened, era
        self.ticket: object = None

    def admit(self) -> tuple[int, object]:
        ticket = object()
        if self.opened is not None:
            if self.ticket or perf_counter() - self.opened < self.recovery:
                raise RejectedError
            self.ticket = ticket
        return self.era, ticket

    def record(self, era: int, success: bool | None) -> None:
        if era != self.era:
            return
        if success is None:
            self.ticket = None
        elif self.opened is not None:
            self.began(None if success else perf_counter(), era + 1)
        else:
            self.window.append(success)
            if len(self.window) == self.size and not any(self.window):
                self.began(perf_counter(), era + 1)

    async def call(self, function: Callable[[], Awaitable[Any]]) -> Any:
        era, _ = self.admit()
        started, success = perf_counter(), None
        try:
            result = await function()
            success = True
            return result
        except Exception:
            success = False
            raise
        finally:
            if success is None and perf_counter() - started >= self.patience:
                success = False
            self.record(era, success)


class Places:
    def __init__(self, limit: int) -> None:
        self.free = [object() for _ in range(limit)]

    async def call(self, function: Callable[[], Awaitable[Any]]) -> Any:
        if not self.free:
            raise RejectedError
        place = self.free.pop()
        try:
            return await function()
        finally:
            self.free.append(place)


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:
    yield WindowBreaker(failures, recovery, patience)


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield Places(limit)
