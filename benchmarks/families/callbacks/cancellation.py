"""What is asked of ``patterns.callbacks`` about cancellation, and about what an emitter leaves behind."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from benchmarks.families.callbacks.scene import Cast, Limit, ended_without, gate, has, nodes, over, told
from benchmarks.plan.backends import Event as Gate
from benchmarks.safety.trials import Player, Trial, ending, expect, listed
from patterns.callbacks import Emitter, Event

OPEN = 9  # the turn at which handlers may go on by themselves, unless they have been cancelled
MORE = 20  # cancelled emits: more than an emitter has places
FILL = 40  # events: more than the alternatives here keep waiting for one subscriber


async def open_later(trial: Trial, closed: Gate, struck: list[str]) -> None:
    """Let the handlers go on at some turn, unless there was a strike: then they must be cancelled."""
    await trial.hop(OPEN)
    if not struck:
        closed.set()


async def strike(trial: Trial, struck: list[str], player: Player) -> None:
    """Strike, and note that from now on the gate stays closed."""
    await trial.approach()
    trial.landed = not player.done
    if trial.landed:
        struck.append("cancelled")
    player.cancel()


async def cancel_reaches_handlers(trial: Trial) -> None:
    """Cancelling emit cancels the handlers that it started, and waits for their cleanup.

    The client has hung up, the timeout is over, the program shuts down: emit ends, and its handlers run on with
    nobody waiting for them. They write to a connection that is closed, or what they had begun stays half done.

        with move_on_after(1):
            await emitter.emit(order)
        await database.close()
        # a handler is still in its transaction
    """
    cast = Cast(trial)
    closed, struck = gate(trial), list[str]()
    at_end: list[str] = []

    async def emit() -> None:
        try:
            await emitter.emit(0)
        finally:
            at_end.extend(cast.at_work)

    async with trial.module.emitter() as emitter, trial.crew() as crew:
        for number, cleanup in enumerate((1, 5, 3)):
            emitter.connect(cast.handler(f"cleaner {number}", trial.draw(4), gate=closed, cleanup=cleanup))
        emitter.connect(cast.handler("quick", trial.draw(2)))
        player = crew.start(emit)
        crew.start(open_later, trial, closed, struck)
        await strike(trial, struck, player)
        expect(await over(trial, player), f"emit was cancelled and has not ended; at work: {', '.join(cast.at_work)}")
        expect(not at_end, f"emit was cancelled and has ended while still at work: {', '.join(at_end)}")
        expect(not cast.uncleaned, f"the cleanup of {', '.join(cast.uncleaned)} was broken off")
        calls = len(cast.begun)
        await trial.hop(8)
        expect(len(cast.begun) == calls, "a handler was called after the emit had been cancelled")


async def cancel_is_not_swallowed(trial: Trial) -> None:
    """A timeout around emit, settle and the whole emitter ends the block, and nothing after it.

    A cancellation that arrives in the same moment as the last result, or while the emitter waits for what it has
    cancelled itself, is taken for its own and dropped: the program goes on in a block whose time is up.

        async with timeout(1):
            await emitter.emit(order)  # swallows the cancellation
            await poll_for_ever()      # is never stopped
    """
    if trial.seed == trial.tick == 0:
        await _who_waits_is_cancelled(trial)
    cast = Cast(trial)
    limit = Limit()
    left: list[str] = []

    async def use() -> None:
        async with limit.around(trial):
            async with trial.module.emitter() as emitter:
                for name, turns in (("quick", trial.draw(2)), ("slow", 2 + trial.draw(4))):
                    emitter.connect(cast.handler(name, turns, cleanup=1))
                emitter.connect(cast.handler("failing", 1 + trial.draw(4), error=ValueError()))
                with suppress(Exception):  # whoever emits logs what handlers raise, and goes on
                    await emitter.emit(0)
                with suppress(Exception):
                    await emitter.settle()
            left.append("the emitter")
            await trial.hop(3)
            left.append("the block")
        await trial.hop(2)

    async with trial.crew() as crew:
        player = crew.start(use)
        await trial.approach()
        trial.landed = not left and not player.done
        if struck := limit.begun and trial.landed:
            limit.expire()
        expect(await over(trial, player), "the time is up, and the block has not ended")
        expect(player.outcome != "cancelled", "the time was up, and more than the block was cancelled")
        if struck:
            expect("the block" not in left, "the time was up inside the emitter, and the block went on")
            expect(limit.expired, f"the time was up, and instead of the timeout the block {ending(player)}")


async def _who_waits_is_cancelled(trial: Trial) -> None:
    """A handler waits, and whoever waits for it is cancelled: in emit, in settle, while leaving, or in the block."""
    cast, closed = Cast(trial), gate(trial)

    async def fill() -> None:
        for number in range(FILL):  # who hands events over waits for a place
            await emitter.emit(number)

    async def leave() -> None:
        async with trial.module.emitter() as own:
            own.connect(cast.handler("slow", gate=closed))
            await own.emit(0)

    async def use() -> None:
        async with trial.module.emitter():
            await closed.wait()

    async with trial.module.emitter() as emitter, trial.crew() as crew:
        emitter.connect(cast.handler("slow", gate=closed))
        players = [crew.start(fill, name="emit"), crew.start(leave, name="leaving"), crew.start(use, name="the block")]
        await trial.settle()
        players.append(crew.start(emitter.settle, name="settle"))
        await trial.settle()
        waited = [player for player in players if not player.done]
        for player in waited:
            player.cancel()
        await trial.hop(OPEN)
        closed.set()  # who waits for its handlers all the same is told so by others
        await over(trial, *waited)
    for player in waited:
        expect(player.outcome == "cancelled", f"who waited in {player.name} was cancelled, and {ending(player)}")


async def cancelled_emit_spoils_nothing(trial: Trial) -> None:
    """After a cancelled emit the emitter works as before: nothing else is lost, nothing hangs.

    A place in a queue, a lock or a count stays taken by an emit that no longer exists. Nothing happens until the last
    place is gone; then every emit, or the shutdown, waits for ever.

        with move_on_after(1):
            await emitter.emit(order)  # cancelled while it waited for a place
        await emitter.emit(next_order)
        await emitter.settle()         # for ever
    """
    cast = Cast(trial)
    closed = gate(trial)
    accepted: list[Event] = []
    end = FILL

    async def fill() -> None:
        while len(accepted) < end:
            await emitter.emit(len(accepted))
            accepted.append(len(accepted))

    async with trial.module.emitter() as emitter, trial.crew() as crew:
        emitter.connect(cast.handler("quick"))
        emitter.connect(cast.handler("slow", 2, gate=closed))
        player = crew.start(fill)
        before = -1
        while len(accepted) != before:
            before = len(accepted)
            await trial.hop(4)
        end = before + 3  # from now on it must wait for a place, or for the handlers, time and again
        closed.set()
        await trial.approach()
        trial.landed = not player.done
        returned = len(accepted)  # who goes on in spite of it is told so once, by cancel_is_not_swallowed
        player.cancel()
        expect(await over(trial, player), "emit was cancelled and has not ended")
        del accepted[returned:]
        victims = [player]
        for number in range(MORE if trial.seed % 8 == 1 else 1):  # now and then many, because it takes long
            victims.append(crew.start(emitter.emit, f"victim {number}"))
            await trial.hop(trial.draw(3))
            accepted += [f"victim {number}"] * (victims[-1].outcome == "returned")
            victims[-1].cancel()
            expect(await over(trial, *victims), "emit was cancelled and has not ended")
        for event in ("next", "last"):
            after = crew.start(ended_without, emitter, event)
            expect(await over(trial, after), f"emits had been cancelled, and the {event} one, or settle, hangs")
            expect(after.outcome == "returned", f"emits had been cancelled, and the {event} one {ending(after)}")
        _check_delivery(cast, [*accepted, "next", "last"])


def _check_delivery(cast: Cast, events: list[Event]) -> None:
    """Every handler has ended with every one of these events, and was called with no event twice."""
    due = set(map(str, events))
    for name in ("quick", "slow"):
        lost = sorted(due - set(map(str, cast.finished(name))))
        expect(
            not lost,
            f"emits had been cancelled, and the {name} handler missed {len(lost)} others, such as {listed(lost, 1)}",
        )
        twice = [event for event, calls in Counter(map(str, cast.heard(name))).items() if calls > 1]
        expect(not twice, f"emits had been cancelled, and the {name} handler was called twice with {listed(twice, 1)}")


@dataclass
class Leaving:
    """A context that is left by an exception while its handlers are at work, and what was at work when it had ended."""

    trial: Trial
    cast: Cast
    struck: list[str] = field(default_factory=list)
    at_end: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def emitter(self, *, sore: Exception | None) -> AsyncIterator[Emitter]:
        """An emitter with handlers of which one fails at once, and the others wait for a gate."""
        closed = gate(self.trial)
        try:
            async with self.trial.module.emitter() as emitter, self.trial.crew() as crew:
                emitter.connect(self.cast.handler("failing", error=ValueError()))
                for name, cleanup in (("cleaner", 1 + self.trial.draw(4)), ("neat", 2)):
                    emitter.connect(self.cast.handler(name, self.trial.draw(3), gate=closed, cleanup=cleanup))
                emitter.connect(self.cast.handler("sore", gate=closed, cleanup=1, sore=sore))
                crew.start(open_later, self.trial, closed, self.struck)
                yield emitter
        finally:
            self.at_end.extend(self.cast.at_work)

    async def by_cancellation(self) -> None:
        """Emit, and be cancelled at any turn, in emit, in settle, or after that."""
        async with self.emitter(sore=None) as emitter:
            await told(emitter, 0)

    async def by_error(self, error: Exception) -> None:
        """Emit, and raise at some turn after that."""
        async with self.emitter(sore=OSError()) as emitter:
            with suppress(Exception):
                await emitter.emit(0)
            await self.trial.approach()
            self.struck.append("left")
            raise error

    async def check(self, how: str, player: Player) -> None:
        """Judge it when the context has been left."""
        ended = await over(self.trial, player)
        expect(ended, f"the context was left {how}, and that has not ended; at work: {', '.join(self.cast.at_work)}")
        expect(not self.at_end, f"the context was left {how}, and still at work: {', '.join(self.at_end)}")
        expect(not self.cast.uncleaned, f"the cleanup of {', '.join(self.cast.uncleaned)} was broken off")
        calls = len(self.cast.begun)
        await self.trial.hop(5)
        expect(len(self.cast.begun) == calls, f"the context was left {how}, and then a handler was called")


async def close_waits_for_cleanup(trial: Trial) -> None:
    """When an exception leaves the context, handlers are cancelled, and have cleaned up when it has been left.

    The program fails, and what the handlers had begun is left half done, because the loop closes while they roll back.
    Or a handler fails while it cleans up, and the shutdown waits for its task for ever.

        async with emitter() as events, connect() as database:
            await events.emit(order)
            raise SomethingElse
        # the context has been left; a handler still writes to the database
    """
    error = LookupError()
    cancelled, failed = Leaving(trial, Cast(trial)), Leaving(trial, Cast(trial))
    async with trial.crew() as crew:
        player = crew.start(cancelled.by_cancellation)
        other = crew.start(failed.by_error, error)
        await strike(trial, cancelled.struck, player)
        await cancelled.check("by a cancellation", player)
        await failed.check("by an error", other)
        expect(has(nodes(other.error), error), f"the block was left by an error, and its caller {ending(other)}")


async def nothing_left_behind(trial: Trial) -> None:
    """Nothing is left running: no task, no thread, no async generator.

    Whatever an emitter keeps after it was left costs memory and time as long as the program runs, once for each
    request that opened one, and works on things that are gone.

        async with emitter() as events:  # one per connection
            await events.emit("hello")
        # after 10,000 connections: 10,000 workers that wait for events
    """
    cast = Cast(trial)
    async with trial.module.emitter() as emitter:
        for number in range(3):
            emitter.connect(cast.handler(f"handler {number}", trial.draw(3)))
        await ended_without(emitter, 0)
        leaver = cast.handler("leaver")
        emitter.connect(leaver)
        emitter.connect(cast.handler("failing", trial.draw(3), error=ValueError()))
        emitter.connect(cast.handler("slow", 12))
        await told(emitter, 1)
        emitter.disconnect(leaver)


async def no_complaints(trial: Trial) -> None:
    """The loop and the interpreter have nothing to complain about, whenever emit is cancelled.

    "Task exception was never retrieved", "coroutine was never awaited": each is an error that nobody was told of, or a
    handler that was not called, and in the log the real ones drown.

        calls = [handler(event) for handler in handlers]
        for call in calls:
            await call  # cancelled here: the rest
        # RuntimeWarning: coroutine 'handler' was never awaited
    """
    cast = Cast(trial)

    async def use() -> None:
        async with trial.module.emitter() as emitter:
            for number in range(2):
                emitter.connect(cast.handler(f"before {number}", trial.draw(3), cleanup=1))
                emitter.connect(cast.handler(f"failing {number}", trial.draw(3), error=ValueError()))
            await told(emitter, 0)

    async with trial.crew() as crew:
        player = crew.start(use)
        await trial.strike(player)
        await over(trial, player)


async def errors_survive_cancellation(trial: Trial) -> bool:
    """A cancelled emit still shows what its handlers had raised before.

    Something was wrong already, then the time was up. A log that shows only the timeout sends everybody looking for
    what was slow, and the handler's error is gone.

        async with timeout(1):
            await emitter.emit(order)  # one handler failed, one was slow
        # TimeoutError, and not a word of the failure
    """
    cast = Cast(trial)
    error = ValueError()
    seen: list[BaseException] = []

    async def emit() -> None:
        try:
            await emitter.emit(0)
            await emitter.settle()
        except BaseException as raised:
            seen.extend(nodes(raised))
            raise

    with suppress(ExceptionGroup):
        async with trial.module.emitter() as emitter, trial.crew() as crew:
            emitter.connect(cast.handler("failing", error=error))
            closed = gate(trial)
            emitter.connect(cast.handler("waiting", gate=closed))
            player = crew.start(emit)
            await trial.ended(player, turns=20)
            player.cancel()
            await over(trial, player)
            closed.set()
    seen += [node for raised in tuple(seen) for node in nodes(raised.__cause__)]
    return has(seen, error)


async def cancel_survives_failing_cleanup(trial: Trial) -> bool:
    """A cancelled emit ends as cancelled also when the cleanup of a handler fails.

    What the cleanup raises takes the place of the cancellation. Whoever called the handler in its own task sees an
    ordinary failure, and goes on although it was cancelled.

        async def handler(event):
            try: await work()          # cancelled
            finally: await rollback()  # fails: the cancellation is forgotten
    """
    cast = Cast(trial)

    async def emit() -> None:
        with suppress(Exception):
            await emitter.emit(0)
        with suppress(Exception):
            await emitter.settle()
        await trial.hop(2)

    with suppress(ExceptionGroup):
        async with trial.module.emitter() as emitter, trial.crew() as crew:
            emitter.connect(cast.handler("sore", 8, cleanup=1, sore=OSError()))
            player = crew.start(emit)
            await trial.hop(4)
            player.cancel()
            await over(trial, player)
    return player.outcome == "cancelled"
