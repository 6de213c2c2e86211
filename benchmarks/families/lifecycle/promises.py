"""What is asked of ``patterns.lifecycle``: how services start and stop when all goes well; then what goes wrong."""

import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress

import anyio

from benchmarks.families.lifecycle.cancellation import CANCELLATION
from benchmarks.families.lifecycle.failures import FAILURES
from benchmarks.families.lifecycle.scene import DOZENS, LATE, BodyError, BodyExit, ServiceError, Staff, hold
from benchmarks.plan.promises import Promise
from benchmarks.plan.virtual import RESTLESS
from benchmarks.safety.trials import HOUR, Trial, expect, free_loop, hours_pass, listed, shown, time_passes
from benchmarks.safety.waiting import all_end, comes_to_rest, memory_blocks
from patterns.lifecycle import Service

BLOCKS = 12  # one after the other
AT_ONCE = 4  # services of one of them, which its caller may still know
MANY = 1000  # blocks of memory: a few for each second of an hour are more


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
    if not trial.seed and trial.virtual:  # where time is real, who looks by a timer takes too long for so many
        await _dozens_start(trial)


async def _dozens_start(trial: Trial) -> None:
    """All of many services: some limit may be higher than a few."""
    staff = Staff(trial)
    async with trial.crew() as crew:
        held = hold(crew, staff, staff.several(DOZENS))
        await held.enters()
        begun = staff.those("starts")
        held.leave.set()
        await held.ends()
    expect(begun == list(range(DOZENS)), f"the body began, and of {DOZENS} services these had started: {listed(begun)}")


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
    """What the body raises reaches the caller, bare, in an ExceptionGroup or as the cause of another error.

    The work of the program has failed, services are stopped in good order, and the program ends as if all were well.

        async with running(services):
            raise InvoiceError
        mark_as_sent()   # reached
    """
    for error in (BodyError("the body"), BodyExit("the body")):
        staff = Staff(trial)
        async with trial.crew() as crew:
            held = hold(crew, staff, staff.several(2, clean_up=trial.draw(4)), error)
            held.leave.set()
            await held.ends()
        expect(error in held.errors and not held.strange(error), f"{held}; the body had raised {shown(error)}")


async def stops_in_reverse(trial: Trial) -> None:
    """When the body has ended each service is stopped once those that were started after it have ended.

    The consumer writes down how far it has come when it is stopped, and by then the connection to the database, which
    was started first, is closed.

        async with running([database, consumer]):
            ...
        # ConnectionClosed in consumer's ``finally``
    """
    for error, count in ((None, 4), (BodyError("the body"), 4), *[(None, DOZENS)] * (trial.virtual and not trial.seed)):
        staff = Staff(trial)
        services = [staff.service(number, clean_up=2 + trial.draw(6)) for number in range(count)]
        async with trial.crew() as crew:
            held = hold(crew, staff, services, error)
            await held.enters()
            await trial.drift()
            held.leave.set()
            await held.ends()
            await trial.hop(LATE)
        wrong = staff.upside_down
        expect(not wrong, f"as the body had ended, these were stopped: {listed(wrong)}")


async def holds_what_it_is_given(trial: Trial) -> None:
    """A block may be given no service, the same one twice, and those that an earlier block has had.

    Services are read from settings: where none is switched on the program does not start, or of two equal workers there
    is only one. After a restart nothing runs, as all have been started before.

        async with running([worker] * settings.workers):
            ...
        # one worker, whatever the setting, and with none
        # ValueError: Set of Tasks/Futures is empty
    """
    staff = Staff(trial)
    worker = staff.service(0, turns=trial.draw(2), clean_up=trial.draw(2))
    for services in ((), (worker, worker), (worker, worker)):
        before = len(staff.log)
        async with trial.crew() as crew:
            held = hold(crew, staff, services)
            await held.enters()
            began = [what for what, _ in staff.log[before:]].count("starts")
            held.leave.set()
            await held.ends()
        ended = [what for what, _ in staff.log[before:]].count("ends")
        expect(held.left and not held.error, f"{held}, which had been given {_worded(services)}")
        expect(
            began == ended == len(services),
            f"a block that was given {_worded(services)} started {began} and stopped {ended}",
        )


