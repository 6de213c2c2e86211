"""Correct, and patient: who comes while a probe is under way waits for what it says, and calls if all is well."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.lowlevel import checkpoint, current_token

from patterns.breakers import Gate

LIBRARY = "anyio"


class RejectedError(Exception):
    """No call was made."""


class PatientBreaker:
    def __init__(self, failures: int, recovery: float, patience: float) -> None:
        self.failures, self.recovery, self.patience = failures, recovery, patience
        self.outcomes: list[bool] = []  # since it was closed, the last success and what followed
        self.until: float | None = None
        self.probed: anyio.Event | None = None
        self.home = current_token()

    async def call(self, function: Callable[[], Awaitable[Any]]) -> Any:
        while self.until is not None and self.probed:
            await self.probed.wait()
        if self.until is not None:
            if time.monotonic() < self.until:
                raise RejectedError
            return await self.probe(function)
        outcomes = self.outcomes
        began = time.monotonic()
        try:
            result = await function()
        except Exception:
            self.count(outcomes)
            raise
        except BaseException:
            if time.monotonic() - began >= self.patience:
                self.count(outcomes)
            raise
        outcomes.clear()
        return result

    def count(self, outcomes: list[bool]) -> None:
        outcomes.append(False)
        if len(outcomes) >= self.failures and outcomes is self.outcomes and self.until is None:
            self.until = time.monotonic() + self.recovery

    async def probe(self, function: Callable[[], Awaitable[Any]]) -> Any:
        self.probed = anyio.Event()
        began = time.monotonic()
        try:
            result = await function()
        except BaseException as error:
            if isinstance(error, Exception) or time.monotonic() - began >= self.patience:
                self.until = time.monotonic() + self.recovery
            raise
        else:
            self.until, self.outcomes = None, []
        finally:
            self.probed.set()
            self.probed = None
        return result


class Queue:
    """A bulkhead that yields before it looks, and looks and takes in one step."""

    def __init__(self, limit: int) -> None:
        self.free = limit

    async def call(self, function: Callable[[], Awaitable[Any]]) -> Any:
        await checkpoint()
        if not self.free:
            raise RejectedError
        self.free -= 1
        try:
            return await function()
        finally:
            self.free += 1


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:
    yield PatientBreaker(failures, recovery, patience)


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield Queue(limit)
