"""Correct, by a timer: a task sleeps until the recovery is over, and puts a ticket for one probe on the table."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import TaskGroup

from patterns.breakers import Gate

LIBRARY = "anyio"


class RejectedError(Exception):
    """No call was made."""


class TimedBreaker:
    def __init__(self, failures: int, recovery: float, patience: float, group: TaskGroup) -> None:
        self.failures, self.recovery, self.patience, self.group = failures, recovery, patience, group
        self.count, self.era = 0, 0
        self.open = False
        self.tickets = 0

    async def call(self, function: Callable[[], Awaitable[Any]]) -> Any:
        if self.open:
            if not self.tickets:
                raise RejectedError
            self.tickets -= 1
        era, started = self.era, anyio.current_time()
        try:
            result = await function()
        except Exception:
            self.failed(era)
            raise
        except BaseException:
            if anyio.current_time() - started >= self.patience:
                self.failed(era)
            elif era == self.era and self.open:
                self.tickets += 1
            raise
        if era == self.era:
            self.count = 0
            self.era += self.open
            self.open = False
        return result

    def failed(self, era: int) -> None:
        if era == self.era:
            self.count += 1
            if self.open or self.count >= self.failures:
                self.open = True
                self.era += 1
                self.group.start_soon(self.recover, self.era)

    async def recover(self, era: int) -> None:
        await anyio.sleep(self.recovery)
        if era == self.era:
            self.tickets = 1


class LimitedPlaces:
    def __init__(self, limit: int) -> None:
        self.places = anyio.CapacityLimiter(limit)

    async def call(self, function: Callable[[], Awaitable[Any]]) -> Any:
        name = object()
        try:
            self.places.acquire_on_behalf_of_nowait(name)
        except anyio.WouldBlock as error:
            raise RejectedError("full") from error
        try:
            return await function()
        finally:
            self.places.release_on_behalf_of(name)


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:
    async with anyio.create_task_group() as group:
        yield TimedBreaker(failures, recovery, patience, group)
        group.cancel_scope.cancel()


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield LimitedPlaces(limit)
