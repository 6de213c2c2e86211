"""What is asked of ``patterns.lifecycle`` when the caller is cancelled, and of what it cancels itself."""

from collections.abc import Callable

from benchmarks.families.lifecycle.scene import LATE, BodyError, ServiceError, Staff, hold
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, expect, listed
from benchmarks.safety.waiting import LONG, all_end, before_long

WAITS = 2  # turns in which a body that has begun has come to where it waits


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """A cancelled caller is cancelled, whether its services start, run or are being stopped.

    The program is to end, or a deadline has passed. If the cancellation is taken for that of a service, the program
    goes on as if nothing had happened, and nobody cancels it a second time.

        async with asyncio.timeout(10):
            async with running(services):
                await work()     # done after 9.9 s, and the
            # deadline passes while services are stopped
            await work()         # goes on for ever
    """
    staff = Staff(trial)
    services = [staff.service(number, turns=trial.draw(2), clean_up=1 + trial.draw(2)) for number in range(3)]
    async with trial.crew() as crew:
        held = hold(crew, staff, services)
        held.leave.set()
        await trial.strike(held.player)
        in_time = not held.over
        ended = await all_end(trial, held.player)
        if not ended:
            staff.open_all()  # lest who waits for services that nobody has cancelled does so for ever
        expect(ended, f"{LONG} after its caller was cancelled the block had not been left; {staff}")
        expect(
            not in_time or held.player.outcome == "cancelled", f"{held}, although its caller was cancelled meanwhile"
        )
        expect(not in_time or not held.strange(), f"{held}, although its caller was cancelled meanwhile")
        expect(
            held.left or not held.passed, "the body was cut off by a cancellation, and what stands behind the block ran"
        )
        begun = not held.entered or held.started == len(services)
        expect(begun, f"starting was cut off by a cancellation, and the body began after {held.started} had started")
    if trial.tick < WAITS:
        for count in (0, 2):
            await _cancelled_in_its_body(trial, count)


async def _cancelled_in_its_body(trial: Trial, count: int) -> None:
    """The same of a caller that is cancelled while its body waits, which turns since the beginning may not meet."""
    staff = Staff(trial)
    async with trial.crew() as crew:
        held = hold(crew, staff, staff.several(count, clean_up=trial.draw(2)))
        await held.enters()
        await trial.hop(trial.tick)
        held.player.cancel()
        await held.ends()
        cancelled = held.player.outcome == "cancelled" and not held.passed and not held.strange()
        expect(cancelled, f"{held}, although its caller was cancelled as its body waited")


async def cancelled_caller_leaves_nobody(trial: Trial) -> None:
    """When a cancelled caller has ended, all its services have ended, too, their clean-up finished.

    A deadline passes while services start or run. Those that had started are left alone: they hold the port and the
    lock for somebody who is no longer there.

        async with asyncio.timeout(10):
            async with running([web, slow]):   # too slow
                ...
        # tried again: OSError, the port is taken, by web
    """
    staff = Staff(trial)
    services = [staff.service(number, turns=1 + trial.draw(2), clean_up=2) for number in range(3)]
    services.append(staff.service(3, starts=False))
    async with trial.crew() as crew:
        held = hold(crew, staff, services)
        await trial.strike(held.player)
        trial.landed = trial.landed and 3 not in staff.those("begins")  # from then on all turns are alike
        if not await all_end(trial, held.player):
            staff.open_all()
        expect(
            not held.over or not held.living,
            f"{held}, while these services were still running: {listed(held.living)}",
        )


async def reverse_when_cancelled(trial: Trial) -> None:
    """When the caller is cancelled, services are stopped in the reverse order, each once later ones have ended.

    That is how most programs end. Cancelled all at once, the consumer cannot put back what it was working on, because
    the database that would take it is being closed.

        async with running([database, consumer]):
            await serve()   # cancelled: SIGTERM
        # ConnectionClosed in consumer's ``finally``
    """
    staff = Staff(trial)
    services = [staff.service(number, clean_up=2 + trial.draw(4) if number else 1) for number in range(4)]
    async with trial.crew() as crew:
        held = hold(crew, staff, services)
        await held.enters()
        await trial.drift()
        held.player.cancel()
        await held.ends()
        await trial.hop(LATE)
        wrong = staff.upside_down
    expect(not wrong, f"as their caller was cancelled, these were stopped: {listed(wrong)}")


