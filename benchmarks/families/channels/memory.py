"""What is asked of ``patterns.channels`` about memory: items that were received, and waits that were given up."""

from collections.abc import Awaitable, Callable
from weakref import WeakSet

from benchmarks.families.channels.scene import over
from benchmarks.plan.promises import Promise
from benchmarks.safety.memory import WAITS, kept_of_waits
from benchmarks.safety.trials import Trial, expect
from benchmarks.safety.waiting import memory_blocks
from patterns.channels import Receive, Send

PLACES = 4
LOOKS = 3  # what is kept for later is kept once, and what is lost each time
MOST = WAITS // 2  # blocks of memory that one look may find more than the one before
AT_ONCE = 1  # items that somebody may still know who has them no more


class Item:
    """What can be seen to be gone."""


async def memory_is_given_back(trial: Trial) -> None:
    """Neither items that all have received nor waits that were given up take memory that is never given back.

    A worker asks for a job with a deadline, and asks again when that has passed. At night there are none, and in the
    morning there is an entry for each time that it has asked.

        self.receivers.append(turn)
        await turn.wait()    # cancelled after a second
        # the entry stays until there is an item
    """
    await _received(trial)
    if hasattr(trial.module, "channel"):
        async with trial.module.channel(1) as channel:
            await _given_up(trial, channel.receive)
            await channel.send(1)
            await _given_up(trial, channel.send, 2)
    if hasattr(trial.module, "rendezvous"):
        async with trial.module.rendezvous() as channel:
            await _given_up(trial, channel.receive)
            await _given_up(trial, channel.send, 2)
    if hasattr(trial.module, "broadcast"):
        await _spectators(trial)
    if hasattr(trial.module, "from_threads"):
        async with trial.module.from_threads(1) as inlet:
            await _given_up(trial, inlet.receive)
    if hasattr(trial.module, "to_threads"):
        async with trial.module.to_threads(1) as outlet:
            await outlet.send(1)
            await _given_up(trial, outlet.send, 2)


async def _spectators(trial: Trial) -> None:
    async with trial.module.broadcast(1) as between:

        async def read() -> None:
            async with between.subscribe() as receive:
                await receive()

        await _given_up(trial, read)
        async with between.subscribe():
            await between.publish(1)
            await _given_up(trial, between.publish, 2)


async def _given_up(trial: Trial, wait: Callable[..., Awaitable[object]], *arguments: object) -> None:
    """Expect that of those who wait, and are cancelled, nothing is kept; it says nothing where nobody waits."""
    async with trial.crew() as crew:
        probe = crew.start(wait, *arguments, name="who gives up")
        await trial.settle()
        waits = not probe.done
    more = 0
    for _ in range(LOOKS if waits else 0):
        more = await kept_of_waits(trial, wait, *arguments, name="who gives up")
        if more < MOST:
            return
    expect(more < MOST, f"{WAITS} who waited had given up, and {more} blocks of memory more were kept")


async def _received(trial: Trial) -> None:
    """Expect that items are let go that all have received, and whatever somebody has waited with for them."""
    if hasattr(trial.module, "channel"):
        async with trial.module.channel(PLACES) as channel:
            await _let_go(trial, channel.send, channel.receive)
            await _waited_for(trial, channel.send, channel.receive)
    if hasattr(trial.module, "rendezvous"):
        async with trial.module.rendezvous() as channel:
            await _waited_for(trial, channel.send, channel.receive)
    if hasattr(trial.module, "broadcast"):
        async with trial.module.broadcast(PLACES) as between, between.subscribe() as receive:
            await _let_go(trial, between.publish, receive)
            await _waited_for(trial, between.publish, receive)


async def _waited_for(trial: Trial, send: Send, receive: Receive) -> None:
    async def read() -> None:
        while True:
            await receive()

    async def write() -> int:
        more = after = 0
        for look in range(1 + LOOKS):
            for number in range(WAITS):
                await send(number)
                await trial.hop(2)
            before, after = after, memory_blocks()
            more = after - before
            if look and more < MOST:
                break
        return more

    async with trial.crew() as crew:
        crew.start(read, name="who receives")
        await trial.hop(2)
        writer = crew.start(write, name="who sends")
        await over(trial, writer)
    more = writer.value or 0
    expect(more < MOST, f"{WAITS} items had been waited for, and {more} blocks of memory more were kept")


async def _let_go(trial: Trial, send: Send, receive: Receive) -> None:
    items: WeakSet[Item] = WeakSet()

    async def play() -> None:
        for _ in range(PLACES):
            item = Item()
            items.add(item)
            await send(item)
            del item
        for _ in range(PLACES):
            await receive()

    async with trial.crew() as crew:
        await over(trial, crew.start(play, name="who sends and receives"))
        trial.collect_garbage()
        kept = len(items)
    expect(kept <= AT_ONCE, f"{PLACES} items were sent and received, and {kept} of them are kept")


MEMORY = (Promise(memory_is_given_back, once=True),)
