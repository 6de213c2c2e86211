"""What is asked of ``patterns.lifecycle``: how services start and stop when all goes well; then what goes wrong."""

from collections.abc import Callable

from benchmarks.families.lifecycle.cancellation import CANCELLATION
from benchmarks.families.lifecycle.failures import FAILURES
from benchmarks.families.lifecycle.scene import LATE, BodyError, ServiceError, Staff, hold
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import HOUR, Trial, expect, free_loop, hours_pass, listed, shown


async def starts_in_order(trial: Trial) -> None:
    """A service begins once the one before has started, and the body once all have.

    The consumer connects to a database that is not there yet, or the first request comes before anybody listens. It
    works as long as the database is quick.

        async with running([database, consumer]):
            await serve()
        # ConnectionRefusedError in consumer: database
        # has begun, and not yet started
    """
    staff = Staff(trial)
    services = [staff.service(number, turns=3 + trial.draw(6)) for number in range(3)]
    last = staff.service(3, turns=12)
    async with trial.crew() as crew:
        held = hold(crew, staff, [*services, last])
        await held.enters()
        seen = list(staff.log)
        held.leave.set()
        await held.ends()
    right = [(what, number) for number in range(4) for what in ("begins", "starts")]
    expect(seen == right, f"the body began after: {listed((f'{number} {what}' for what, number in seen), 9)}")


async def stopped_when_left(trial: Trial) -> None:
    """When the block is left each service has ended, its clean-up included.

    Whoever leaves the block closes what services use, or ends the program. What a service was still writing is cut off
    in the middle, and nobody is told.

        async with running([journal]):
            ...
        os.rename(path, archive)  # journal still flushes
    """
    for error in (None, BodyError("the body")):
        staff = Staff(trial)
        services = [staff.service(number, clean_up=1 + trial.draw(2) + 3 * number) for number in range(3)]
        async with trial.crew() as crew:
            held = hold(crew, staff, services, error)
            await held.enters()
            await trial.drift()
            held.leave.set()
            await held.ends()
        expect(not held.living, f"{held}, while these services were still running: {listed(held.living)}")


async def a_service_may_end(trial: Trial) -> None:
    """A service that ends by itself is no failure: the others run on, and so does the body.

    A service that has nothing more to do, such as one that warms a cache, returns. If that ends the program, or comes
    out as an error, it works until the cache is warm.

        async with running([web, warm_up]):
            await serve()
        # CancelledError in serve(), once warm_up has returned
    """
    staff = Staff(trial)
    async with trial.crew() as crew:
        held = hold(crew, staff, staff.several(3))
        await held.enters()
        await trial.drift()
        staff.doors[1].set()
        await trial.settle()
        living = staff.living
        held.leave.set()
        await held.ends()
    expect(held.left and not held.error, f"{held}, after a service had ended by itself")
    expect(living == [0, 2], f"a service had ended by itself, and then {listed(living)} were running, not 0, 2")


async def body_error_reaches_caller(trial: Trial) -> None:
    """What the body raises reaches the caller, as it is or in an ExceptionGroup.

    The work of the program has failed, services are stopped in good order, and the program ends as if all were well.

        async with running(services):
            raise InvoiceError
        mark_as_sent()   # reached
    """
    error = BodyError("the body")
    staff = Staff(trial)
    async with trial.crew() as crew:
        held = hold(crew, staff, staff.several(2, clean_up=trial.draw(4)), error)
        held.leave.set()
        await held.ends()
    expect(held.errors == [error], f"{held}; the body had raised {shown(error)}")


async def stops_in_reverse(trial: Trial) -> None:
    """When the body has ended each service is stopped once those that were started after it have ended.

    The consumer writes down how far it has come when it is stopped, and by then the connection to the database, which
    was started first, is closed.

        async with running([database, consumer]):
            ...
        # ConnectionClosed in consumer's ``finally``
    """
    for error in (None, BodyError("the body")):
        staff = Staff(trial)
        services = [staff.service(number, clean_up=2 + trial.draw(6)) for number in range(4)]
        async with trial.crew() as crew:
            held = hold(crew, staff, services, error)
            await held.enters()
            await trial.drift()
            held.leave.set()
            await held.ends()
            await trial.hop(LATE)
        wrong = staff.upside_down
        expect(not wrong, f"as the body had ended, these were stopped: {listed(wrong)}")


