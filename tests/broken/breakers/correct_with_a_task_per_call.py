"""Correct, and slow: each call has a task of its own, whose outcome is looked at when it has ended."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio

from patterns.breakers import Gate

LIBRARY = "anyio"


class RejectedError(Exception):
    """No call was made."""


class Call:
    """What one came to: the first of these that is there."""

    def __init__(self, function: Callable[[], Awaitable[Any]]) -> None:
        self.function = function
        self.began = time.monotonic()
        self.result: list[Any] = []
        self.error: BaseException | None = None

    async def run(self) -> None:
        try:
            self.result.append(await self.function())
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            self.error = error

    async def outcome(self) -> Any:
        async with anyio.create_task_group() as group:
            group.start_soon(self.run)
        if self.error:
            raise self.error
        return self.result[0]


class TaskBreaker:
    def __init__(self, failures: int, recovery: float, patience: float) -> None:
        self.failures, self.recovery, self.patience = failures, recovery, patience
        self.streak = 0
        self.opened: float | None = None
        self.probe: Call | None = None
        self.counted: set[Call] = set()  # under way, and begun since it opened or closed for the last time

    async def call(self, function: Callable[[], Awaitable[Any]]) -> Any:
        call = Call(function)
        if self.opened is not None:
            if self.probe or call.began < self.opened + self.recovery:
                raise RejectedError
            self.probe = call
        self.counted.add(call)
        try:
            return await call.outcome()
        finally:
            if call in self.counted:
                self.counted.remove(call)
                self.judge(call)

    def judge(self, call: Call) -> None:
        was_probe, self.probe = call is self.probe, None
        if call.result:
            self.streak = 0
            if was_probe:
                self.turn(None)
        elif isinstance(call.error, Exception) or time.monotonic() - call.began >= self.patience:
            self.streak += 1
            if was_probe or self.streak >= self.failures:
                self.turn(time.monotonic())

    def turn(self, opened: float | None) -> None:
        self.opened = opened
        self.counted.clear()


class TaskBulkhead:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.calls: list[Call] = []

    async def call(self, function: Callable[[], Awaitable[Any]]) -> Any:
        if len(self.calls) == self.limit:
            raise RejectedError
        call = Call(function)
        self.calls.append(call)
        try:
            return await call.outcome()
        finally:
            self.calls.remove(call)


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:
    yield TaskBreaker(failures, recovery, patience)


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield TaskBulkhead(limit)
