"""What is asked of ``patterns.callbacks`` about delivery: who hears of which event, when, and how often."""

import weakref
from collections import Counter
from functools import partial
from itertools import count

from benchmarks.families.callbacks.scene import Cast, ended_without, gate, over, until
from benchmarks.plan.backends import Event as Gate
from benchmarks.safety.trials import HOUR, Trial, ending, expect, free_loop, hours_pass, listed
from patterns.callbacks import Emitter, Event, Handler

FLOOD = 5000  # emits
CROWD = 40  # handlers that wait for each other
MANY = 2000  # handlers of one event


class Awkward:
    """An event that cannot be hashed, compared or asked whether it is true, as an array of numbers cannot."""

    __hash__ = None  # type: ignore[assignment]  # as for any class that defines equality alone

    def __eq__(self, other: object) -> bool:
        """Refuse."""
        raise ValueError("ambiguous")

    def __bool__(self) -> bool:
        """Refuse."""
        raise ValueError("ambiguous")


class Listener:
    """Something whose bound method is a handler: a new object at every look, and equal to the others."""

    def __init__(self, handler: Handler) -> None:
        """Pass events on to ``handler``."""
        self.handler = handler

    async def handle(self, event: Event) -> None:
        """Pass it on."""
        await self.handler(event)


async def every_handler_runs_once(trial: Trial) -> None:
    """Every connected handler runs exactly once for each event, whatever the handler and the event are.

    An audit log that misses an event is wrong, and an invoice that is sent twice is worse. Typical: None means "stop"
    to a queue's worker, or a method that was connected twice is called twice.

        emitter.connect(mailer.send)
        emitter.connect(mailer.send)   # set up twice, as after a reload
        await emitter.emit(order)
        # the customer gets two mails
    """
    cast = Cast(trial)
    turns = [trial.draw(3) for _ in range(3)]
    listener = Listener(cast.handler("method", turns[0]))
    stranger, leaver = cast.handler("stranger"), cast.handler("leaver")
    events: list[Event] = [None, 0, Awkward(), "last"]
    async with trial.module.emitter() as emitter:
        await emitter.emit("nobody listens")
        closure, other = cast.handler("closure", turns[1]), partial(_pass_on, cast.handler("partial", turns[2]))
        for handler in (listener.handle, closure, closure, other, listener.handle):
            emitter.connect(handler)
        emitter.connect(stranger)
        emitter.disconnect(stranger)
        emitter.disconnect(stranger)
        emitter.connect(leaver)
        await ended_without(emitter, events[0])
        emitter.disconnect(leaver)  # and nobody comes or goes with it
        for event in events[1:3]:
            await ended_without(emitter, event)
        emitter.disconnect(listener.handle)
        emitter.connect(listener.handle)
        await ended_without(emitter, events[3])
    for name in ("method", "closure", "partial"):
        heard = [sum(event is one for one in cast.finished(name)) for event in events]
        called = len(cast.heard(name))
        expect(
            heard == [1, 1, 1, 1] and called == 4,
            f"the {name} was called {called} times for 4 events, and ended {listed(heard)} times with each of them",
        )
    late = cast.heard("stranger") + cast.heard("leaver")[1:]
    expect(not late, "a handler was called after it had been disconnected")
    if trial.seed == 0:
        await _tells_a_crowd(trial)


async def _tells_a_crowd(trial: Trial) -> None:
    """As many handlers as a server has clients."""
    times: Counter[int] = Counter()

    async def handle(seat: int, _: Event) -> None:
        await trial.hop(seat % 2)
        times[seat] += 1

    async with trial.module.emitter() as emitter:
        for seat in range(MANY):
            emitter.connect(partial(handle, seat))
        await ended_without(emitter, "event")
    wrong = [f"handler {seat} {times[seat]} times" for seat in range(MANY) if times[seat] != 1]
    expect(not wrong, f"one event called {listed(wrong, 3)}, of {MANY} handlers")


async def _pass_on(handler: Handler, event: Event) -> None:
    await handler(event)


