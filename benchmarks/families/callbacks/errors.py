"""What is asked of ``patterns.callbacks`` about handlers that fail."""

import asyncio

from benchmarks.families.callbacks.scene import Cast, gate, has, nodes, over, told, until
from benchmarks.safety.errors import Unknown
from benchmarks.safety.trials import Trial, expect, listed, shown
from patterns.callbacks import Event

SEATS = 10  # enough that a package which calls handlers in any order calls none of them by luck


class Alarm(BaseException):
    """What a handler raises that is no ``Exception``."""


async def errors_reach_emitter(trial: Trial) -> None:
    """What a handler raises comes out of emit, or of settle or leaving where emit returns early.

    The order was not stored, and the program says it was. The error is a line in a log, if that: no retry, no
    rollback, no answer to whoever asked.

        emitter.connect(store)           # raises: the disk is full
        await emitter.emit(order)        # returns
        return "thank you for your order"
    """
    cast = Cast(trial)
    first, last = ValueError(), LookupError()
    seen: list[BaseException] = []
    leaving: list[BaseException] = []
    try:
        async with trial.module.emitter() as emitter:
            emitter.connect(cast.handler("healthy", trial.draw(3)))
            emitter.connect(cast.handler("failing", trial.draw(3), error=first, fails_on=0))
            emitter.connect(cast.handler("later", trial.draw(3), error=last, fails_on=1))
            seen += await told(emitter, 0)
            try:
                await emitter.emit(1)
            except Exception as error:
                leaving += nodes(error)
            await trial.drift()
    except Exception as error:
        leaving += nodes(error)
    expect(
        has(seen, first),
        f"a handler failed, and neither emit nor settle raised its error, but {listed(map(shown, seen), 1)}",
    )
    expect(
        has(leaving, last),
        f"a handler failed, and neither emit nor leaving raised its error, but {listed(map(shown, leaving), 1)}",
    )
    if trial.seed == 0:
        await _mistakes_are_errors(trial)


async def _mistakes_are_errors(trial: Trial) -> None:
    """What Python or the loop says of a handler, who awaits what it cannot, or takes two arguments, is its error."""
    raised: list[BaseException] = []

    async def lost(_: Event) -> None:
        try:
            await Unknown()
        except BaseException as error:
            raised.append(error)
            raise

    async def greedy(event: Event, more: object) -> None:
        """Never run: an event is not enough to call it."""

    async with trial.module.emitter() as emitter:
        emitter.connect(lost)
        seen = await told(emitter, 0)
        emitter.disconnect(lost)
        expect(
            bool(raised) and has(seen, raised[0]),
            f"a handler awaited what no loop knows: {listed(map(shown, seen), 1)}",
        )
        emitter.connect(greedy)
        seen = await told(emitter, 1)
        expect(
            any(isinstance(one, TypeError) for one in seen), "a handler cannot be called with one argument: no error"
        )


async def all_errors_kept(trial: Trial) -> None:
    """When several handlers fail, every error reaches the emitter.

    The first error is shown and mended. The second, of the handler that charges the customer, is dropped: nobody knows
    that it happened, and nothing is charged.

        emitter.connect(send_mail)  # fails at once
        emitter.connect(charge)     # fails a moment later
        await emitter.emit(order)   # raises what send_mail raised
    """
    cast = Cast(trial)
    early, late = ValueError("early"), ValueError("late")
    errors = [early, late, LookupError(), TimeoutError(), ExceptionGroup("a group", [OSError()])]
    turns = [trial.draw(4) for _ in errors] if trial.seed else [0, 3, 0, 3, 1]
    async with trial.module.emitter() as emitter:
        for wait, error in zip(turns, errors, strict=True):
            emitter.connect(cast.handler(repr(error), wait, error=error))
        seen = await told(emitter, 0, bare=True)  # who wraps errors is told so here, and nowhere else
    lost = [error for error in errors if not has(seen, error)]
    expect(
        not lost,
        f"{len(errors)} handlers failed, and the emitter lost {listed(map(shown, lost), 1)}",
    )


async def one_failure_does_not_stop_others(trial: Trial) -> None:
    """An Exception in one handler stops no other, neither for this event nor for later ones.

    A broken dashboard takes the alarm with it: its error ends the loop, or cancels everybody who is half-way through.

        emitter.connect(update_dashboard)  # raises
        emitter.connect(sound_the_alarm)
        await emitter.emit("fire")
        # no alarm: it came after the dashboard in the list
    """
    cast = Cast(trial)
    healthy = [f"healthy {seat}" for seat in range(SEATS)]
    failing = [f"failing {seat}" for seat in range(SEATS)]
    async with trial.module.emitter() as emitter:
        for seat in range(SEATS):
            wait = trial.draw(3) if trial.seed else seat % 2
            emitter.connect(cast.handler(failing[seat], wait, error=ValueError(seat)))
            emitter.connect(cast.handler(healthy[seat], trial.draw(6)))
        for event in (0, 1):
            await told(emitter, event)
            await until(trial, lambda due=SEATS * (event + 1): len(cast.ended) == due)  # type: ignore[misc]
            stopped = [name for name in healthy if event not in cast.finished(name)]
            expect(not stopped, f"{SEATS} handlers failed, and {len(stopped)} of {SEATS} others did not end")
            missed = [name for name in failing if event not in cast.heard(name)]
            expect(not missed, f"{len(missed)} of {SEATS} failing handlers were not called for event {event}")


