"""Our own best for asyncio: a deque, and a future that carries the item to whoever waits for it.

Choose it when tasks of one loop share a channel: whoever has waited longest gets the next item, all are told of the
end, and an item is neither lost nor sent twice when somebody is cancelled.
It costs these lines in your program. A sender that finds a place does not give the others a turn.
"""

import asyncio
import math
from collections import deque
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class ClosedError(Exception):
    """Nothing more will come."""


class ItemChannel(Generic[T]):
    def __init__(self, capacity: int | None = None) -> None:
        """Keeps as many items as there are if the capacity is None."""
        self._create_future = asyncio.get_running_loop().create_future
        self._items: deque[T] = deque()
        # That nobody has, and nobody waits for; fewer than none while an item is back that had left already.
        self._places: float = math.inf if capacity is None else capacity
        self._receivers: deque[asyncio.Future[T]] = deque()  # there are none while there are items
        self._senders: deque[asyncio.Future[None]] = deque()
        self._closed = False

    async def send(self, item: T) -> None:
        if self._closed:
            raise ClosedError
        if self._places > 0:
            if self._receivers and self._handed_over(item):
                return
            self._places -= 1
            self._items.append(item)
            return
        await self._place()
        if self._closed:
            raise ClosedError
        if self._receivers and self._handed_over(item):
            self._let_in()
        else:
            self._items.append(item)

    async def receive(self) -> T:
        if self._items:
            item = self._items.popleft()
            if self._senders:
                self._let_in()
            else:
                self._places += 1
            return item
        if self._closed:
            raise ClosedError
        receiver: asyncio.Future[T] = self._create_future()
        self._receivers.append(receiver)
        try:
            return await receiver
        except asyncio.CancelledError:
            if receiver.cancelled():
                with suppress(ValueError):  # who sent meanwhile has removed it
                    self._receivers.remove(receiver)
            elif not receiver.exception():
                self._give_back(receiver.result())
            raise

    async def close(self) -> None:
        self._closed = True
        everybody: list[asyncio.Future[Any]] = [*self._receivers, *self._senders]
        for waiting in everybody:
            if not waiting.done():
                waiting.set_exception(ClosedError())

    def _handed_over(self, item: T) -> bool:
        while self._receivers:
            receiver = self._receivers.popleft()
            if not receiver.done():
                receiver.set_result(item)
                return True
        return False

    def _give_back(self, item: T) -> None:
        if not self._handed_over(item):
            self._places -= 1
            self._items.appendleft(item)

    async def _place(self) -> None:
        sender = self._create_future()
        self._senders.append(sender)
        try:
            await sender
        except asyncio.CancelledError:
            if sender.cancelled():
                with suppress(ValueError):
                    self._senders.remove(sender)
            elif not sender.exception():
                self._let_in()
            raise

    def _let_in(self) -> None:
        while self._senders and self._places >= 0:
            sender = self._senders.popleft()
            if not sender.done():
                sender.set_result(None)
                return
        self._places += 1


class Rendezvous(Generic[T]):
    """Keeps nothing: who sends waits until somebody has the item."""

    def __init__(self) -> None:
        self._create_future = asyncio.get_running_loop().create_future
        self._offers: dict[asyncio.Future[None], T] = {}
        self._receivers: deque[asyncio.Future[None]] = deque()

    async def send(self, item: T) -> None:
        taken = self._create_future()
        self._offers[taken] = item
        self._wake()
        try:
            await taken
        finally:
            self._offers.pop(taken, None)

    async def receive(self) -> T:
        while True:
            while self._offers:
                taken = next(iter(self._offers))
                item = self._offers.pop(taken)
                if not taken.done():
                    taken.set_result(None)
                    return item
            await self._offer()

    async def _offer(self) -> None:
        receiver = self._create_future()
        self._receivers.append(receiver)
        try:
            await receiver
        except asyncio.CancelledError:
            if not receiver.cancelled():
                self._wake()  # the offer is for the next one
            else:
                with suppress(ValueError):
                    self._receivers.remove(receiver)
            raise

    def _wake(self) -> None:
        while self._receivers:
            receiver = self._receivers.popleft()
            if not receiver.done():
                receiver.set_result(None)
                return


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.channels import Channel

LIBRARY = "asyncio"
KIND = "own"


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    between = ItemChannel[Any](capacity)
    yield Channel(between.send, between.receive, between.close)


@asynccontextmanager
async def rendezvous() -> AsyncIterator[Channel]:
    between = Rendezvous[Any]()
    yield Channel(between.send, between.receive)
