"""Our own best for AnyIO: a list, closed behind one shield, and a pool with a semaphore.

Choose it when one code base must run on asyncio and Trio, and closing has something to say, or may fail: the rest is
closed all the same, every error can be caught, and a cancellation is never lost to one of them.
It costs these lines in your program, and who cancels waits until everything is closed. The shield holds off what AnyIO
and Trio cancel, and not `task.cancel()`.
"""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

import anyio


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
    """Close the last one first; raises what the caller is to learn beside, or instead of, ``error``."""
    errors: list[BaseException] = []
    cancelled_error = anyio.get_cancelled_exc_class()
    cancelled = error if isinstance(error, cancelled_error) else None
    with anyio.CancelScope(shield=True):
        while handles:
            try:
                await handles.pop().aclose()
            except cancelled_error as another:  # task.cancel() knows no shield
                cancelled = another
            except BaseException as failure:
                errors.append(failure)
    if not errors and (cancelled is None or cancelled is error):
        return
    try:
        if error and not isinstance(error, cancelled_error):
            errors.insert(0, error)
        group = BaseExceptionGroup("resources failed", errors) if errors else None
        if cancelled:
            raise cancelled from group
        if group:
            raise group from None
    finally:
        del error, errors, cancelled, group  # they refer to this frame: no cycle for the collector


class pool(Generic[H]):  # noqa: N801  used like a function
    def __init__(self, connect: Connect[H], size: int) -> None:
        self._connect = connect
        self._open: list[H] = []
        self._idle: list[H] = []
        self._places = anyio.Semaphore(size, fast_acquire=True)

    async def __aenter__(self) -> Lease[H]:
        return self._lease

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await close(self._open, error)

    def _lease(self) -> "_Use[H]":
        return _Use(self)

    async def take(self) -> H:
        await self._places.acquire()
        if self._idle:
            return self._idle.pop()
        try:
            handle = await self._connect()
        except BaseException:
            self._places.release()
            raise
        self._open.append(handle)
        return handle

    def give_back(self, handle: H) -> None:
        self._idle.append(handle)
        self._places.release()


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

LIBRARY = "anyio"
KIND = "own"