async def errors_reported_once(trial: Trial) -> None:
    """An error is reported once, and never to somebody whose own event went well.

    Errors are collected in one place for all who emit. One task's failure is raised in another, whose event is then
    sent a second time; or an error that was dealt with comes back.

        # two requests at the same time, one emitter
        await emitter.emit(order_of_alice)  # fails
        await emitter.emit(order_of_bob)    # raises the error of Alice's order
    """
    cast = Cast(trial)
    error = ValueError()
    reports: list[str] = []

    def report(where: str, raised: BaseException | None) -> None:
        reports.extend(where for node in nodes(raised) if node is error)

    async def emit(event: Event) -> None:
        await trial.drift(3)
        try:
            await emitter.emit(event)
        except Exception as raised:
            report(f"emit({event!r})", raised)

    try:
        async with trial.module.emitter() as emitter, trial.crew() as crew:
            emitter.connect(cast.handler("failing", trial.draw(2), error=error, fails_on="bad"))
            emitter.connect(cast.handler("slow", trial.draw(6)))
            await over(trial, *[crew.start(emit, event) for event in ("good", "bad", "fine")])
            await emit("later")
            for number in (1, 2):
                try:
                    await emitter.settle()
                except Exception as raised:
                    report(f"settle {number}", raised)
    except Exception as raised:
        report("leaving", raised)
    strangers = [where for where in reports if where.startswith("emit") and "bad" not in where]
    expect(not strangers, f"emit('bad') failed, and {', '.join(strangers)} raised its error")
    expect(len(reports) <= 1, f"one error was raised {len(reports)} times: {', '.join(reports)}")


async def emit_ends_whatever_is_raised(trial: Trial) -> None:
    """Emit, settle and leaving end also when a handler raises what is no Exception, or was cancelled.

    A handler waits for a task that somebody cancels, and CancelledError comes out of it. Whoever calls handlers in a
    task of its own and guards against Exception only loses that task without a word, and everybody waits for it.

        async def handler(event):
            await refresh_task         # cancelled elsewhere
        emitter.connect(handler)
        await emitter.emit(event)
        await emitter.settle()         # for ever
    """
    kinds = [Alarm(), *([] if trial.is_trio else [asyncio.CancelledError()])]  # nobody can raise Trio's

    async def use(error: BaseException) -> None:
        cast = Cast(trial)
        async with trial.module.emitter() as emitter:
            emitter.connect(cast.handler("first", trial.draw(4)))
            emitter.connect(cast.handler("raising", trial.draw(3) if trial.seed else 0, error=error))
            emitter.connect(cast.handler("last", trial.draw(4)))
            await emitter.emit(0)
            await emitter.settle()

    async with trial.crew() as crew:
        for error in kinds:
            player = crew.start(use, error)
            expect(await over(trial, player), f"a handler raised {type(error).__name__}, and emit, or leaving, hangs")


async def state_not_global(trial: Trial) -> None:
    """Two emitters share nothing: what one task does with its emitter touches nobody else's.

    Handlers in a default argument, a lock or a "muted" flag in a module: one test, tenant or request changes what
    happens in another, and only when both run at the same time.

        with muted(signal):           # task A imports data in silence
            await import_everything()
        # meanwhile task B sends its order,
        # and nobody hears of it
    """
    cast = Cast(trial)
    shared = cast.handler("shared", trial.draw(2))

    async def other() -> None:
        async with trial.module.emitter() as emitter:
            emitter.connect(shared)
            emitter.connect(cast.handler("other", 5 + trial.draw(5)))
            emitter.connect(cast.handler("failing", trial.draw(2), error=ValueError(), fails_on="bad"))
            emitter.disconnect(shared)
            cast.notes.append(("opened", "other", None))
            await told(emitter, "good")
            await told(emitter, "bad")
            emitter.connect(cast.handler("stuck", gate=gate(trial)))
            await told(emitter, "stuck")

    async def alone(event: Event) -> None:
        player = crew.start(told, emitter, event)
        expect(await over(trial, player), f"while another emitter was busy, emit({event}) did not end")
        expect(
            not player.value,
            f"no handler of this emitter failed, and yet emit raised {listed(map(shown, player.value or ()), 1)}",
        )

    async with trial.module.emitter() as emitter, trial.crew() as crew:
        for handler in (shared, cast.handler("own", trial.draw(2))):
            emitter.connect(handler)
        player = crew.start(other)
        await until(trial, lambda: ("opened", "other", None) in cast.notes)
        await alone(0)
        await until(trial, lambda: "stuck" in cast.heard("stuck"))
        await alone(1)
        player.cancel()
        await trial.drift()
        await alone(2)
        await over(trial, player)
        await alone(3)
    for name in ("own", "shared"):
        seen = cast.finished(name)
        expect(
            seen == [0, 1, 2, 3],
            f"beside another emitter, the {name} handler ended with the events {listed(seen)}, not 0, 1, 2, 3",
        )
    expect("good" in cast.finished("other"), "beside another emitter, an event was lost")
