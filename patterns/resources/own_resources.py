"""Our own best for asyncio: a list, closed from its end, and a pool that hands places over.

Choose it when closing may fail: the rest is closed all the same, every error can be caught, and a cancellation is never
lost to one of them. Nothing runs in another task, and a use of the pool is no generator.
It costs these lines in your program. A closing that is under way when its caller is cancelled is cut off, as anywhere
in asyncio without a task of its own.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar


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
    cancelled = error if isinstance(error, asyncio.CancelledError) else None
    while handles:
        try:
            await handles.pop().aclose()
        except asyncio.CancelledError as another:
            cancelled = another
        except BaseException as failure:
            errors.append(failure)
    if not errors and (cancelled is None or cancelled is error):
        return
    try:
        if error and not isinstance(error, asyncio.CancelledError):
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
        self._free = size  # places that nobody has, and nobody waits for
        self._line: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> Lease[H]:
        self._create_future = asyncio.get_running_loop().create_future
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
            await self._stand_in_line()
        if self._idle:
            return self._idle.pop()
        try:
            handle = await self._connect()
        except BaseException:
            self.hand_over()
            raise
        self._open.append(handle)
        return handle

    async def _stand_in_line(self) -> None:
        place = self._create_future()
        self._line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self.hand_over()  # the place came in the turn of the cancellation
            elif place in self._line:  # nobody has come by it since
                self._line.remove(place)
            raise

    def give_back(self, handle: H) -> None:
        self._idle.append(handle)
        self.hand_over()

    def hand_over(self) -> None:
        while self._line:
            place = self._line.popleft()
            if not place.done():
                place.set_result(None)
                return
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

LIBRARY = "asyncio"
KIND = "own"
