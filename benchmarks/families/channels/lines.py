"""What is asked of the channels of ``patterns.channels``: where each item goes, when, and whoever is cancelled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.families.channels.scene import Line, audience, came_to_their_end, line, over, until
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import block_is_cancelled
from benchmarks.safety.trials import Player, Trial, ending, event, expect, listed
from benchmarks.safety.waiting import gets_through_cancelled, gives_a_turn
from patterns.channels import Receive

MOMENTS = 4  # turns after which somebody who goes on is cancelled

CHANNEL, RENDEZVOUS = ("channel",), ("rendezvous",)
ARGUMENTS: dict[str, tuple[int, ...]] = {
    "channel": (1,),
    "rendezvous": (),
    "broadcast": (1,),
    "from_threads": (1,),
    "to_threads": (1,),
}


async def every_item_arrives_once(trial: Trial) -> None:
    """Each item arrives at one receiver, once, and whoever waits goes on.

    An order is shipped twice, or never, when two workers look at the same moment: nobody notices before the customer.

        while not items:
            await arrived.wait()
        await asyncio.sleep(0)
        return items.popleft()   # IndexError: another was faster
    """
    for capacity in (1, 3):
        async with line(trial, capacity) as between:
            senders = [between.send(*range(4 * one, 4 * one + 4), name=f"sender {one}", late=3) for one in range(3)]
            receivers = [between.receive(4, name=f"receiver {one}", late=3) for one in range(3)]
            await over(trial, *senders, *receivers)
            between.all_arrived(range(12), f"12 items went through a channel with {capacity} places")
            await came_to_their_end(trial, *senders, *receivers, when="12 items had been sent and received")


async def in_order(trial: Trial) -> None:
    """The items of one sender arrive in the order in which they were sent.

    The account is opened after the payment into it: each by itself is right, and together they fail.

        await channel.send("open account 7")
        await channel.send("pay 100 into account 7")
        # received the other way round: no such account
    """
    for capacity in (1, 3, None):
        async with line(trial, capacity) as between:
            sender = between.send(*range(6), late=2)
            await trial.drift()
            receiver = between.receive(6, late=3)
            await came_to_their_end(trial, sender, receiver, when="six items were sent to one receiver")
            order = list(between.received)
        expect(order == list(range(6)), f"0 to 5 were sent, and came as {listed(order)}")
    for turns in range(MOMENTS):
        came = await _after_one_gave_up(trial, turns)
        expect(
            came == sorted(came, key=str),
            f"0 to 2 were sent, who waited was cancelled, and they came as {listed(came)}",
        )


async def _after_one_gave_up(trial: Trial, turns: int) -> list[object]:
    """What is received of three items for which one receiver waits, who is cancelled so many turns later."""
    async with line(trial, 3) as between:
        first = between.receive(name="who gives up")
        await trial.hop(3)
        between.send(*range(3))
        await trial.hop(turns)
        first.cancel()
        await over(trial, first)
        between.receive(3)
        await until(trial, lambda: len(between.received) == 3)
        return list(between.received)


async def sender_waits_for_room(trial: Trial) -> None:
    """Who sends to a full channel waits; a subscriber has no more before it than it may be behind.

    The disk is slow tonight, the sensors are as fast as ever. In the morning the process is killed, for want of memory,
    with all that it had not written.

        while True:
            await channel.send(await sensor.read())
        # no receiver: 40 GB later the kernel ends it
    """
    if hasattr(trial.module, "channel"):
        async with line(trial, 2) as between:
            for _ in range(2):
                await _bounded(between)
        for turns in range(MOMENTS):
            async with line(trial, 2) as between:
                await _give_up_receiving(between, turns)
                await _bounded(between)
            async with line(trial, 2) as between:
                await _give_up_sending(between, turns, "first", "second")
                await between.drain()
                await _bounded(between)
    if hasattr(trial.module, "broadcast"):
        await _bounded_audience(trial)


async def _bounded(between: Line) -> None:
    """Expect that a channel with two places takes no third item, and one more for one that is received."""
    trial, sent = between.trial, len(between.sent)
    senders = [between.send(one) for one in ("a", "b", "c", "d")]
    for taken in range(2):
        await trial.settle()
        kept = len(between.sent) - sent - taken
        expect(kept <= 2, f"a channel with 2 places took {kept} items that nobody had received")
        await came_to_their_end(trial, between.receive(), when=f"{4 - taken} items were sent")
    await came_to_their_end(trial, *senders, between.receive(2), when="there was room again")


async def _give_up_receiving(between: Line, turns: int) -> None:
    """Somebody waits for an item, and is cancelled so many turns after one was sent; then it is received."""
    trial = between.trial
    receiver = between.receive()
    await trial.hop(3)
    between.send("item")
    await trial.hop(turns)
    receiver.cancel()
    await over(trial, receiver)
    await between.drain()


async def _give_up_sending(between: Line, turns: int, *before: str) -> Player:
    """Somebody waits behind these items, and is cancelled so many turns after somebody began to receive one."""
    trial = between.trial
    if before:
        between.send(*before)
        await trial.hop(3)
    sender = between.send("last")
    await trial.hop(3)
    between.receive()
    await trial.hop(turns)
    sender.cancel()
    await over(trial, sender)
    return sender


async def _bounded_audience(trial: Trial) -> None:
    wake = event(trial)

    async def sleep_first(receive: Receive, heard: list[object]) -> None:
        await wake.wait()
        await spectators.everything(receive, heard)

    async with audience(trial, 2) as spectators:
        spectators.subscribe("who sleeps", sleep_first)
        await trial.hop(3)
        publisher = spectators.publish(*range(8))
        await trial.settle()
        publisher.cancel()
        await trial.ended(publisher)
        wake.set()
        await trial.settle()
        kept = len(spectators.heard["who sleeps"])
    # One more may be on its way.
    expect(kept <= 3, f"a subscriber that may be 2 items behind had {kept} before it")


async def longest_waiter_first(trial: Trial) -> None:
    """Of several receivers whoever has waited longest gets the next item, and nobody who comes as the item does.

    A worker that is always back at the right moment takes whatever comes, and the one that came first is never served:
    nine workers sleep, and the tenth does all the work.

        await channel.send(job)
        mine = await channel.receive()   # its own job, at once
        # whoever has waited for a minute goes to the end of the line
    """
    async with line(trial, 3) as between:
        for name in ("first", "second", "third"):
            between.receive(name=name)
            await trial.hop(3)

        async def send_and_receive() -> None:
            await between.channel.send("item")
            await between.channel.receive()
            between.served.append("newcomer")

        between.crew.start(send_and_receive, name="newcomer")
        await trial.hop(1 + trial.draw(6))
        for item in range(3):
            await until(trial, lambda: len(between.served) > item)  # noqa: B023  over before the next
            between.send(item)
        await until(trial, lambda: len(between.served) == 4)
        served = list(between.served)
    expect(served == ["first", "second", "third", "newcomer"], f"they came in this order: {listed(served)}")


async def cancelled_receiver_loses_nothing(trial: Trial) -> None:
    """Whenever a receiver is cancelled, its item has been returned to it or goes to the next one, at once.

    A worker gives up just as a job comes for it. The job was taken out of the queue for somebody who is gone, or the
    wake-up was, and the other worker sleeps beside it.

        async with asyncio.timeout(1):
            job = await channel.receive()   # taken, and then cancelled
        # TimeoutError, and the job is nowhere
    """
    landed = False
    for opens in ("channel", "rendezvous"):
        if not hasattr(trial.module, opens):
            continue
        for alone in (False, True):
            async with line(trial, 2, opens) as between:
                await _first_is_cancelled(between, alone)
                landed = landed or trial.landed
                if opens == "channel":
                    await came_to_their_end(trial, between.send(1, 2), when="a channel had 2 places, and no item")
    if hasattr(trial.module, "channel") and hasattr(trial.module, "ClosedError"):
        await _closed_as_it_comes(trial)
        landed = landed or trial.landed
    trial.landed = landed


async def _closed_as_it_comes(trial: Trial) -> None:
    """Two wait for an item, the channel is closed behind it, and the first is cancelled; whoever reads on gets it."""
    async with line(trial, 2) as between:
        first = between.receive(name="first")
        await trial.hop(3)
        between.read(name="second")
        await trial.hop(3)
        sender = between.send("item")
        between.close()
        await trial.strike(first)
        await over(trial, first, sender)
        await over(trial, between.read())
        told = f"an item was sent, a channel closed, and the first who waited cancelled: it {ending(first)}"
        between.all_arrived(between.sent, told)


async def _first_is_cancelled(between: Line, alone: bool) -> None:
    """One item for two receivers, the first of whom is cancelled; where it is alone, the second comes afterwards."""
    trial = between.trial
    first = between.receive(name="first")
    await trial.hop(2)
    second = None if alone else between.receive(name="second")
    await trial.hop(1 + trial.draw(2))
    sender = between.send("item")
    await trial.strike(first)
    await over(trial, first)
    if not (second or between.received):
        second = between.receive(name="second")
    await until(trial, lambda: bool(between.received))
    how = "one" if alone else "two"
    rest = f", the second {ending(second)}" if second else ""
    told = f"{how} waited for one item, and the first was cancelled: it {ending(first)}{rest}"
    expect(between.received == ["item"], f"{told}; received was {listed(between.received)}")
    await came_to_their_end(trial, sender, when="its item had been received")


@asynccontextmanager
async def _cancelled_sender(trial: Trial) -> AsyncIterator[tuple[Line, Player, Player]]:
    """A full channel, two senders who wait, a receiver who takes one item, and the first sender cancelled meanwhile."""
    async with line(trial, 1) as between:
        between.send("kept")
        await trial.hop(3)
        first = between.send("first", name="the first sender")
        await trial.hop(2)
        second = between.send("second", name="the second sender")
        await trial.hop(1 + trial.draw(2))
        between.receive()
        await trial.strike(first)
        await over(trial, first)
        await until(trial, lambda: "returned" in (first.outcome, second.outcome))
        yield between, first, second


async def cancelled_sender_blocks_nobody(trial: Trial) -> None:
    """Whenever a sender is cancelled, the place that it waited for goes to the next one, at once.

    A request is given up while it waits for a place. It is woken in the same moment, wakes nobody in its stead, and the
    next one waits beside a place that is free.

        async with asyncio.timeout(1):
            await channel.send(job)
        # TimeoutError; another sender waits, and a place is free
    """
    async with _cancelled_sender(trial) as (between, first, second):
        told = f"a place was free, and of two who waited for it the first {ending(first)}, the second {ending(second)}"
        served = "returned" in (first.outcome, second.outcome)
        expect(served or await _holds(between, "first"), told)
        await between.drain()
        await came_to_their_end(trial, second, when="all had been received")
        fewer = ["kept", *(["first"] if "first" in between.received else []), "second"]
        expect(first.outcome != "returned" or "first" in between.received, "an item was sent, and never came")
        between.all_arrived(fewer, "a sender was cancelled")


async def _holds(between: Line, item: object) -> bool:
    """Whether this is what the channel has, though its sender was cancelled."""
    await over(between.trial, between.receive())
    return item in between.received


async def cancelled_send_sent_nothing(trial: Trial) -> None:
    """An item whose sending was cancelled is not received.

    Who is cancelled sends the item again, later: it was not sent. Where it was, all the same, it is paid twice.

        try:
            async with asyncio.timeout(1):
                await channel.send(payment)
        except TimeoutError:
            await later(payment)       # it had been sent
    """
    async with _cancelled_sender(trial) as (between, first, _):
        await between.drain()
        both = first.outcome == "cancelled" and "first" in between.received
        expect(not both, "the sending of an item was cancelled, and the item was received")


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """Who is cancelled while it waits for an item, or for a place, or in the block, ends as cancelled, soon.

    A program that stops cancels its workers and waits for them. One that takes no notice, or takes it for the end of
    the channel, keeps it from stopping.

        try:
            return await channel.receive()
        except BaseException:     # the cancellation, too
            return None
    """
    for opens in ("channel", "rendezvous"):
        if hasattr(trial.module, opens):
            for turns in range(MOMENTS):
                await _cancelled_as_it_goes_on(trial, opens, turns)
            await _cancelled_as_it_waits(trial, opens)
    for opens, arguments in ARGUMENTS.items():
        if not trial.seed and hasattr(trial.module, opens):
            await block_is_cancelled(trial, partial(getattr(trial.module, opens), *arguments), opens)


async def _cancelled_as_it_waits(trial: Trial, opens: str) -> None:
    async with line(trial, 1, opens) as between:
        receiver = between.receive()
        await trial.hop(2 + trial.draw(3))
        receiver.cancel()
        await over(trial, receiver)
        if opens == "channel":
            between.send("kept")
            await trial.hop(3)
        sender = between.send("too much")
        await trial.hop(2 + trial.draw(3))
        waited = [receiver] if sender.done else [receiver, sender]  # who keeps whatever is sent lets nobody wait
        sender.cancel()
        await over(trial, sender)
        if opens == "channel" and hasattr(trial.module, "ClosedError"):
            closing = between.close()
            await trial.hop(3)
            waited += [] if closing.done else [closing]
            closing.cancel()
            await over(trial, closing)
        for player in waited:
            expect(player.outcome == "cancelled", f"{player.name} was cancelled while it waited, and {ending(player)}")


async def _cancelled_as_it_goes_on(trial: Trial, opens: str, turns: int) -> None:
    async with line(trial, 1, opens) as between:
        receiver = between.receive()
        await trial.hop(3)
        between.send("item")
        await trial.hop(turns)
        receiver.cancel()
        await over(trial, receiver)
    async with line(trial, 1, opens) as between:
        sender = await _give_up_sending(between, turns, *(["kept"] if opens == "channel" else []))
    for player in (receiver, sender):
        kept = player.outcome in ("cancelled", "returned")
        expect(kept, f"{player.name} was cancelled {turns} turns after it could go on, and {ending(player)}")


async def send_returns_when_received(trial: Trial) -> None:
    """Who hands over waits until somebody has the item, and somebody who gave up holds up nobody.

    The light goes green once a worker has the job. With a place in between it is green with nobody there, and jobs that
    were said to be under way are gone with the process.

        await rendezvous.send(job)
        light.green()
        # nobody has the job, and the process is restarted
    """
    async with line(trial, None, "rendezvous") as between:
        gone = between.send("gone", name="who gives up")
        sender = between.send("item", name="who waits")
        await trial.settle()
        expect(not between.sent, "a sender went on, and nobody had its item")
        gone.cancel()
        await over(trial, gone)
        await trial.drift()
        receiver = between.receive()
        await came_to_their_end(trial, sender, receiver, when="there was a sender, and a receiver")
        expect(
            between.received == ["item"],
            f"one item was sent, another given up, and received {listed(between.received)}",
        )


async def sender_gives_a_turn(trial: Trial) -> bool:
    """Other tasks get a turn while a sender finds a place each time.

    Not a fault either way, but to be known beside the speed: a task that sends a thousand items in a row may keep the
    whole loop busy until it is done, if nothing in between gives way.

        for row in rows:              # a million of them
            await channel.send(row)
        # nothing else ran meanwhile: `await` is no promise to give way
    """
    async with trial.module.channel(9) as channel, trial.crew() as crew:
        return await gives_a_turn(trial, crew, *(partial(channel.send, number) for number in range(8)))


async def cancelled_task_sends(trial: Trial) -> bool:
    """A task that is already cancelled still sends to a channel that has a place.

    Not a fault either way: a cancellation is noticed where something waits. Who relies on sending as the place where a
    cancelled task stops, needs an alternative that looks.

        scope.cancel()                 # while the task is running
        await channel.send(item)       # returns: nothing here waited
        await trio.sleep(0)            # stopped here
    """
    async with trial.module.channel(9) as channel, trial.crew() as crew:
        return await gets_through_cancelled(trial, crew, partial(channel.send, "item"))


LINES = (
    Promise(every_item_arrives_once, about=CHANNEL),
    Promise(cancelled_receiver_loses_nothing, about=(*CHANNEL, *RENDEZVOUS), swept=True),
    Promise(cancelled_sender_blocks_nobody, about=CHANNEL, swept=True),
    Promise(cancelled_caller_is_cancelled),
    Promise(send_returns_when_received, about=RENDEZVOUS),
    Promise(in_order, about=CHANNEL, need="order"),
    Promise(sender_waits_for_room, about=("channel", "broadcast"), need="bounded"),
    Promise(longest_waiter_first, about=CHANNEL, need="fair"),
    Promise(cancelled_send_sent_nothing, about=CHANNEL, swept=True, need="resend"),
    Promise(sender_gives_a_turn, about=CHANNEL, once=True, fact=True),
    Promise(cancelled_task_sends, about=CHANNEL, once=True, fact=True),
)