async def emit_waits_for_handlers(trial: Trial) -> None:
    """When emit returns or raises, every handler has run to its end.

    Whoever emits goes on as if everything had been done: answers the request, closes the connection, reads what a
    handler was to write. The handlers still run, and find the world gone.

        async with connect() as database:
            emitter.connect(partial(store, database))
            await emitter.emit(order)  # returns at once
        # the database is closed, and only now the order is stored
    """
    cast = Cast(trial)
    closed = gate(trial)
    failing = cast.handler("failing", trial.draw(2), error=ValueError(), fails_on=1)
    async with trial.module.emitter() as emitter, trial.crew() as crew:
        for handler in (failing, cast.handler("quick"), cast.handler("slow", 2 + trial.draw(6), gate=closed)):
            emitter.connect(handler)
        for event in (0, 1):
            player = crew.start(_emit, emitter, event, cast)
            await trial.ended(player, turns=12)
            early = player.done
            closed.set()
            expect(await over(trial, player), "emit did not end")
            expect(not early or event == 1, "emit returned while a handler was waiting")
            expect(not player.value, f"emit ended while still at work: {', '.join(player.value or [])}")
        calls = len(cast.begun)
        await trial.hop(12)
        expect(len(cast.begun) == calls, "a handler was called after emit had ended")
    if trial.seed == 0 and trial.has_hours:
        await _waits_for_hours(trial)


async def _waits_for_hours(trial: Trial) -> None:
    """An emit does not go on without a handler that takes long; one that is cut off is told so by another promise."""
    at_work = 0

    async def patient(_: Event) -> None:
        nonlocal at_work
        at_work += 1
        try:
            await trial.sleep(HOUR)
        finally:
            at_work -= 1

    async with trial.module.emitter() as emitter, trial.crew() as crew:
        emitter.connect(patient)
        player = crew.start(emitter.emit, "slow", name="who emits")
        if await hours_pass(trial, player):
            expect(not at_work, "emit returned while a handler that takes an hour was at work")


async def _emit(emitter: Emitter, event: Event, cast: Cast) -> list[str]:
    """Emit; who was still at work when that ended."""
    try:
        await emitter.emit(event)
    except Exception as error:
        expect(event == 1, f"no handler failed, and yet emit raised {error!r}")
    return list(cast.at_work)


async def settle_waits_for_handlers(trial: Trial) -> None:
    """When settle returns, every event whose emit has returned has been handled.

    `settle` is the one moment at which the program can know that its events have arrived. If it returns early, the
    program shuts down, or reports success, with work still queued.

        for order in orders:
            await emitter.emit(order)  # handed over
        await emitter.settle()
        print("all stored")            # the last handler is still writing
    """
    cast = Cast(trial)
    async with trial.module.emitter() as emitter, trial.crew() as crew:
        for name, turns in (("slow", 2 + trial.draw(6)), ("quick", 0), ("late", 1 + trial.draw(8))):
            emitter.connect(cast.handler(name, turns))
        for events in (range(3), range(3, 5)):
            for event in events:
                await emitter.emit(event)
                await trial.drift(2)
            handled = 3 * events.stop
            settled = [crew.start(_settle, emitter, cast) for _ in range(2)]
            expect(await over(trial, *settled), "settle did not return")
            for busy, known in [player.value for player in settled]:
                expect(not busy, f"settle returned while at work: {', '.join(busy)}")
                expect(known == handled, f"settle returned when {known} of {handled} calls had ended")


async def _settle(emitter: Emitter, cast: Cast) -> tuple[list[str], int]:
    await emitter.settle()
    return list(cast.at_work), len(cast.ended)


async def per_subscriber_order(trial: Trial) -> None:
    """Events emitted one after the other reach each handler in that order, and never overlap in it.

    A handler that keeps a total, a cursor or a file depends on it. Handed to tasks of their own, a slow first event is
    overtaken by a quick second one, and the state that stays is the older one.

        await emitter.emit({"stock": 5})
        await emitter.emit({"stock": 4})   # is handled first: it has less to do
        # the shop goes on showing 5
    """
    cast = Cast(trial)
    events = 5

    def handler(name: str, delays: list[int]) -> Handler:
        parts = [cast.handler(name, turns) for turns in delays]

        async def handle(event: int) -> None:
            await parts[event](event)

        return handle

    async with trial.module.emitter() as emitter:
        emitter.connect(handler("first", [trial.draw(8) if trial.seed else 4 - event for event in range(events)]))
        emitter.connect(handler("second", [trial.draw(4) if trial.seed else event % 2 for event in range(events)]))
        for event in range(events):
            await emitter.emit(event)
            await trial.drift(3)
        await emitter.settle()
    for name in ("first", "second"):
        seen = [(what, event) for what, who, event in cast.notes if who == name]
        right = [(what, event) for event in range(events) for what in ("begin", "end")]
        wrong = next((pair for pair, due in zip(seen, right, strict=False) if pair != due), None)
        expect(not wrong, f"out of turn: the {name} handler's {wrong and ' of event '.join(map(str, wrong))}")
        expect(len(seen) == len(right), f"the {name} handler began or ended {len(seen)} times, not {len(right)}")


