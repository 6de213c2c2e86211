"""On AnyIO, without any of the defects planted beside it: a list that is closed from its end, and a line of events."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType

import anyio

from patterns.resources import Connect, Handle, Lease

LIBRARY = "anyio"


class opened:  # noqa: N801
    def __init__(self, connects: Sequence[Connect]) -> None:
        self.connects = connects
        self.open: list[Handle] = []

    async def __aenter__(self) -> Sequence[Handle]:
        try:
            for connect in self.connects:
                self.open.append(await connect())
        except BaseException as error:
            await close(self.open, error)
            raise
        return list(self.open)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        await close(self.open, error)
        return False


async def close(handles: list[Handle], error: BaseException | None) -> None:
    errors = []
    cancelled = error if isinstance(error, anyio.get_cancelled_exc_class()) else None
    with anyio.CancelScope(shield=True):
        while handles:
            try:
                await handles.pop().aclose()
            except anyio.get_cancelled_exc_class() as another:  # asyncio's own
                cancelled = another
            except BaseException as failure:
                errors.append(failure)
    if cancelled:
        raise cancelled
    if errors:
        raise BaseExceptionGroup("resources failed", [error, *errors] if error else errors)


class Pool:
    def __init__(self, connect: Connect, size: int) -> None:
        self.connect = connect
        self.size = self.free = size
        self.line: deque[anyio.Event] = deque()
        self.open: list[Handle] = []
        self.idle: list[Handle] = []

    async def place(self) -> None:
        if self.free:
            self.free -= 1
            return
        turn = anyio.Event()
        self.line.append(turn)
        try:
            await turn.wait()
        except BaseException:
            if turn.is_set():
                self.hand_over()
            else:
                self.line.remove(turn)
            raise

    def hand_over(self) -> None:
        if self.line:
            self.line.popleft().set()
        else:
            self.free += 1

    async def take(self) -> Handle:
        if self.idle:
            return self.idle.pop()
        handle = await self.connect()
        self.open.append(handle)
        return handle

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Handle]:
        await self.place()
        try:
            handle = await self.take()
        except BaseException:
            self.hand_over()
            raise
        try:
            yield handle
        finally:
            self.idle.append(handle)
            self.hand_over()


@asynccontextmanager
async def pool(connect: Connect, size: int) -> AsyncIterator[Lease]:
    held = Pool(connect, size)
    failure: BaseException | None = None
    try:
        yield held.lease
    except BaseException as error:
        failure = error
    await close(held.open, failure)
    if failure:
        raise failure