def _worded(services: Sequence[Service]) -> str:
    return "the same service twice" if services else "no service"


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


async def memory_is_given_back(trial: Trial) -> None:
    """Neither services that run for an hour nor blocks that are over take memory that is never given back.

    Somebody keeps a line for each second, or each task that there ever was. The program works for weeks, and is killed
    in the night because the machine has no memory left.

        while True:
            history.append(("alive", time.time()))
            await asyncio.sleep(1)
        # nobody reads it, and nobody cuts it
    """
    kept: weakref.WeakSet[Service] = weakref.WeakSet()

    async def use(number: int) -> None:
        staff = Staff(trial)
        services = staff.several(3)
        if number % 2:
            services.append(staff.service(3, starts=False, error=ServiceError("failed")))
            staff.doors[3].set()
        kept.update(services)
        with suppress(ServiceError, BaseExceptionGroup):  # an error that is kept would keep them, too
            async with trial.module.running(services):
                await trial.hop()

    for number in range(BLOCKS):
        async with trial.crew() as crew:
            player = crew.start(use, number, name="who holds services")
            await all_end(trial, player)
    await trial.hop(LATE)
    trial.collect_garbage()
    expect(len(kept) <= AT_ONCE, f"{len(kept)} services of {BLOCKS} blocks are kept, although all of them are over")
    await _an_hour_in_the_same_memory(trial)


async def _an_hour_in_the_same_memory(trial: Trial) -> None:
    if not trial.has_hours:
        return
    staff = Staff(trial)
    async with trial.crew() as crew:
        held = hold(crew, staff, staff.several(3))
        await held.enters()
        passed, before = await time_passes(trial, HOUR / 4), memory_blocks()
        passed = passed and await time_passes(trial, HOUR)
        more = memory_blocks() - before
        held.leave.set()
        await held.ends()
    expect(not passed or more < MANY, f"in an hour in which nothing happened {more} blocks of memory more were kept")


async def rests_while_nothing_happens(trial: Trial) -> None:
    """While services start, run, or are being stopped, and nothing happens, the loop rests.

    Whoever looks around at every turn until a service has started, or has failed, keeps a core busy for as long as the
    program runs: the fan is heard, the bill is higher, and all other tasks wait a little for each of these turns.

        while not service.ready:
            await asyncio.sleep(0)
        # one core at 100 % for as long as it connects
    """
    if not trial.virtual:  # nobody counts turns elsewhere
        return
    for starting in (True, False):
        staff = Staff(trial)
        async with trial.crew() as crew:
            held = hold(crew, staff, [staff.service(0), staff.service(1, starts=not starting), staff.service(2)])
            await trial.settle()
            rests = await comes_to_rest(trial)
            held.player.cancel()
            await all_end(trial, held.player)
        while_what = "a service was waited for to start" if starting else "services ran"
        expect(rests, f"while {while_what} the loop had something to do in each of {RESTLESS} turns and more")
    await _rests_while_one_cleans_up(trial)


async def _rests_while_one_cleans_up(trial: Trial) -> None:
    staff = Staff(trial)

    async def lingering(started: Callable[[], object]) -> None:
        try:
            await staff.service(1)(started)
        finally:
            with anyio.CancelScope(shield=True):  # lest AnyIO cancels again at every turn
                await staff.doors[9].wait()

    async with trial.crew() as crew:
        held = hold(crew, staff, [staff.service(0), lingering, staff.service(2)])
        await held.enters()
        held.leave.set()
        await trial.settle()
        rests = await comes_to_rest(trial)
        staff.open_all()
        await held.ends()
    expect(rests, f"while a service cleaned up the loop had something to do in each of {RESTLESS} turns and more")


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
    Promise(holds_what_it_is_given),
    Promise(sets_are_independent),
    *FAILURES,
    *CANCELLATION,
    Promise(long_runs, once=True),
    Promise(memory_is_given_back, once=True),
    Promise(rests_while_nothing_happens, once=True),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
)
