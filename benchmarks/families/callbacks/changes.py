"""What is asked of ``patterns.callbacks`` about what happens during an emit: changes of the audience, further emits."""

from benchmarks.families.callbacks.scene import Cast, ended_without, gate, over, until
from benchmarks.safety.trials import Crew, Trial, ending, expect, listed
from patterns.callbacks import Emitter, Event

FLOOD = 20  # events: more than the alternatives here keep waiting for one subscriber


async def unsubscribe_during_emit(trial: Trial) -> None:
    """A handler may be disconnected during an emit: nobody else is missed, and it hears of no later event.

    A handler that wants one event disconnects itself while the emitter walks the list. The next one in the list moves
    up and is skipped, or the walk ends in an error.

        async def once(event):
            emitter.disconnect(once)
        for handler in (once, store): emitter.connect(handler)
        await emitter.emit(order)  # store is skipped
    """
    cast = Cast(trial)
    closed = gate(trial)
    moves = 0
    async with trial.module.emitter() as emitter, trial.crew() as crew:
        leaver, guest = cast.handler("leaver", trial.draw(3)), cast.handler("guest")

        async def usher(event: Event) -> None:
            cast.begun.append(("usher", event))
            emitter.disconnect(usher)
            emitter.disconnect(cast.handler("stranger"))
            await trial.hop(trial.draw(3))
            emitter.disconnect(leaver)

        async def mover(event: Event) -> None:
            nonlocal moves
            moves += 1
            emitter.disconnect(mover)
            if moves < 9:  # who walks a list that grows would never end
                emitter.connect(mover)
            cast.begun.append(("mover", event))
            cast.ended.append(("mover", event))

        some = (cast.handler("first"), usher, cast.handler("second", 2), leaver, cast.handler("third"), guest, mover)
        for handler in some:
            emitter.connect(handler)
        emitter.connect(cast.handler("last", trial.draw(3), gate=closed))
        player = crew.start(ended_without, emitter, 0)
        await until(trial, lambda: ("last", 0) in cast.begun)
        emitter.disconnect(guest)
        closed.set()
        expect(await over(trial, player), "the emit during which handlers were disconnected did not end")
        expect(player.outcome == "returned", f"disconnecting during an emit: {ending(player)}")
        for event in (1, 2):
            await ended_without(emitter, event)
        await _leave_while_waited_for(trial, emitter, crew)
    for name in ("first", "second", "third", "last", "mover"):
        seen = [event for event in cast.finished(name) if event in (0, 1, 2)]
        expect(
            seen == [0, 1, 2],
            f"some were disconnected, and the {name} handler ended with the events {listed(seen)}, not 0, 1, 2",
        )
    for name in ("usher", "leaver", "guest"):
        late = [event for event in cast.heard(name) if event != 0]
        expect(not late, f"the {name} was disconnected during event 0, and called for the events {listed(late)}")
        expect(
            cast.heard(name) in ([], [0]),
            f"the {name} was called for the events {listed(cast.heard(name))}, not once for event 0",
        )


async def _leave_while_waited_for(trial: Trial, emitter: Emitter, crew: Crew) -> None:
    """Disconnect a handler for which an emit is waiting: that ends all the same."""
    closed = gate(trial)
    returned = 0

    async def flood() -> None:
        nonlocal returned
        for number in range(FLOOD):
            await emitter.emit(f"flood {number}")
            returned += 1

    busy = Cast(trial).handler("busy", gate=closed)
    emitter.connect(busy)
    player = crew.start(flood)
    before = -1
    while returned != before:
        before = returned
        await trial.hop(4)
    emitter.disconnect(busy)
    await trial.drift()
    closed.set()
    expect(await over(trial, player), "a handler was disconnected while emit waited for it, and emit did not end")
    expect(
        player.outcome == "returned", f"a handler was disconnected while emit waited for it: the emit {ending(player)}"
    )


