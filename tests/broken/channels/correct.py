"""On AnyIO, without any of the defects planted beside it: rows of those who wait, and a portal for threads."""

import math
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import anyio.lowlevel
from anyio.from_thread import BlockingPortal

from patterns.channels import Broadcast, Channel, Inlet, Outlet, Receive

LIBRARY = "anyio"
NOTHING: Any = object()


class ClosedError(Exception):
    """Nothing more will come."""


class Receiver:
    def __init__(self) -> None:
        self.turn = anyio.Event()
        self.item = NOTHING


class Between:
    def __init__(self, capacity: int | None) -> None:
        self.capacity = math.inf if capacity is None else capacity
        self.items: deque[Any] = deque()
        self.senders: deque[anyio.Event] = deque()
        self.receivers: deque[Receiver] = deque()
        self.closed = False

    def has_room(self) -> bool:
        return len(self.items) < self.capacity + len(self.receivers)

    async def send(self, item: Any) -> None:
        if self.closed:
            raise ClosedError
        while not self.has_room():
            await self.wait_for_room()
            if self.closed:
                raise ClosedError
        self.hand_over(item)
        self.wake_a_sender()

    async def receive(self) -> Any:
        if self.items:
            item = self.items.popleft()
            self.wake_a_sender()
            return item
        if self.closed:
            raise ClosedError
        receiver = Receiver()
        self.receivers.append(receiver)
        self.wake_a_sender()
        try:
            await receiver.turn.wait()
        except BaseException:
            if receiver in self.receivers:
                self.receivers.remove(receiver)
            elif receiver.item is not NOTHING:
                self.give_back(receiver.item)
            raise
        if receiver.item is NOTHING:
            raise ClosedError
        return receiver.item

    async def close(self) -> None:
        self.closed = True
        for turn in (*self.senders, *(receiver.turn for receiver in self.receivers)):
            turn.set()
        self.senders.clear()
        self.receivers.clear()

    def give_back(self, item: Any) -> None:
        if self.receivers:
            self.hand_over(item)
        else:
            self.items.appendleft(item)

    def hand_over(self, item: Any) -> None:
        if self.receivers:
            receiver = self.receivers.popleft()
            receiver.item = item
            receiver.turn.set()
        else:
            self.items.append(item)

    async def wait_for_room(self) -> None:
        turn = anyio.Event()
        self.senders.append(turn)
        try:
            await turn.wait()
        except BaseException:
            if turn in self.senders:
                self.senders.remove(turn)
            else:
                self.wake_a_sender()
            raise

    def wake_a_sender(self) -> None:
        if self.senders and self.has_room():
            self.senders.popleft().set()


class Feed:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.subscribers: list[Between] = []

    async def publish(self, item: Any) -> None:
        for subscriber in list(self.subscribers):
            with suppress(ClosedError):
                await subscriber.send(item)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Receive]:
        subscriber = Between(self.capacity)
        self.subscribers.append(subscriber)
        try:
            yield subscriber.receive
        finally:
            self.subscribers.remove(subscriber)
            await subscriber.close()


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    between = Between(capacity)
    yield Channel(between.send, between.receive, between.close)


@asynccontextmanager
async def rendezvous() -> AsyncIterator[Channel]:
    between = Between(0)
    yield Channel(between.send, between.receive)


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    feed = Feed(capacity)
    yield Broadcast(feed.publish, feed.subscribe)


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    between = Between(capacity)
    async with BlockingPortal() as portal:
        try:
            yield Inlet(lambda item: portal.call(between.send, item), between.receive)
        finally:
            await between.close()


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:
    between = Between(capacity)
    async with BlockingPortal() as portal:
        try:
            yield Outlet(between.send, lambda: portal.call(between.receive))
        finally:
            await between.close()
