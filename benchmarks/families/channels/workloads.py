"""What is asked of ``patterns.channels``: the cost of an item, from who makes it to who uses it.

Neither takes any time of its own, but where a receiver is to be slow: then it uses an item for a turn of the loop.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from queue import SimpleQueue
from typing import Any

import trio

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.workloads import Once, Prepare, Reading, Seen, Workload
from patterns.channels import Channel, Family, Receive

BASELINE = {"asyncio": "asyncio_queue_sentinel", "trio": "trio_channel"}

ITEM = 1
NO_MORE = 0  # an item that ends its receiver, where nobody closes anything
ITEMS = 200  # through one channel, however many places it has
PLACES = 10  # where not their number is asked about
EACH = 4  # items of each of many senders
PUBLISHED = 10  # items for each subscriber


@asynccontextmanager
async def one_to_one(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A sender and a receiver, each in a task of its own, and a channel with so many places."""
    async with family.channel(n) as channel:
        yield partial(_through, channel, toolkit, ITEMS)


@asynccontextmanager
async def rendezvous(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """The same, and no place."""
    async with family.rendezvous() as channel:
        yield partial(_through, channel, toolkit, n)


async def _through(channel: Channel, toolkit: Toolkit, items: int) -> int:
    total = 0

    async def send() -> None:
        for _ in range(items):
            await channel.send(ITEM)

    async def receive() -> None:
        nonlocal total
        for _ in range(items):
            total += await channel.receive()

    await toolkit.together([send, receive])
    return total


@asynccontextmanager
async def burst(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Items are sent, then received, by one task: nobody waits."""
    async with family.channel(None) as channel:

        async def once() -> int:
            for _ in range(n):
                await channel.send(ITEM)
            total = 0
            for _ in range(n):
                total += await channel.receive()
            return total

        yield once


@asynccontextmanager
async def crowd(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """As many receivers as senders, each of whom uses an item for a turn; it shows how much each of them got."""
    async with family.channel(PLACES) as channel:
        items = n * EACH

        async def once() -> Seen:
            received: list[int] = []
            all_there = toolkit.event()

            async def send() -> None:
                for _ in range(EACH):
                    await channel.send(ITEM)

            async def receive() -> None:
                mine = 0
                while await channel.receive() != NO_MORE:
                    mine += 1
                    await toolkit.hop()
                    received.append(mine)
                    if len(received) == items:
                        all_there.set()

            async def end() -> None:
                await all_there.wait()
                for _ in range(n):
                    await channel.send(NO_MORE)

            await toolkit.together([*[receive] * n, *[send] * n, end])
            return Seen(len(received), max(received))

        yield once


@asynccontextmanager
async def overload(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A sender that never rests, and a receiver that uses an item for a turn; it shows how many items there were."""
    async with family.channel(PLACES) as channel:

        async def once() -> Seen:
            sent = received = most = 0

            async def send() -> None:
                nonlocal sent, most
                for _ in range(n):
                    await channel.send(ITEM)
                    sent += 1
                    most = max(most, sent - received)

            async def receive() -> None:
                nonlocal received
                for _ in range(n):
                    received += await channel.receive()
                    await toolkit.hop()

            await toolkit.together([send, receive])
            return Seen(received, most)

        yield once


@asynccontextmanager
async def to_the_end(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A channel is opened, filled and closed, and its receiver takes what is left, until there is no more."""

    async def once() -> int:
        total = 0
        async with family.channel(None) as channel:
            for _ in range(n):
                await channel.send(ITEM)
            await channel.close()
            try:
                while True:
                    total += await channel.receive()
            except family.ClosedError:
                return total

    yield once


@asynccontextmanager
async def broadcast(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A publisher, and subscribers each in a task of its own, who may be ten items behind."""
    async with AsyncExitStack() as stack:
        between = await stack.enter_async_context(family.broadcast(PLACES))
        subscribers = [await stack.enter_async_context(between.subscribe()) for _ in range(n)]

        async def once() -> int:
            total = 0

            async def read(receive: Receive) -> None:
                nonlocal total
                for _ in range(PUBLISHED):
                    item = await receive()
                    total += item  # in one step: there are others

            async def publish() -> None:
                for _ in range(PUBLISHED):
                    await between.publish(ITEM)

            await toolkit.together([publish, *(partial(read, receive) for receive in subscribers)])
            return total

        yield once


@contextmanager
def thread(work: Callable[[int], object]) -> Iterator[Callable[[int], None]]:
    """A thread that works whenever it is told to; the number that it is told is what its work gets."""
    orders: SimpleQueue[int] = SimpleQueue()

    def run() -> None:
        while number := orders.get():
            work(number)

    worker = threading.Thread(target=run, name="channels workload", daemon=True)
    worker.start()
    try:
        yield orders.put
    finally:
        orders.put(0)
        worker.join()


def posted(function: Callable[[], object]) -> Callable[[], object]:
    """A function that has the loop at hand call this one, from whatever thread."""
    if trio.lowlevel.in_trio_run():
        return partial(trio.lowlevel.current_trio_token().run_sync_soon, function)
    return partial(asyncio.get_running_loop().call_soon_threadsafe, function)


@asynccontextmanager
async def from_threads(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A thread puts items, a task receives them."""
    async with family.from_threads(PLACES) as inlet:
        ended: list[Callable[[], object]] = []

        def put(items: int) -> None:
            for _ in range(items):
                inlet.put(ITEM)
            ended.pop()()

        with thread(put) as start:

            async def once() -> int:
                all_put = toolkit.event()
                ended.append(posted(all_put.set))
                start(n)
                total = 0
                for _ in range(n):
                    total += await inlet.receive()
                await all_put.wait()
                return total

            yield once


@asynccontextmanager
async def to_threads(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A task sends items, a thread gets them, and says so after the last one."""
    async with family.to_threads(PLACES) as outlet:
        got: SimpleQueue[int] = SimpleQueue()
        ended: list[Callable[[], object]] = []

        def get(items: int) -> None:
            got.put(sum(outlet.get() for _ in range(items)))
            ended.pop()()

        with thread(get) as start:

            async def once() -> int:
                all_got = toolkit.event()
                ended.append(posted(all_got.set))
                start(n)
                for _ in range(n):
                    await outlet.send(ITEM)
                await all_got.wait()
                return got.get()

            yield once


def largest_share(evidence: Sequence[int], n: int) -> float:  # noqa: ARG001  a reading's signature
    """The most items that one receiver got, as a multiple of its share."""
    return max(evidence) / EACH


def most_kept(evidence: Sequence[int], n: int) -> float:  # noqa: ARG001  a reading's signature
    """The most items that had been sent and not received."""
    return max(*evidence, 1)


def of_items(name: str, question: str, needs: str, prepare: Prepare, **more: Any) -> Workload:
    """A question about so many items in a row."""
    return Workload(
        name=name,
        question=question,
        axis="items",
        operation="item",
        needs=needs,
        prepare=prepare,
        answer=lambda n: n,
        operations=lambda n: n,
        **more,
    )


WORKLOADS = (
    Workload(
        name="one_to_one",
        question="What does an item cost between a sender and a receiver, with few places or many?",
        axis="places",
        operation="item",
        needs="channel",
        prepare=one_to_one,
        answer=lambda n: ITEMS,  # noqa: ARG005  the same items through any number of places
        operations=lambda n: ITEMS,  # noqa: ARG005
    ),
    of_items("burst", "What does an item cost that nobody waits for?", "channel", burst),
    Workload(
        name="crowd",
        question="What does an item cost where as many receive as send, and who gets how many?",
        axis="senders",
        operation="item",
        needs="channel",
        prepare=crowd,
        answer=lambda n: n * EACH,
        operations=lambda n: n * EACH,
        readings=(
            Reading(
                {
                    "name": "largest_share",
                    "title": "most items of one receiver, by its share",
                    "unit": "ratio",
                    "better": "lower",
                },
                largest_share,
            ),
        ),
    ),
    of_items(
        "overload",
        "What does an item cost, and how many pile up, where the sender is faster than the receiver?",
        "channel",
        overload,
        scale=(MIDDLE,),
        readings=(
            Reading(
                {"name": "most_kept", "title": "most items in between", "unit": "count", "better": "lower"}, most_kept
            ),
        ),
    ),
    of_items("rendezvous", "What does an item cost that is handed from task to task?", "rendezvous", rendezvous),
    of_items(
        "to_the_end",
        "What does an item cost of a channel that is opened, filled, closed and read to its end?",
        "ClosedError",
        to_the_end,
    ),
    Workload(
        name="broadcast",
        question="What does an item cost each of its subscribers?",
        axis="subscribers",
        operation="item received",
        needs="broadcast",
        prepare=broadcast,
        answer=lambda n: n * PUBLISHED,
        operations=lambda n: n * PUBLISHED,
    ),
    of_items(
        "from_threads",
        "What does an item cost that a thread puts, and a task receives?",
        "from_threads",
        from_threads,
        scale=(MIDDLE,),
    ),
    of_items(
        "to_threads",
        "What does an item cost that a task sends, and a thread gets?",
        "to_threads",
        to_threads,
        scale=(MIDDLE,),
    ),
)
