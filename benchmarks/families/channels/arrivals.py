"""Items that come one by one, each of which is answered once a receiver has it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.channels.workloads import PLACES
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Event, Toolkit
from patterns.channels import Channel, Family


@asynccontextmanager
async def one_to_one(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:
    """One receiver, and so many places."""
    async with family.channel(n) as channel, _received(channel, toolkit, 1) as operate:
        yield operate


@asynccontextmanager
async def crowd(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:
    """So many receivers, each of whom uses an item for a turn."""
    async with family.channel(PLACES) as channel, _received(channel, toolkit, n) as operate:
        yield operate


@asynccontextmanager
async def _received(channel: Channel, toolkit: Toolkit, receivers: int) -> AsyncIterator[Operate]:
    async def receive() -> None:
        while True:
            arrived: Event | None = await channel.receive()
            if arrived is None:
                return
            await toolkit.hop()
            arrived.set()

    async def operate(number: int) -> bool:  # noqa: ARG001  all are alike
        arrived = toolkit.event()
        await channel.send(arrived)
        await arrived.wait()
        return True

    async with toolkit.crowd() as run:
        for _ in range(receivers):
            run(receive)
        yield operate
        for _ in range(receivers):
            await channel.send(None)


ROW = "its items come in a row from one sender, who waits for nobody else"
ARRIVALS: dict[str, Arrivals | str] = {
    "one_to_one": Arrivals(one_to_one),
    "burst": ROW,
    "crowd": Arrivals(crowd),
    "overload": "its sender never rests; crowd has the tail of items that come by themselves",
    "rendezvous": ROW,
    "to_the_end": ROW,
    "broadcast": "an item arrives at all of its subscribers, and at each in a time of its own",
    "from_threads": "when a thread runs is for the system to say, and no latency of a channel",
    "to_threads": "when a thread runs is for the system to say, and no latency of a channel",
}