async def sets_are_independent(trial: Trial) -> None:
    """Services of another block are nobody's business, nor are tasks that were there before.

    A library holds services of its own. If leaving its block stops those of the program, too, the program goes on
    without them.

        async with running([database]):
            async with running([importer]):
                await work()
            await query()   # database was stopped, too
    """
    outer, inner = Staff(trial), Staff(trial)
    async with trial.crew() as crew:
        bystander = crew.start(outer.doors[9].wait, name="another task")
        around = hold(crew, outer, outer.several(2))
        await around.enters()
        within = hold(crew, inner, inner.several(2, clean_up=trial.draw(3)))
        await within.enters()
        within.leave.set()
        await within.ends()
        await trial.hop(6)
        expect(not bystander.done, f"a task that was there before {bystander.outcome}, as services of a block stopped")
        living = outer.living
        expect(living == [0, 1], f"as the services of another block stopped, of 0, 1 there were left: {listed(living)}")
        expect(not around.over, f"{around}, as the services of another block stopped")
        around.leave.set()
        await around.ends()


async def long_runs(trial: Trial) -> None:
    """Services may take an hour to start, and run for another one.

    Somewhere below there is a limit of a minute that nobody has asked for. It works in every test, and the service that
    has to read a large file first is never up.

        async with asyncio.timeout(60):   # "to be safe"
            await started.wait()
        # the large file takes a quarter of an hour
    """
    if not trial.has_hours:
        return
    staff = Staff(trial)

    async def slow(started: Callable[[], object]) -> None:
        await trial.sleep(HOUR)
        await staff.service(0)(started)

    async with trial.crew() as crew:
        held = hold(crew, staff, [slow])

        async def leave() -> None:
            await trial.sleep(2 * HOUR)
            held.leave.set()

        crew.start(leave, name="who ends the body")
        if await hours_pass(trial, held.player):
            expect(held.left and not held.error, f"{held}; a service took an hour to start, and ran for another one")


async def nothing_left_behind(trial: Trial) -> None:
    """However a block is left, no task, no thread and no open generator is left behind.

    What is left keeps running, or waits for ever. A program that starts its services anew after each failure has a
    little more of it each time, until it has no memory.

        while True:
            async with running(services):   # leaves a task behind
                await serve()
    """
    before = trial.living()
    for error in (None, BodyError("the body")):
        staff = Staff(trial)
        async with trial.crew() as crew:
            held = hold(crew, staff, staff.several(3, clean_up=trial.draw(3)), error)
            held.leave.set()
            await held.ends()
        await trial.hop(3)
        left = trial.living() - before
        expect(left == 0, f"{held}, and {left} tasks are left")


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the service it belongs to. In tests that
    take warnings for errors it breaks whatever test runs just then.

        async with running([database, fails_to_start, web]):
            ...
        # RuntimeWarning: coroutine 'web' was never awaited
    """
    for failing in (0, 2):
        staff = Staff(trial)
        services = staff.several(4)
        services[failing] = staff.service(failing, turns=trial.draw(2), starts=False, error=ServiceError("failed"))
        staff.doors[failing].set()
        async with trial.crew() as crew:
            await hold(crew, staff, services).ends()
    staff = Staff(trial)
    async with trial.crew() as crew:
        held = hold(crew, staff, staff.several(3))
        held.leave.set()
        await held.ends()


async def never_holds_up_the_loop(trial: Trial) -> None:
    """Starting and stopping never hold up the loop: while services do so, all other tasks go on.

    Whoever sleeps on the loop's thread until a service is up stops the whole program, and the service, too.

        while not service.ready:
            time.sleep(0.01)          # nobody else runs
            await asyncio.sleep(0)
    """

    async def whole() -> None:
        staff = Staff(trial)
        async with trial.module.running(staff.several(3, turns=1, clean_up=1)):
            await trial.hop()

    await free_loop(trial, whole)


PROMISES = (
    Promise(starts_in_order),
    Promise(a_service_may_end),
    Promise(stopped_when_left),
    Promise(body_error_reaches_caller),
    Promise(stops_in_reverse, need="order"),
    Promise(sets_are_independent),
    *FAILURES,
    *CANCELLATION,
    Promise(long_runs, once=True),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
)
