"""Correct, on asyncio: a stack of callbacks that note what they raise, and futures for those who wait."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from patterns.resources import Connect, Handle, Lease

LIBRARY = "asyncio"


class Closing:
    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        self.cancelled: asyncio.CancelledError | None = None

    async def one(self, handle: Handle) -> None:
        try:
            await handle.aclose()
        except asyncio.CancelledError as error:
            self.cancelled = error
        except BaseException as error:
            self.errors.append(error)


@asynccontextmanager
async def opened(connects: Sequence[Connect]) -> AsyncIterator[list[Handle]]:
    closing = Closing()
    failure: BaseException | None = None
    try:
        async with AsyncExitStack() as stack:
            handles = []
            for connect in connects:
                handle = await connect()
                stack.push_async_callback(closing.one, handle)
                handles.append(handle)
            yield handles
    except BaseException as error:
        failure = error
    if isinstance(failure, asyncio.CancelledError):
        raise failure
    if closing.cancelled:
        raise closing.cancelled
    if closing.errors:
        raise BaseExceptionGroup("resources failed", [failure, *closing.errors] if failure else closing.errors)
    if failure:
        raise failure


class Places:
    def __init__(self, size: int) -> None:
        self.free = size
        self.waiting: list[asyncio.Future[None]] = []

    async def take(self) -> None:
        if self.free:
            self.free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self.give_back()
            raise
        finally:
            if turn in self.waiting:
                self.waiting.remove(turn)

    def give_back(self) -> None:
        while self.waiting:
            turn = self.waiting.pop(0)
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


@asynccontextmanager
async def pool(connect: Connect, size: int) -> AsyncIterator[Lease]:
    places = Places(size)
    idle: list[Handle] = []

    @asynccontextmanager
    async def lease() -> AsyncIterator[Handle]:
        await places.take()
        try:
            if not idle:
                idle.append(await another())
            handle = idle.pop()
            try:
                yield handle
            finally:
                idle.append(handle)
        finally:
            places.give_back()

    async def another() -> Handle:
        handle = await connect()
        stack.push_async_callback(handle.aclose)
        return handle

    async with AsyncExitStack() as stack:
        yield lease