async def bounded_in_flight(trial: Trial) -> None:
    """A loop of 5,000 emits comes to a halt while a handler is busy, instead of piling up work.

    Events come faster than a handler can deal with them, as they do when its database is slow. Each becomes one more
    task or one more entry of a queue, until memory is gone, and every answer comes later than the last.

        async for message in websocket:
            await emitter.emit(message)  # returns at once, always
        # 5,000 messages later: 5,000 tasks, all waiting for the same database
    """
    cast = Cast(trial)
    closed = gate(trial)
    accepted = count()
    returned = [0]

    async def flood() -> None:
        for event in range(FLOOD):
            await emitter.emit(event)
            returned[0] = next(accepted) + 1

    async with trial.module.emitter() as emitter, trial.crew() as crew:
        emitter.connect(cast.handler("busy", gate=closed))
        emitter.connect(cast.handler("quick"))
        player = crew.start(flood)
        before = -1
        while returned[0] != before and not player.done:
            before = returned[0]
            await trial.hop(20)
            if returned[0] == before:
                await trial.sleep(1)  # a halt, or an emit that takes its time
        accepted_busy = returned[0]
        closed.set()
        expect(
            accepted_busy < FLOOD,
            f"{accepted_busy} emits returned while a handler was busy with the first",
        )


async def handlers_side_by_side(trial: Trial) -> None:
    """A handler that waits holds up no other: all of them are at work at the same time.

    One subscriber waits for a slow service, and everybody after it in the list hears of the event when that has
    answered, or never. Handlers that wait for each other deadlock.

        emitter.connect(post_to_slow_webhook)  # 30 s
        emitter.connect(sound_the_alarm)
        await emitter.emit("fire")
        # the alarm sounds 30 s later
    """
    cast = Cast(trial)
    closed = gate(trial)
    crowd = 2 + trial.draw(CROWD) if trial.seed else CROWD
    async with trial.module.emitter() as emitter, trial.crew() as crew:
        for number in range(crowd):
            emitter.connect(cast.handler(str(number), trial.draw(2), gate=closed))
        player = crew.start(ended_without, emitter, 0)
        together = await until(trial, lambda: len(cast.at_work) == crowd)
        seen = len(cast.at_work)
        closed.set()
        await over(trial, player)
        expect(together, f"{seen} of {crowd} handlers had been called while the first ones waited")
        expect(player.outcome == "returned", f"the emit {ending(player)}")


async def handlers_kept_alive(trial: Trial) -> None:
    """The emitter keeps its handlers alive, also those that nobody else holds.

    Handlers held by weak references vanish when the garbage collector says so: a closure or the method of an object
    that was made for this purpose is called in every test, and not in production. Nothing is raised.

        emitter.connect(AuditLog(path).write)  # nobody else holds the log
        await emitter.emit(login)              # written, today
        gc.collect()
        await emitter.emit(login)              # not written
    """
    cast = Cast(trial)
    async with trial.module.emitter() as emitter:
        emitter.connect(Listener(cast.handler("method", trial.draw(2))).handle)
        emitter.connect(cast.handler("closure"))
        emitter.connect(partial(_pass_on, cast.handler("partial")))
        for event in (0, 1):
            trial.collect_garbage()
            await ended_without(emitter, event)
            await trial.drift()
    for name in ("method", "closure", "partial"):
        expect(cast.finished(name) == [0, 1], f"of two events the {name} has handled {len(cast.finished(name))}")