async def cancellation_survives_failure(trial: Trial) -> None:
    """A caller that handles the failure of a service still learns that it was cancelled meanwhile.

    A service fails while the caller is being cancelled. The caller handles the error and starts all of them again,
    because the cancellation came with the error and was dropped.

        async with asyncio.timeout(10):
            while True:
                try:
                    async with running(services):
                        await serve()      # fails as time is up
                except* OSError:
                    await asyncio.sleep(1)   # and so for ever
    """
    landed = False
    for what in ("running", "starting", "the body"):
        await _cancelled_as_it_fails(trial, what)
        landed = landed or trial.landed
    trial.landed = landed


async def _cancelled_as_it_fails(trial: Trial, what: str) -> None:
    staff = Staff(trial)
    services = [
        staff.service(0, clean_up=2 + trial.draw(2)),
        staff.service(1, error=None if what == "the body" else ServiceError("failed"), starts=what != "starting"),
        staff.service(2, clean_up=2, last_words=ServiceError("clean-up")),
    ]
    async with trial.crew() as crew:
        held = hold(crew, staff, services, BodyError("failed") if what == "the body" else None)

        async def leave() -> None:
            await trial.hop(3)
            held.leave.set()

        if what == "starting":
            await before_long(trial, lambda: 1 in staff.those("begins"))
        else:
            await held.enters()
        if what != "the body":
            staff.doors[1].set()
        crew.start(leave, name="who ends the body")
        await trial.strike(held.player)
        in_time = not held.over
        ended = await all_end(trial, held.player)
        if not ended:
            staff.open_all()  # lest who waits for services that nobody has cancelled does so for ever
        expect(ended, f"{LONG} after its caller was cancelled the block had not been left; {staff}")
        expect(not (in_time and held.went_on), f"{held}, and its caller, cancelled meanwhile, never learned of it")


async def no_stray_cancellation(trial: Trial) -> None:
    """A failure leaves no cancellation behind: a caller whom nobody has cancelled can go on.

    To end the body its task is cancelled. If that is not taken back, the next wait of the caller is cancelled, or the
    next deadline or task group takes it for its own: far away, and for no reason that can be found.

        try:
            async with running(services):
                await serve()
        except* OSError:
            await report()      # CancelledError, though nobody
            # has cancelled anything
    """
    for starting in (False, True):
        staff = Staff(trial)
        failing = staff.service(1, turns=trial.draw(2), starts=not starting, error=ServiceError("failed"))
        async with trial.crew() as crew:
            held = hold(crew, staff, [staff.service(0, clean_up=2), failing])
            if starting:
                staff.doors[1].set()
            else:
                await held.enters()
                staff.doors[1].set()
                await trial.hop(trial.draw(4))
                held.leave.set()
            await held.ends()
        expect(held.went_on, f"{held}, and its caller was cancelled, though by nobody")
        expect(held.requests == 0, f"{held}, and left {held.requests} cancellations of its caller behind")


async def cleanup_left_in_peace(trial: Trial) -> bool:
    """The clean-up of a service that is stopped may wait, without a shield.

    Trio and AnyIO cancel again at every wait until a task has ended, so that nothing can hold up the end. A clean-up
    that must wait needs a shield there; one that was written for asyncio's single cancellation is cut off.

        try:
            await consume()
        finally:
            await connection.close()   # cancelled as well, unless
            # it is inside CancelScope(shield=True)
    """
    cleaned = False

    async def service(started: Callable[[], object]) -> None:
        nonlocal cleaned
        staff = Staff(trial)
        try:
            await staff.service(0)(started)
        finally:
            await trial.hop(3)
            cleaned = True

    async with trial.crew() as crew:
        held = hold(crew, Staff(trial), [service])
        held.leave.set()
        await all_end(trial, held.player)
        await trial.hop(6)
    return cleaned


CANCELLATION = (
    Promise(cancelled_caller_is_cancelled, swept=True),
    Promise(cancelled_caller_leaves_nobody, swept=True),
    Promise(reverse_when_cancelled, need="order-in-trouble"),
    Promise(cancellation_survives_failure, swept=True, need="recovery"),
    Promise(no_stray_cancellation, need="recovery"),
    Promise(cleanup_left_in_peace, real=True, once=True, fact=True),
)
