"""What is asked of ``patterns.monitoring`` about events that are told to a sink."""

from functools import partial
from typing import Any

from benchmarks.families.monitoring.scene import (
    OUTLETS,
    PATIENCE,
    SPARE,
    Opened,
    Sink,
    eventually,
    outlets,
    send,
    send_all,
    send_one,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, ending, event, expect, listed, shown_as

MANY = 20  # events
SIZE = 4  # of them are held
FEW = 2  # are held where more than that many fail: who keeps the place of each has none left
FAILING = (0, 1, 3)
ODD = (None, 0, False, "", (), StopIteration("an event"), "the same", "the same")  # whatever is sent is an event
ON_THEIR_WAY = 2  # that are neither held nor with the sink, or are with it


async def events_arrive_or_are_counted(trial: Trial) -> None:
    """Each event reaches the sink once, or is dropped where that was agreed, and counted then.

    There are more events than the sink can take, so that some are lost. Who reads them does not know that, and takes
    what arrived for all there was: the hour of the outage looks like an hour with little to do.

        for number in range(1000):
            outlet.send(number)
        # 100 have arrived, and outlet.dropped is 0
    """
    for name in outlets(trial):
        sink = Sink(trial, turns=trial.draw(2))
        async with trial.crew() as crew, getattr(trial.module, name)(sink.get, SIZE) as outlet:
            if name == "dropping":
                for number in range(MANY):
                    outlet.send(number)
            else:
                crew.start(send_all, trial, outlet, MANY, name="who sends")
            await eventually(trial, lambda: len(sink.done) == MANY)  # noqa: B023  over before the next
            dropped = outlet.dropped if name == "dropping" else 0
        twice = len(sink.got) - len(set(sink.got))
        expect(not twice, f"{name}: {twice} of {MANY} events reached the sink twice")
        seen = f"{name}: of {MANY} events {len(sink.got)} reached the sink, and {dropped} were counted as dropped"
        expect(len(sink.got) + dropped == MANY, seen)
        expect(len(sink.got) >= SIZE, f"{seen}, where {SIZE} are held")


async def whatever_is_sent_arrives(trial: Trial) -> None:
    """Whatever is sent is an event: nothing, a zero, an error, and the same once more.

    A worker ends when it gets None, and takes an empty list for nothing to do. The first program that sends what a
    function has returned loses all that it sends after the first None.

        while (event := await queue.get()) is not None:
            await push(event)
        # send(cache.get(key)) has sent None, and it was the last one
    """
    for name in outlets(trial):
        got: list[object] = []

        @shown_as("the sink")
        async def take(odd: object, got: list[object] = got) -> None:
            got.append(odd)

        async def send_odd(outlet: Any) -> None:
            for odd in ODD:
                await send(outlet, odd)
                await trial.hop()

        async with trial.crew() as crew, getattr(trial.module, name)(take, len(ODD)) as outlet:
            crew.start(send_odd, outlet, name="who sends")
            await eventually(trial, lambda: len(got) == len(ODD))  # noqa: B023  over before the next
            arrived = len(got)
        seen = f"{name}: of the events {listed(map(repr, ODD), len(ODD))} these reached the sink: "
        expect(sorted(map(id, got[:arrived])) == sorted(map(id, ODD)), f"{seen}{listed(map(repr, got), len(ODD))}")


async def failing_sink_breaks_nothing(trial: Trial) -> None:
    """What the sink raises reaches nobody who sends, and the events that follow arrive.

    The sink is a service that answers with an error now and then. A request that was served well fails because it could
    not be told of, or the task that feeds the sink is gone, and nothing arrives until the program is started again.

        async with waiting(push, 100) as send:
            await send("served")   # ConnectionError, from push
            answer(request)        # not reached
    """
    for name in outlets(trial):
        sink = Sink(trial, turns=trial.draw(2), fails_for=FAILING)
        opened = Opened(trial=trial, context=partial(getattr(trial.module, name), sink.get, FEW))

        async def send_one_by_one(sink: Sink = sink, opened: Opened = opened) -> None:
            for number in range(SIZE + 1):
                await send(opened.inside, number)
                await eventually(trial, lambda: number in sink.done)  # noqa: B023  over before the next

        async with trial.crew() as crew:
            opened.start(crew)
            await opened.enters()
            sender = crew.start(send_one_by_one, name="who sends")
            await eventually(trial, lambda: sender.done or len(sink.done) > SIZE, SPARE)  # noqa: B023  as above
            expect(sender.outcome != "raised", f"{name}: the sink raised an error, and who had sent {ending(sender)}")
            expect(not opened.over, f"{name}: the sink raised an error, and {opened}")
            missing = [number for number in range(SIZE + 1) if number not in sink.got]
            expect(
                not missing,
                f"{name}: the sink raised for {listed(FAILING)}, and these did not arrive: {listed(missing)}",
            )
            await opened.ends()
        expect(not opened.errors, f"{name}: the sink raised an error, and {opened}")


async def holds_no_more_than_its_size(trial: Trial) -> None:
    """While the sink is stuck no more events are held than was agreed: others are dropped, or wait with who sends.

    The sink is down for an hour. What is held for it fills the memory of a program that has no other fault, and all of
    it is lost when that is killed.

        async with dropping(push, 100) as outlet:   # push hangs
            for event in events:
                outlet.send(event)
        # MemoryError
    """
    for name in outlets(trial):
        sink = Sink(trial, turns=1)
        opened = Opened(trial=trial, context=partial(getattr(trial.module, name), sink.get, SIZE))
        async with trial.crew() as crew:
            opened.start(crew)
            await opened.enters()
            before = MANY if name == "waiting" else SIZE  # these arrive: all is well
            early = [crew.start(send, opened.inside, number) for number in range(before)]
            await eventually(trial, lambda: len(sink.done) == before, SPARE)  # noqa: B023  over before the next
            await trial.ended(*early)
            sink.open, sink.done = event(trial), []
            senders = []
            for number in range(MANY):  # at once, and then one after the other
                senders.append(crew.start(send, opened.inside, number))
                await trial.hop(number > MANY // 2)
            await trial.settle()
            sent = sum(player.outcome == "returned" for player in senders) if name == "waiting" else 0
            for player in senders:  # who waits runs into a deadline, and holds its event no longer
                player.cancel()
            await trial.ended(*senders, turns=PATIENCE)
            without = len(sink.done)  # who sends may tell the sink itself, and stops with its deadline
            sink.open.set()
            await trial.settle()
            held = max(sent, len(sink.done) - without)
            await opened.ends()
        most = SIZE + ON_THEIR_WAY
        expect(held <= most, f"{name}: the sink was stuck, and {held} of {MANY} events were held where {SIZE} may be")


async def last_events_arrive(trial: Trial) -> None:
    """When the context has been left the sink has got what was sent before, and is done with it.

    The last thing that a program tells is why it ends. If leaving does not wait for that, the log stops some moments
    before it gets interesting.

        async with dropping(push, 100) as outlet:
            outlet.send("shutting down: disk full")
        # never arrived
    """
    for name in outlets(trial):
        sink, done = Sink(trial, turns=1 + trial.draw(3)), -1

        async def tell_and_leave(name: str = name, sink: Sink = sink) -> None:
            nonlocal done
            async with getattr(trial.module, name)(sink.get, SIZE) as outlet:
                for number in range(SIZE):
                    await send(outlet, number)
            done = len(sink.done)

        async with trial.crew() as crew:
            player = crew.start(tell_and_leave, name="who tells")
            await eventually(trial, lambda: player.done)  # noqa: B023  over before the next
        expect(player.outcome == "returned", f"{name}: who had told and left {ending(player)}")
        expect(done == SIZE, f"{name}: {SIZE} events were sent, and when it was left the sink was done with {done}")


async def events_arrive_in_order(trial: Trial) -> None:
    """The sink gets the events of one task in their order, each when it is done with the one before.

    "Connected" arrives after "disconnected", as it took a little longer on the way. Whoever keeps a list of who is
    there has somebody on it for ever.

        outlet.send("connected")
        outlet.send("disconnected")
        # got: disconnected, connected
    """
    for name in outlets(trial):
        sink = Sink(trial, turns=1 + trial.draw(2))
        async with trial.crew() as crew, getattr(trial.module, name)(sink.get, MANY) as outlet:
            crew.start(send_all, trial, outlet, MANY, name="who sends")
            await eventually(trial, lambda: len(sink.done) == MANY)  # noqa: B023  over before the next
        expect(sink.got == sorted(sink.got), f"{name}: the sink got {listed(sink.got)}, in this order")
        expect(bool(sink.got), f"{name}: the sink got nothing")
        expect(sink.most == 1, f"{name}: the sink was told of {sink.most} events at once")


async def cancelled_sender_keeps_nobody_waiting(trial: Trial) -> None:
    """A sender that is cancelled while it waits is cancelled, and the others' events arrive.

    A request runs into its deadline while it waits to tell that. If its place was given to it just then, and it takes
    that along, whoever waits behind it waits for ever.

        async with asyncio.timeout(1):
            await send("slow")     # cancelled
        await send("next")         # waits for ever
    """
    sink = Sink(trial, turns=1, stuck=True)
    async with trial.crew() as crew, trial.module.waiting(sink.get, 1) as outlet:
        senders = []
        for number in range(6):
            senders.append(crew.start(send_one, trial, outlet, number, name=f"sender {number}"))
            await trial.hop()

        async def release() -> None:
            await trial.hop(2)
            sink.open.set()

        crew.start(release, name="who frees the sink")
        struck = senders.pop(3)
        await trial.strike(struck)
        others = {0, 1, 2, 4, 5}
        everybody = (*senders, struck)
        await eventually(trial, lambda: others <= set(sink.got) and all(player.done for player in everybody))
        late = [player.name for player in senders if not player.done]
        expect(not late, f"one who sends was cancelled, and these wait for ever: {listed(late)}")
        right = "cancelled" if trial.landed else "returned"
        expect(struck.done, "a sender was cancelled, and waits for ever")
        expect(struck.outcome == right, f"a sender that was to be {right} {ending(struck)}")
        missing = others - set(sink.got)
        expect(not missing, f"one who sends was cancelled, and these of others did not arrive: {listed(missing)}")


TELLING = (
    Promise(events_arrive_or_are_counted, about=OUTLETS),
    Promise(whatever_is_sent_arrives, about=OUTLETS),
    Promise(failing_sink_breaks_nothing, about=OUTLETS, tolerates=("SinkError",)),
    Promise(holds_no_more_than_its_size, real=True, about=OUTLETS, need="overload"),
    Promise(last_events_arrive, about=OUTLETS, need="last-events"),
    Promise(events_arrive_in_order, about=OUTLETS, need="order"),
    Promise(cancelled_sender_keeps_nobody_waiting, about=("waiting",), swept=True),
)