async def running_handlers_survive_collection(trial: Trial) -> None:
    """The garbage collector takes away no event that is on its way, and no handler that waits.

    A loop holds its tasks by weak references only. A task that nobody keeps, waiting for something that only it knows,
    is garbage: it disappears in the middle of its work, at a random moment.

        for handler in handlers:
            asyncio.create_task(handler(event))  # kept by nobody
        # hours later: "Task was destroyed but it is pending!"
    """
    cast = Cast(trial)
    waiting: list[weakref.ref[Gate]] = []

    async def emit_both() -> None:
        await emitter.emit(0)
        await emitter.emit(1)

    async def handle(event: Event) -> None:
        await trial.drift(3)
        own = gate(trial)
        waiting.append(weakref.ref(own))
        await own.wait()
        cast.ended.append(("handler", event))

    async with trial.module.emitter() as emitter, trial.crew() as crew:
        emitter.connect(handle)
        player = crew.start(emit_both)
        for number in (1, 2):
            expect(await until(trial, lambda number=number: len(waiting) >= number), "an event was not handled")  # type: ignore[misc]
            await trial.ended(player, turns=3 + trial.draw(6))
            trial.collect_garbage()
            own = waiting[number - 1]()
            expect(own is not None, f"garbage was collected, and {3 - number} of 2 events with it")
            if own is not None:
                own.set()
            del own
        await until(trial, lambda: len(cast.ended) == 2)
        expect(len(cast.ended) == 2, f"garbage was collected, and {2 - len(cast.ended)} of 2 events with it")


async def close_waits_for_events(trial: Trial) -> None:
    """Leaving the context waits until every event has been handled.

    The program ends properly, and yet the last events are gone: they were queued when the door closed.

        async with emitter() as events:
            events.connect(store)
            await events.emit(order)
        # the context is left, the order was not stored
    """
    cast = Cast(trial)

    async def use() -> None:
        async with trial.module.emitter() as emitter:
            for name, turns in (("slow", 3 + trial.draw(6)), ("quick", 0)):
                emitter.connect(cast.handler(name, turns))
            for event in range(3):
                await emitter.emit(event)
                await trial.drift(3)

    async with trial.crew() as crew:
        player = crew.start(use)
        expect(await over(trial, player), "the context could not be left")
        expect(player.outcome == "returned", f"the block that was to leave the context {ending(player)}")
        expect(not cast.at_work, f"the context was left while at work: {', '.join(cast.at_work)}")
        for name in ("slow", "quick"):
            seen = cast.finished(name)
            expect(
                sorted(seen) == [0, 1, 2],
                f"when the context was left, the {name} handler had ended with {listed(seen)} of the events 0, 1, 2",
            )


async def long_handler_is_waited_for(trial: Trial) -> None:
    """A handler that takes two hours runs to its end.

    Somewhere below there is a limit of thirty seconds that nobody has asked for. It works in every test, and the one
    large export is cut off, each night.

        async with asyncio.timeout(30):        # "to be safe"
            await handler(event)
        # the export takes a minute: cut off in the middle
    """
    if not trial.has_hours:
        return

    ended: list[Event] = []

    async def handler(event: Event) -> None:
        await trial.sleep(2 * HOUR)
        ended.append(event)

    async def visit() -> None:
        async with trial.module.emitter() as emitter:
            emitter.connect(handler)
            await emitter.emit("event")
            await emitter.settle()

    async with trial.crew() as crew:
        player = crew.start(visit, name="who emits")
        if await hours_pass(trial, player):
            expect(ended == ["event"], "a handler that takes two hours did not come to its end")
            expect(player.outcome == "returned", f"a handler takes two hours, and who emits {ending(player)}")


async def never_holds_up_the_loop(trial: Trial) -> None:
    """An emit never holds up the loop: while handlers wait, all other tasks go on.

    Whoever waits for a handler's thread or its result by sleeping stops the whole program: no request is answered, no
    timeout fires, and the handlers do not go on either.

        future = asyncio.run_coroutine_threadsafe(handler(event), loop)
        while not future.done():
            time.sleep(0.01)               # the handler cannot run
        # and so it is never done
    """

    async def handler(_: Event) -> None:
        await trial.hop(3)

    async def visit() -> None:
        async with trial.module.emitter() as emitter:
            emitter.connect(handler)
            await emitter.emit("event")
            await emitter.settle()

    await free_loop(trial, visit)
