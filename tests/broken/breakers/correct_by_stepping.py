"""Correct, without an ``await``: a generator steps the call by hand, and hears of whatever is thrown into it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from types import coroutine
from typing import Any

from patterns.breakers import Gate

LIBRARY = "any"


class RejectedError(Exception):
    """No call was made."""


class SteppingBreaker:
    def __init__(self, failures: int, recovery: float, patience: float) -> None:
        self.failures, self.recovery, self.patience = failures, recovery, patience
        self.log: list[bool] = []
        self.calls = self.turned = 0  # a call's number says whether it began before the last turn
        self.until, self.probing = 0.0, False

    @coroutine
    def call(self, function: Callable[[], Awaitable[Any]]) -> Generator[Any, Any, Any]:
        is_open = len(self.log) >= self.failures
        if is_open and (self.probing or time.monotonic() < self.until):
            raise RejectedError("open")
        self.probing = is_open
        self.calls += 1
        number, began = self.calls, time.monotonic()
        try:
            result = yield from function().__await__()
        except BaseException as error:
            failed = isinstance(error, Exception) or time.monotonic() - began >= self.patience
            if number > self.turned:
                self.heard(False) if failed else setattr(self, "probing", False)
            raise
        if number > self.turned:
            self.heard(True)
        return result

    def heard(self, success: bool) -> None:
        if self.probing or not success:
            self.log.append(False)
        if success:
            self.log.clear()
        if self.probing or len(self.log) == self.failures:
            self.until = time.monotonic() + self.recovery
            self.turned, self.probing = self.calls, False


class SteppingBulkhead:
    def __init__(self, limit: int) -> None:
        self.free = limit

    @coroutine
    def call(self, function: Callable[[], Awaitable[Any]]) -> Generator[Any, Any, Any]:
        if self.free == 0:
            raise RejectedError("full")
        self.free -= 1
        try:
            result = yield from function().__await__()
        except BaseException:
            self.free += 1
            raise
        self.free += 1
        return result


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:
    yield SteppingBreaker(failures, recovery, patience)


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield SteppingBulkhead(limit)
