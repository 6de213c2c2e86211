"""What is asked of the broadcasts of ``patterns.channels``: what each subscriber gets, and who waits for whom."""

from collections.abc import Awaitable, Callable

from benchmarks.families.channels.scene import audience, over, until
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, ending, event, expect, listed
from patterns.channels import Receive

BROADCAST = ("broadcast",)
Read = Callable[[Receive, list[object]], Awaitable[None]]
MOMENTS = 8  # turns after the first item, in which a publisher comes to wait


async def subscribers_get_each_item_once(trial: Trial) -> None:
    """A subscriber gets each item that is published from then on, once, in order.

    A price comes twice, or the older one after the newer: whoever buys by it has bought at yesterday's.

        async with feed.subscribe() as receive:
            first = await receive()
            again = await receive()    # the same item
    """
    async with audience(trial, 6) as spectators:
        spectators.subscribe("early", spectators.everything)
        await trial.hop(3)
        spectators.publish(0, 1)
        await until(trial, lambda: len(spectators.heard["early"]) == 2)
        spectators.subscribe("late", spectators.everything)
        await trial.hop(3)
        spectators.publish(2, 3, 4)
        await until(trial, lambda: all(heard[-1:] == [4] for heard in spectators.heard.values()))
        await trial.settle()
        early, late = spectators.heard["early"], spectators.heard["late"]
        expect(early == [0, 1, 2, 3, 4], f"0 to 4 were published, and a subscriber got {listed(early)}")
        expect(late == [2, 3, 4], f"2 to 4 were published after it had subscribed, and a subscriber got {listed(late)}")


async def slow_subscriber_misses_nothing(trial: Trial) -> None:
    """A subscriber that is slow gets every item all the same.

    The index is rebuilt from the changes that are published. It was slow for a second, one change was dropped, and
    since then a search does not find what the shop sells.

        if queue.full():
            queue.get_nowait()     # nobody will notice
        queue.put_nowait(change)
    """

    async def slowly(receive: Receive, heard: list[object]) -> None:
        while not spectators.over:
            await trial.hop(8 + trial.draw(4))
            heard.append(await receive())

    async with audience(trial, 2) as spectators:
        spectators.subscribe("slow", slowly)
        spectators.subscribe("quick", spectators.everything)
        await trial.hop(3)
        spectators.publish(*range(8))
        await until(trial, lambda: all(heard[-1:] == [7] for heard in spectators.heard.values()))
        heard = {name: list(items) for name, items in spectators.heard.items()}
    for name, items in heard.items():
        expect(items == list(range(8)), f"0 to 7 were published, and who is {name} got {listed(items, 8)}")


async def leaving_subscriber_holds_up_nobody(trial: Trial) -> None:
    """Whenever a subscriber leaves, or is cancelled, publishers and all others go on.

    One browser tab falls asleep, and is closed. The publisher waits for a place in its queue, which nobody reads any
    more, and a thousand others get nothing until somebody restarts the server.

        for queue in subscribers:
            await queue.put(item)     # whose reader is gone
        # nobody gets anything any more
    """
    never = event(trial)

    async def once(receive: Receive, heard: list[object]) -> None:
        heard.append(await receive())
        await never.wait()

    for turns in range(MOMENTS):
        for alone in (False, True):
            await _sleeper_leaves(trial, once, turns, alone)


