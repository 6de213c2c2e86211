"""What is asked of channels of ``patterns.channels`` that are closed: what is left is received, and all are told."""

from benchmarks.families.channels.lines import CHANNEL
from benchmarks.families.channels.scene import came_to_their_end, line, over
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, ending, expect


async def receivers_end_when_closed(trial: Trial) -> None:
    """What was sent before a channel was closed is received, and then every receiver is told, waiting or late.

    The last row was read, and one of eight workers is told so. The other seven wait, and the program with them.

        await queue.put(None)        # one end for eight workers
        await asyncio.gather(*workers)
        # seven wait for an item that never comes
    """
    expect(hasattr(trial.module, "ClosedError"), "it cannot be closed: no receiver learns that nothing more will come")
    for items in (0, 3):
        async with line(trial, 3) as between:
            await came_to_their_end(trial, between.send(*range(items)), when="there was room for all items")
            early = [between.read(name=f"reader {number}") for number in range(2 if items == 0 else 0)]
            await trial.hop(1 + trial.draw(4))
            closing = [between.close(), between.close()]
            await trial.drift()
            late = [between.read(name=f"reader {number}") for number in (2, 3)]
            await came_to_their_end(trial, *early, *late, *closing, when="a channel had been closed twice")
            between.all_arrived(range(items), "a channel was closed, and read to its end")


async def closed_turns_senders_away(trial: Trial) -> None:
    """Who sends to a closed channel is told, and who waits for a place as it is closed gets it or is told.

    The consumer has stopped, and the producer does not know. It waits for a place in a queue that nobody reads, and
    what it had still to report is reported by nobody.

        await channel.close()      # by the consumer
        ...
        await channel.send(last)   # the producer waits for ever
    """
    if not hasattr(trial.module, "channel"):  # a rendezvous that can be closed
        return
    async with line(trial, 1) as between:
        await came_to_their_end(trial, between.send("kept"), when="there was room for one item")
        sender = between.send("waiting", name="who waited for a place")
        await trial.hop(2 + trial.draw(2))
        closing = between.close()
        await trial.hop(2)
        reader = between.read()
        await over(trial, sender, reader, closing)
        told = isinstance(sender.error, trial.module.ClosedError)
        expect(told or sender.outcome == "returned", f"a channel was closed, and {sender.name} {ending(sender)}")
        await came_to_their_end(trial, reader, closing, when="a channel had been closed")
        between.all_arrived(["kept", *between.sent[1:]], "a channel was closed while a sender waited")
        late = between.send("late", name="who came too late")
        await over(trial, late)
        told = isinstance(late.error, trial.module.ClosedError)
        expect(told, f"a channel had been closed, and {late.name} {ending(late)}")
    await _nobody_comes_too_late(trial)
    for taken in range(2):
        await _closed_and_read(trial, taken)


async def _nobody_comes_too_late(trial: Trial) -> None:
    """A channel is closed that has an item and a place: who sends then is told, and only that item is received."""
    async with line(trial, 2) as between:
        await came_to_their_end(trial, between.send("kept"), when="there was room for two items")
        await came_to_their_end(trial, between.close(), when="there was room for another item")
        late = between.send("late", name="who came too late")
        await over(trial, late)
        await came_to_their_end(trial, between.read(), when="a channel had been closed")
        between.all_arrived(["kept"], f"a channel had been closed, and {late.name} {ending(late)}")


async def _closed_and_read(trial: Trial, taken: int) -> None:
    """Somebody waits for a place, as so many items are received, the channel is closed, and read to its end."""
    async with line(trial, 1) as between:
        await came_to_their_end(trial, between.send("kept"), when="there was room for one item")
        sender = between.send("waiting", name="who waited for a place")
        await trial.hop(3)
        receivers = [between.receive() for _ in range(taken)]
        closing, reader = between.close(), between.read()
        await over(trial, sender, reader)
        told = isinstance(sender.error, trial.module.ClosedError)
        expect(told or sender.outcome == "returned", f"a channel was closed, and {sender.name} {ending(sender)}")
        await over(trial, *receivers)
        await came_to_their_end(trial, closing, reader, when="a channel had been closed")
        between.all_arrived(
            ["kept", *between.sent[1:]], f"a channel was closed and read, and {sender.name} {ending(sender)}"
        )


ENDS = (
    Promise(receivers_end_when_closed, about=CHANNEL, need="end"),
    Promise(closed_turns_senders_away, about=("ClosedError",), need="end"),
)
