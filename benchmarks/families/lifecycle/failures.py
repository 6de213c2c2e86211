"""What is asked of ``patterns.lifecycle`` when a service fails: as it starts, while it runs, as it is stopped."""

from itertools import product

from benchmarks.families.lifecycle.scene import LATE, BodyError, ServiceError, ServiceExit, Staff, hold
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import leaves
from benchmarks.safety.trials import Trial, expect, listed, shown
from benchmarks.safety.waiting import all_end, before_long


async def failed_start_reaches_caller(trial: Trial) -> None:
    """What a service raises before it has started reaches the caller, the body does not run, and no other begins.

    Nobody hears that the port is taken. The program believes that it listens, or waits for ever for a service that is
    no longer there.

        async with running([database, web]):   # web: OSError
            await serve()                      # reached
        # and nobody can connect
    """
    for failing, kind in ((0, ServiceError), (2, ServiceError), (1, ServiceExit)):
        error = kind("the port is taken")
        staff = Staff(trial)
        services = staff.several(4, turns=trial.draw(2))
        services[failing] = staff.service(failing, turns=trial.draw(3), starts=False, error=error)
        staff.doors[failing].set()
        async with trial.crew() as crew:
            held = hold(crew, staff, services)
            await held.ends()
        begun = staff.those("begins")
        expect(not held.entered, f"service {failing} raised before it had started, and the body ran")
        expect(error in held.errors, f"{held}; service {failing} had raised {shown(error)} before it had started")
        expect(
            begun == list(range(failing + 1)),
            f"service {failing} raised before it had started, and these began: {listed(begun)}",
        )


async def failed_start_stops_the_others(trial: Trial) -> None:
    """When one fails to start, those that had started have ended when the error reaches the caller.

    The program says that it cannot start, and tries again. Those that had started the first time are still there, hold
    the port and the lock, and nobody knows of them.

        async with running([web, database]):   # no database
            ...
        # tried again: OSError, the port is taken, by web
    """
    for clean_up in (0, 2):
        staff = Staff(trial)
        services = staff.several(3, clean_up=clean_up)
        services.append(staff.service(3, turns=trial.draw(3), starts=False, error=ServiceError("failed")))
        staff.doors[3].set()
        async with trial.crew() as crew:
            held = hold(crew, staff, services)
            await held.ends()
        expect(
            not held.living, f"{held}, as one failed to start, while these were still running: {listed(held.living)}"
        )


async def end_before_start_is_told(trial: Trial) -> None:
    """A service that ends without having started does not leave who starts it waiting: an error says so.

    A service returns early, because it is switched off or has found nothing to do. Whoever waits to be told that it has
    started waits for ever, and the program hangs before it has said a word.

        async def metrics(started):
            if not settings.metrics:
                return                 # started() is never called
        async with running([metrics]):
            ...                        # never reached
    """
    for ending in (0, 1):
        staff = Staff(trial)
        services = staff.several(3)
        services[ending] = staff.service(ending, turns=trial.draw(2), starts=False)
        staff.doors[ending].set()
        async with trial.crew() as crew:
            held = hold(crew, staff, services)
            await all_end(trial, held.player)
            hangs = not held.over
            entered = held.entered
            held.player.cancel()
            await all_end(trial, held.player)
        expect(not entered, f"service {ending} ended without having started, and the body ran")
        expect(not hangs, f"service {ending} ended without having started, and who starts it waits for ever")
        expect(bool(held.errors), f"{held}; service {ending} had ended without having started")


async def failure_reaches_caller(trial: Trial) -> None:
    """What a service raises as it runs or is stopped reaches the caller, when the block is left at the latest.

    A service is dead, its error was dropped, and the program ends with success. What it had still to write is missing,
    and nobody knows.

        async with running([consumer]):   # DiskFull, at noon
            await serve()
        sys.exit(0)                       # in the evening
    """
    errors = (ServiceError("the disk is full"), ServiceExit("the disk is full"))
    for stopping, error in product((False, True), errors):
        staff = Staff(trial)
        failing = (
            staff.service(1, last_words=error, clean_up=trial.draw(3)) if stopping else staff.service(1, error=error)
        )
        async with trial.crew() as crew:
            held = hold(crew, staff, [staff.service(0), failing, staff.service(2)])
            await held.enters()
            if not stopping:
                staff.doors[1].set()
                await trial.hop(6)
            held.leave.set()
            await held.ends()
        strange = held.strange(error)
        expect(error in held.errors, f"{held}; a service had raised {shown(error)}")
        expect(not strange, f"{held}; a service had raised {shown(error)}, and nobody {listed(map(shown, strange), 1)}")