async def connect_during_emit(trial: Trial) -> None:
    """A handler connected during an emit is called for later events, and not for this one.

    The emitter walks its own list while that grows: a newcomer hears of an event from before its time, or the walk ends
    in "changed size during iteration". A handler that connects another one on each event makes an emit without end.

        async def on_login(event):
            emitter.connect(partial(watch, event.user))
        await emitter.emit(login)  # watch is called with the login itself
    """
    cast = Cast(trial)
    closed = gate(trial)
    async with trial.module.emitter() as emitter, trial.crew() as crew:
        at_once, later = cast.handler("at once"), cast.handler("later", trial.draw(2))

        async def usher(event: Event) -> None:
            cast.begun.append(("usher", event))
            emitter.connect(at_once)
            await trial.hop(1 + trial.draw(2))
            emitter.connect(later)

        for handler in (cast.handler("first"), usher, cast.handler("last", trial.draw(3), gate=closed)):
            emitter.connect(handler)
        player = crew.start(ended_without, emitter, 0)
        await until(trial, lambda: ("last", 0) in cast.begun)
        emitter.connect(cast.handler("from outside"))
        await trial.drift(3)
        closed.set()
        expect(await over(trial, player), "the emit during which handlers were connected did not end")
        expect(player.outcome == "returned", f"connecting during an emit: {ending(player)}")
        for event in (1, 2):
            await ended_without(emitter, event)
    for name in ("first", "usher", "last"):
        seen = cast.heard(name)
        expect(
            seen == [0, 1, 2],
            f"others were connected during event 0, and the {name} handler was called for {listed(seen)}, not 0, 1, 2",
        )
    for name in ("at once", "later", "from outside"):
        seen = cast.heard(name)
        expect(seen == [1, 2], f"a handler connected {name} during event 0 was called for {listed(seen)}, not 1, 2")


async def overlapping_emits(trial: Trial) -> None:
    """Events that several tasks emit at the same time all reach every handler.

    An emitter that notes "I am busy" and drops or replaces what comes meanwhile works as long as one task emits. Two
    requests at the same time, and one of them is never heard of.

        async def emit(self, event):
            if self.emitting: return   # against recursion
            ...
        # task A is in emit; what task B emits is lost
    """
    cast = Cast(trial)
    events = list(range(6))
    async with trial.module.emitter() as emitter, trial.crew() as crew:
        for name, turns in (("slow", 1 + trial.draw(6)), ("quick", 0), ("late", trial.draw(4))):
            emitter.connect(cast.handler(name, turns))
        players = []
        for event in events:
            players.append(crew.start(ended_without, emitter, event))
            await trial.drift(3)
        expect(await over(trial, *players), f"{len(crew.waiting)} of {len(events)} emits at the same time did not end")
        for player in players:
            expect(player.outcome == "returned", f"one of {len(events)} emits at the same time {ending(player)}")
    for name in ("slow", "quick", "late"):
        seen = sorted(cast.finished(name))
        expect(
            seen == events,
            f"6 tasks emitted at the same time, and the {name} handler ended with the events {listed(seen)}",
        )


async def nested_emit(trial: Trial) -> None:
    """A handler may emit on the emitter that called it, and everybody hears of that event too.

    One event leads to another: "paid" to "shipped", and an order to a hundred lines. An emitter that holds a lock while
    its handlers run, or whose queues are bounded, waits for itself, and one that guards against recursion drops the
    second event.

        async def ship(event):
            if event == "paid":
                await emitter.emit("shipped")  # waits for the emit it is in
        await emitter.emit("paid")             # for ever
    """
    cast = Cast(trial)
    async with trial.module.emitter() as emitter, trial.crew() as crew:

        async def echo(event: int) -> None:
            cast.begun.append(("echo", event))
            await trial.hop(trial.draw(2))
            for following in [event + 1] if event < 2 else [3] * FLOOD if event == 2 else []:
                await emitter.emit(following)
            cast.ended.append(("echo", event))

        for handler in (cast.handler("before", trial.draw(3)), echo, cast.handler("behind", trial.draw(3))):
            emitter.connect(handler)
        player = crew.start(ended_without, emitter, 0)
        expect(await over(trial, player), "a handler emits, and the emit that called it does not end")
        expect(player.outcome == "returned", f"a handler emits, and the emit that called it {ending(player)}")
    for name in ("before", "echo", "behind"):
        seen = sorted(cast.finished(name))
        expect(
            seen == [0, 1, 2, *[3] * FLOOD],
            f"a handler emitted 1, 2 and {FLOOD} times 3, and the {name} handler ended with the events {listed(seen)}",
        )
