"""`asyncio.Queue`s, an item that stands for the end, and `call_soon_threadsafe` for threads.

Choose it when you want the standard library on every Python: what most programs write around a queue, without the
mistakes. A receiver that finds the end leaves it there for the next one; who subscribes has a queue of its own, and
empties it when it leaves, so that no publisher waits for it; threads use the loop's door, or a `SimpleQueue`.
It costs a look at each item. Threads are never held back: what they put, and what is sent to them, piles up. Who comes
in the moment in which an item does overtakes those who wait for it; and a sender that waits for a place while the end
overtakes it waits for ever.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

T = TypeVar("T")
END: Any = object()


class ClosedError(Exception):
    """Nothing more will come."""


class ClosableQueue(Generic[T]):
    def __init__(self, capacity: int = 0) -> None:
        self._queue: asyncio.Queue[T] = asyncio.Queue(capacity)
        self._closed = False

    async def send(self, item: T) -> None:
        if self._closed:
            raise ClosedError
        await self._queue.put(item)

    async def receive(self) -> T:
        item = await self._queue.get()
        if item is END:
            self._queue.put_nowait(END)
            raise ClosedError
        return item

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await self._queue.put(END)


class Offers(Generic[T]):
    """Who offers an item waits until somebody takes it."""

    def __init__(self) -> None:
        self._offers: asyncio.Queue[tuple[T, asyncio.Future[None]]] = asyncio.Queue()

    async def send(self, item: T) -> None:
        taken = asyncio.get_running_loop().create_future()
        self._offers.put_nowait((item, taken))
        try:
            await taken
        except asyncio.CancelledError:
            self._forget_the_cancelled()
            raise

    async def receive(self) -> T:
        while True:
            item, taken = await self._offers.get()
            if not taken.done():  # else who offered it was cancelled
                taken.set_result(None)
                return item

    def _forget_the_cancelled(self) -> None:
        for _ in range(self._offers.qsize()):
            item, taken = self._offers.get_nowait()
            if not taken.done():
                self._offers.put_nowait((item, taken))


class QueuePerSubscriber(Generic[T]):
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queues: list[asyncio.Queue[T]] = []
        self._publishing = asyncio.Lock()

    async def publish(self, item: T) -> None:
        async with self._publishing:  # for everybody in the same order
            for queue in list(self._queues):
                await queue.put(item)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Callable[[], Awaitable[T]]]:
        queue: asyncio.Queue[T] = asyncio.Queue(self._capacity)
        self._queues.append(queue)
        try:
            yield queue.get
        finally:
            self._queues.remove(queue)
            while not queue.empty():
                queue.get_nowait()


class FromThreads(Generic[T]):
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[T] = asyncio.Queue()
        self.receive = self._queue.get

    def put(self, item: T) -> None:
        self._loop.call_soon_threadsafe(self._queue.put_nowait, item)


class ToThreads(Generic[T]):
    def __init__(self) -> None:
        self._queue: SimpleQueue[T] = SimpleQueue()

    async def send(self, item: T) -> None:
        self._queue.put(item)

    def get(self) -> T:
        item = self._queue.get()
        if item is END:
            self._queue.put(END)  # for the next thread
            raise ClosedError
        return item

    def close(self) -> None:
        self._queue.put(END)


# --- how it fits the contract ---

from contextlib import closing

from patterns.channels import Broadcast, Channel, Inlet, Outlet

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("longest_waiter_first", "", "asyncio.Queue: who comes as an item does overtakes those who wait"),
    ("closed_turns_senders_away", "", "the end takes the place for which a sender had been woken, and keeps it"),
    ("thread_waits_for_room", "", "call_soon_threadsafe and put_nowait hold nobody back"),
    ("sender_waits_for_threads", "", "queue.SimpleQueue holds nobody back"),
)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    queue = ClosableQueue[Any](capacity or 0)
    yield Channel(queue.send, queue.receive, queue.close)


@asynccontextmanager
async def rendezvous() -> AsyncIterator[Channel]:
    offers = Offers[Any]()
    yield Channel(offers.send, offers.receive)


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    queues = QueuePerSubscriber[Any](capacity)
    yield Broadcast(queues.publish, queues.subscribe)


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:  # noqa: ARG001
    inlet = FromThreads[Any]()
    yield Inlet(inlet.put, inlet.receive)


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:  # noqa: ARG001
    with closing(ToThreads[Any]()) as outlet:
        yield Outlet(outlet.send, outlet.get)
