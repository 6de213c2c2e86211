"""Our own best for Trio: a list, closed behind a shield if need be, and a pool with a parking lot.

Choose it when closing has something to say, or may fail: it comes to its end though its user was cancelled before, the
rest is closed all the same, and every error can be caught. Who is not cancelled pays for no shield.
It costs these lines in your program, and who cancels waits until everything is closed: a closing that may hang needs a
deadline of its own. One that is under way as the cancellation comes is cut off. A use that finds something idle is no
checkpoint.
"""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from math import inf
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

import trio


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]
Lease = Callable[[], AbstractAsyncContextManager[H]]


class opened(Generic[H]):  # noqa: N801  used like a function
    __slots__ = ("_connects", "_open")

    def __init__(self, connects: Sequence[Connect[H]]) -> None:
        self._connects = connects
        self._open: list[H] = []

    async def __aenter__(self) -> Sequence[H]:
        try:
            for connect in self._connects:
                self._open.append(await connect())
        except BaseException as error:
            await close(self._open, error)
            raise
        return tuple(self._open)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await close(self._open, error)


async def close(handles: list[H], error: BaseException | None) -> None:
    """Close the last one first; raises what the caller is to learn beside ``error``."""
    errors: list[BaseException] = []
    if trio.current_effective_deadline() > -inf:
        await _close_until_cancelled(handles, errors)
    if handles:
        with trio.CancelScope(shield=True):
            await _close_until_cancelled(handles, errors)
    if not errors:
        return
    try:
        raise BaseExceptionGroup("resources failed", [error, *errors] if error else errors) from None
    finally:
        del error, errors  # they refer to this frame: no cycle for the collector


async def _close_until_cancelled(handles: list[H], errors: list[BaseException]) -> None:
    while handles:
        try:
            await handles.pop().aclose()
        except trio.Cancelled as error:  # and so would be all others, without a shield
            errors.append(error)
            return
        except BaseException as error:
            errors.append(error)


class pool(Generic[H]):  # noqa: N801  used like a function
    def __init__(self, connect: Connect[H], size: int) -> None:
        self._connect = connect
        self._open: list[H] = []
        self._idle: list[H] = []
        self._free = size  # places that nobody has, and nobody waits for
        self._line = trio.lowlevel.ParkingLot()

    async def __aenter__(self) -> Lease[H]:
        return self._lease

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await close(self._open, error)

    def _lease(self) -> "_Use[H]":
        return _Use(self)

    async def take(self) -> H:
        if self._free:
            self._free -= 1
        else:
            await self._line.park()  # whoever goes on here has been given a place
        if self._idle:
            return self._idle.pop()
        try:
            handle = await self._connect()
        except BaseException:
            self.hand_over()
            raise
        self._open.append(handle)
        return handle

    def give_back(self, handle: H) -> None:
        self._idle.append(handle)
        self.hand_over()

    def hand_over(self) -> None:
        if self._line:
            self._line.unpark()
        else:
            self._free += 1


class _Use(Generic[H]):
    __slots__ = ("_handle", "_pool")

    def __init__(self, pool: pool[H]) -> None:
        self._pool = pool

    async def __aenter__(self) -> H:
        self._handle = await self._pool.take()
        return self._handle

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.give_back(self._handle)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "own"
