"""Items that come one by one, each of which is answered once a receiver has it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.channels.workloads import PLACES
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Event, Toolkit
from patterns.channels import Family


@asynccontextmanager
async def crowd(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:
    """So many receivers, each of whom uses an item for a turn."""
    async with family.channel(PLACES) as channel:

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
            for _ in range(n):
                run(receive)
            yield operate
            for _ in range(n):
                await channel.send(None)


ROW = "its items come in a row from one sender, who waits for nobody else"
ARRIVALS: dict[str, Arrivals | str] = {
    "one_to_one": ROW,
    "burst": ROW,
    "crowd": Arrivals(crowd),
    "overload": "its sender never rests; crowd has the tail of items that come by themselves",
    "rendezvous": ROW,
    "to_the_end": ROW,
    "broadcast": "an item arrives at all of its subscribers, and at each in a time of its own",
    "from_threads": "when a thread runs is for the system to say, and no latency of a channel",
    "to_threads": "when a thread runs is for the system to say, and no latency of a channel",
}
