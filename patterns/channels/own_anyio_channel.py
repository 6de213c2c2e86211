"""Our own best for AnyIO: a deque, and an event for whoever waits, to whom the item is handed over.

Choose it when your library's users choose the loop, and channels are where it spends its time: it does what AnyIO's
memory object stream does, whoever has waited longest comes first, and a call that need not wait costs no turn.
It costs these lines in your program, and more per item than ours for one loop. A sender that finds a place, or a
receiver that finds an item, looks whether it was cancelled, but does not give the others a turn.
"""

import math
from collections import deque
from typing import Any, Generic, TypeVar

import anyio
from anyio.lowlevel import checkpoint_if_cancelled

T = TypeVar("T")
NOTHING: Any = object()


class ClosedError(Exception):
    """Nothing more will come."""


class Receiver(Generic[T]):
    __slots__ = ("item", "turn")

    def __init__(self) -> None:
        self.turn = anyio.Event()
        self.item: T = NOTHING


class ItemChannel(Generic[T]):
    def __init__(self, capacity: int | None = None) -> None:
        """Keeps as many items as there are if the capacity is None, and hands over from task to task if it is 0."""
        self._capacity: float = math.inf if capacity is None else capacity
        self._items: deque[T] = deque()
        self._receivers: deque[Receiver[T]] = deque()  # there are none while there are items
        self._senders: deque[anyio.Event] = deque()
        self._closed = False

    async def send(self, item: T) -> None:
        await checkpoint_if_cancelled()
        while not self._closed and len(self._items) >= self._capacity + len(self._receivers):
            await self._room()
        if self._closed:
            raise ClosedError
        self._hand_over(item)

    async def receive(self) -> T:
        await checkpoint_if_cancelled()
        if self._items:
            item = self._items.popleft()
        elif self._closed:
            raise ClosedError
        else:
            item = await self._next()
        if self._senders:
            self._let_in()
        return item

    async def close(self) -> None:
        self._closed = True
        for turn in (*self._senders, *(receiver.turn for receiver in self._receivers)):
            turn.set()

    def _hand_over(self, item: T) -> None:
        if self._receivers:
            receiver = self._receivers.popleft()
            receiver.item = item
            receiver.turn.set()
        else:
            self._items.append(item)

    async def _next(self) -> T:
        receiver: Receiver[T] = Receiver()
        self._receivers.append(receiver)
        if self._senders:
            self._let_in()  # where nothing is kept
        try:
            await receiver.turn.wait()
        except BaseException:
            if not receiver.turn.is_set():
                self._receivers.remove(receiver)
            elif receiver.item is not NOTHING:  # it came in the turn of the cancellation
                self._give_back(receiver.item)
            raise
        if receiver.item is NOTHING:
            raise ClosedError
        return receiver.item

    def _give_back(self, item: T) -> None:
        if self._receivers:
            self._hand_over(item)
        else:
            self._items.appendleft(item)

    async def _room(self) -> None:
        turn = anyio.Event()
        self._senders.append(turn)
        try:
            await turn.wait()
        except BaseException:
            if not turn.is_set():
                self._senders.remove(turn)
            elif self._senders:
                self._let_in()
            raise

    def _let_in(self) -> None:
        if len(self._items) < self._capacity + len(self._receivers):
            self._senders.popleft().set()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.channels import Channel

LIBRARY = "anyio"
KIND = "own"


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    between = ItemChannel[Any](capacity)
    yield Channel(between.send, between.receive, between.close)


@asynccontextmanager
async def rendezvous() -> AsyncIterator[Channel]:
    between = ItemChannel[Any](0)
    yield Channel(between.send, between.receive)