async def _sleeper_leaves(trial: Trial, read: Read, turns: int, alone: bool) -> None:
    async with audience(trial, 1) as spectators:
        sleeper = spectators.subscribe("who leaves", read)
        if not alone:
            spectators.subscribe("who stays", spectators.everything)
        await trial.hop(3)
        publishers = [spectators.publish(f"{one}, first", f"{one}, second") for one in ("a", "b", "c")]
        await trial.hop(turns)
        sleeper.cancel()
        in_time = await over(trial, sleeper, *publishers)
        await trial.settle()
        heard, published = spectators.heard.get("who stays", []), spectators.published
        got = spectators.heard["who leaves"]
    expect(sleeper.outcome == "cancelled", f"a subscriber was cancelled, and {ending(sleeper)}")
    expect(None not in got, "a subscriber was cancelled while it waited for an item, and its receive returned None")
    expect(in_time, f"a subscriber had left, and a publisher waits for it; who stayed got {listed(heard)}")
    for one in publishers:
        expect(one.outcome == "returned", f"a subscriber had left, and {one.name} {ending(one)}")
    few = alone or (len(heard) >= 1 and set(heard) <= set(published))
    expect(few, f"these were published: {listed(published)}; who stayed got {listed(heard)}")


async def cancelled_publisher_blocks_nobody(trial: Trial) -> None:
    """Whenever a publisher that waits for a subscriber is cancelled, it ends so, and the next one goes on, at once.

    A request that publishes is given up while a subscriber is behind. It was woken in the same moment, wakes nobody in
    its stead, and from then on publishers wait for a subscriber that has read everything.

        async with asyncio.timeout(1):
            await feed.publish(change)
        # TimeoutError; others wait, and nobody is behind any more
    """
    if trial.seed == trial.tick == 0:
        await _cancelled_as_nobody_reads(trial)
    wake = event(trial)

    async def late(receive: Receive, heard: list[object]) -> None:
        await wake.wait()
        while not spectators.over:
            heard.append(await receive())

    async with audience(trial, 1) as spectators:
        spectators.subscribe("who is late", late)
        await trial.hop(3)
        publishers = []
        for one in ("kept", "first", "second", "third"):
            publishers.append(spectators.publish(one))
            await trial.hop(2)
        first = publishers[1]
        wake.set()
        await trial.strike(first)
        landed = trial.landed
        in_time = await over(trial, *publishers)
        endings = ", ".join(map(ending, publishers))
        heard = spectators.heard["who is late"]
        await trial.settle()
        last = spectators.publish("last")
        await until(trial, lambda: heard[-1:] == ["last"])
    expect(
        first.outcome in ("cancelled", "returned"), f"a publisher was cancelled while it waited, and {ending(first)}"
    )
    lost = landed and first.outcome == "returned" and "first" not in heard
    expect(not lost, "a publisher was cancelled while it waited, went on, and its item never came")
    expect(in_time, f"of four publishers the second had been cancelled, nobody was behind, and they {endings}")
    expect(last.outcome == "returned", f"a publisher had been cancelled, and who came then {ending(last)}")
    expect(heard[-1:] == ["last"], f"a publisher had been cancelled, and a subscriber got {listed(heard)}")


async def _cancelled_as_nobody_reads(trial: Trial) -> None:
    """A publisher waits for a subscriber that reads nothing, and is cancelled: nothing else can have let it go on."""
    never = event(trial)

    async def sleep(receive: Receive, heard: list[object]) -> None:  # noqa: ARG001  it reads nothing
        await never.wait()

    async with audience(trial, 1) as spectators:
        spectators.subscribe("who sleeps", sleep)
        await trial.hop(3)
        spectators.publish("kept")
        await trial.hop(3)
        publisher = spectators.publish("more")
        await trial.settle()
        waited = not publisher.done  # who drops items waits for nobody
        publisher.cancel()
        await over(trial, publisher)
    expect(
        not waited or publisher.outcome == "cancelled",
        f"a publisher was cancelled while it waited for a subscriber, and {ending(publisher)}",
    )


AUDIENCES = (
    Promise(subscribers_get_each_item_once, about=BROADCAST),
    Promise(leaving_subscriber_holds_up_nobody, about=BROADCAST),
    Promise(cancelled_publisher_blocks_nobody, about=BROADCAST, swept=True),
    Promise(slow_subscriber_misses_nothing, about=BROADCAST, need="every"),
)