async def errors_come_bare(trial: Trial) -> bool:
    """What a service raises arrives as it was raised, be it in a group, and not as the cause of another error.

    Not a fault either way: whoever wraps an error says which service it was, and keeps the cause. But it passes by an
    ``except*`` that was written for what the service raises.

        try:
            async with running([consumer]):
                await serve()
        except* ConnectionError:
            await again()       # not where it comes as the cause
            # of a ServiceFailed
    """
    error = ServiceError("failed")
    staff = Staff(trial)
    async with trial.crew() as crew:
        held = hold(crew, staff, [staff.service(0, starts=False, error=error)])
        staff.doors[0].set()
        await held.ends()
    return held.error is not None and error in leaves(held.error)


async def failure_ends_the_body(trial: Trial) -> None:
    """When a service has failed the body is cancelled, and the others are stopped.

    The consumer is dead, and the program accepts orders that nobody will ever see, until somebody looks.

        async with running([consumer]):
            await accept_orders()      # for days, after
        # consumer has raised ConnectionError
    """
    error = ServiceError("failed")
    staff = Staff(trial)
    async with trial.crew() as crew:
        held = hold(crew, staff, [staff.service(number, error=error, clean_up=trial.draw(3)) for number in range(3)])
        await held.enters()
        await trial.drift()
        staff.doors[trial.draw(2)].set()
        await before_long(trial, lambda: held.over)
        expect(held.over, "a service has failed, and the body goes on")
        await held.ends()
        expect(not held.left, "a service had failed, and the body ended by itself")


async def failure_ends_starting(trial: Trial) -> None:
    """When a service has failed while a later one starts, starting is given up.

    The later one waits for the one that has failed, and so the program waits for ever to be up, with the reason in its
    hand.

        async with running([database, consumer]):
            ...   # database has failed while consumer waits
            # to be connected to it
    """
    error = ServiceError("failed")
    staff = Staff(trial)
    async with trial.crew() as crew:
        held = hold(crew, staff, [staff.service(0, error=error), staff.service(1, starts=False), staff.service(2)])
        await before_long(trial, lambda: 1 in staff.those("begins"))
        await trial.drift()
        staff.doors[0].set()
        await before_long(trial, lambda: held.over)
        gave_up = held.over
        held.player.cancel()
        await all_end(trial, held.player)
    expect(gave_up, "a service has failed, and a later one is still waited for to start")
    expect(not held.entered and not held.living, f"{held}; {staff}")


async def reverse_after_failure(trial: Trial) -> None:
    """When a service has failed the others are stopped in the reverse order, each once later ones have ended.

    Cancelled all at once, the consumer cannot put back what it was working on, because the database that would take it
    is being closed.

        async with running([database, consumer, metrics]):
            ...             # metrics fails
        # ConnectionClosed in consumer's ``finally``
    """
    for failing in (1, 3):
        staff = Staff(trial)
        services = [staff.service(number, clean_up=2 + trial.draw(4)) for number in range(4)]
        services[failing] = staff.service(failing, error=ServiceError("failed"))
        async with trial.crew() as crew:
            held = hold(crew, staff, services)
            await held.enters()
            await trial.drift()
            staff.doors[failing].set()
            await trial.hop(6)
            held.leave.set()
            await held.ends()
            await trial.hop(LATE)
        wrong = staff.upside_down
        expect(not wrong, f"as service {failing} had failed, these were stopped: {listed(wrong)}")


async def all_errors_reported(trial: Trial) -> None:
    """What several services raise as they are stopped reaches the caller, beside what the body has raised.

    The body has failed, and so has the clean-up that was to undo what it had done. Whoever sees only one of them mends
    the wrong thing first.

        async with running([transaction]):   # fails to roll back
            raise InvoiceError
        # InvoiceError alone: "nothing was written"
    """
    words = [ServiceError("one"), ServiceError("two")]
    for error in (None, BodyError("the body")):
        staff = Staff(trial)
        services = [staff.service(number, last_words=last) for number, last in enumerate(words)]
        async with trial.crew() as crew:
            held = hold(crew, staff, [*services, staff.service(2)], error)
            await held.enters()
            held.leave.set()
            await held.ends()
        wanted = [*words, error] if error else words
        missing = [one for one in wanted if one not in held.errors]
        expect(not missing, f"{held}; these were raised, too: {listed(map(shown, missing))}")


FAILURES = (
    Promise(failed_start_reaches_caller),
    Promise(failed_start_stops_the_others),
    Promise(end_before_start_is_told),
    Promise(failure_reaches_caller),
    Promise(failure_ends_the_body, need="notice"),
    Promise(failure_ends_starting, need="notice"),
    Promise(reverse_after_failure, need="order-in-trouble"),
    Promise(all_errors_reported, need="all-errors"),
    Promise(errors_come_bare, once=True, fact=True),
)
