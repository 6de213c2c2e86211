"""Gates without any of the defects planted beside them: an outcome is told to the state that admitted the call."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from patterns.breakers import Gate

T = TypeVar("T")

LIBRARY = "any"


class RejectedError(Exception):
    """No call was made."""


class State(Protocol):
    def admit(self) -> "State": ...

    def failed(self) -> None: ...

    def succeeded(self) -> None: ...

    def left(self) -> None: ...


class Breaker:
    def __init__(self, failures: int, recovery: float, patience: float) -> None:
        self.failures, self.recovery, self.patience = failures, recovery, patience
        self.state: State = Closed(self)

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        state = self.state.admit()
        began = time.monotonic()
        try:
            result = await function()
        except Exception:
            state.failed()
            raise
        except BaseException:
            if time.monotonic() - began >= self.patience:
                state.failed()
            else:
                state.left()
            raise
        state.succeeded()
        return result


class Closed:
    def __init__(self, breaker: Breaker) -> None:
        self.breaker = breaker
        self.count = 0

    def admit(self) -> State:
        return self

    def failed(self) -> None:
        self.count += 1
        if self.count >= self.breaker.failures and self.breaker.state is self:
            self.breaker.state = Open(self.breaker, self.breaker.recovery)

    def succeeded(self) -> None:
        self.count = 0

    def left(self) -> None:
        """It has seen nothing."""


class Open:
    def __init__(self, breaker: Breaker, seconds: float) -> None:
        self.breaker = breaker
        self.until = time.monotonic() + seconds

    def admit(self) -> State:
        if time.monotonic() < self.until:
            raise RejectedError
        self.breaker.state = HalfOpen(self.breaker)
        return self.breaker.state

    def failed(self) -> None:
        """Nobody was admitted."""

    succeeded = left = failed


class HalfOpen:
    def __init__(self, breaker: Breaker) -> None:
        self.breaker = breaker

    def admit(self) -> State:
        raise RejectedError

    def failed(self) -> None:
        self.breaker.state = Open(self.breaker, self.breaker.recovery)

    def succeeded(self) -> None:
        self.breaker.state = Closed(self.breaker)

    def left(self) -> None:
        self.breaker.state = Open(self.breaker, 0.0)


class Bulkhead:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.inside: set[object] = set()

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        if len(self.inside) >= self.limit:
            raise RejectedError
        place = object()
        self.inside.add(place)
        try:
            result = await function()
        finally:
            self.inside.discard(place)
        return result


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:
    yield Breaker(failures, recovery, patience)


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield Bulkhead(limit)
