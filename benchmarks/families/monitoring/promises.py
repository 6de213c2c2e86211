"""What is asked of ``patterns.monitoring``: what is told and counted; then cancellation, errors and what is left."""

from benchmarks.families.monitoring.counting import COUNTING
from benchmarks.families.monitoring.scene import PATIENCE, Ear, Opened, Operations, WorkError, contexts, send
from benchmarks.families.monitoring.telling import TELLING
from benchmarks.families.monitoring.watching import WATCHING
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, ending, expect, free_loop, shown

LONG = 0.25  # seconds that a step may take; whoever waits for as long as that when it is left holds up the loop


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """Whoever has opened a monitor and is cancelled is cancelled, and soon.

    The program is to end, and its monitor is the last to let go. If leaving it swallows the cancellation the program
    goes on as if nothing had happened, and nobody cancels it a second time.

        async with asyncio.timeout(10):
            while True:
                async with dropping(push, 100) as outlet:
                    await serve(outlet)   # time is up
                # and so for ever
    """
    landed = False
    for name, opens in contexts(trial).items():
        opened = Opened(trial=trial, context=opens)
        async with trial.crew() as crew:
            player = opened.start(crew)

            async def leave(opened: Opened = opened) -> None:
                await trial.hop(3)
                opened.leave.set()

            crew.start(leave, name="who ends it")
            await trial.strike(player)
            landed |= trial.landed
            in_time = not opened.over
            ended = await trial.ended(player, turns=PATIENCE)
            expect(ended, f"{name}: {PATIENCE} turns after its caller was cancelled it had not been left")
            cancelled = player.outcome == "cancelled"
            expect(cancelled or not in_time, f"{name}: its caller was cancelled, and {ending(player)}")
    trial.landed = landed


async def errors_reach_caller(trial: Trial) -> None:
    """What is raised inside of a monitor, or of an operation that it counts, reaches the caller.

    The order could not be written, and that is counted as a failure. Then the customer is told that all is well.

        with meter.operation("order"):
            raise OutOfStockError
        mark_as_sent()    # reached
    """
    for name, opens in contexts(trial).items():
        error = WorkError("inside")
        opened = Opened(trial=trial, context=opens, error_inside=error)
        async with trial.crew() as crew:
            opened.start(crew)
            await opened.enters()
            if name == "counters":
                player = crew.start(Operations(trial, opened.inside).run, trial.draw(2), error, name="an operation")
                await trial.ended(player)
                expect(player.error is error, f"an operation that raises {shown(error)} {ending(player)}")
            await trial.drift()
            await opened.ends()
        expect(opened.errors == [error], f"{name}: {opened}, where {shown(error)} was raised inside")


async def nothing_left_behind(trial: Trial) -> None:
    """However a monitor is left, no task, no thread and no open generator is left behind.

    What is left keeps watching. A program that is looked at for a minute each hour has one more watcher each time,
    until it does little else.

        for _ in range(24):
            async with stalls(log, 0.05):   # leaves a thread
                await asyncio.sleep(60)
    """
    before = trial.living()
    for error in (None, WorkError("inside")):
        await _ordinary(trial, error)
        await trial.hop(3)
        left = trial.living() - before
        expect(left == 0, f"after each monitor was opened and left {left} tasks are left")


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the monitor. In tests that take warnings
    for errors it breaks whatever test runs just then.

        async with tasks():
            asyncio.create_task(work()).cancel()
        # RuntimeWarning: coroutine 'work' was never awaited
    """
    await _ordinary(trial, None)
    for opens in contexts(trial).values():
        async with trial.crew() as crew, opens():
            early = crew.start(trial.hop, 3, name="who is cancelled before it begins")
            early.cancel()
            await trial.ended(early)


async def never_holds_up_the_loop(trial: Trial) -> None:
    """Opening and leaving a monitor, counting and telling never hold up the loop: all other tasks go on meanwhile.

    What was to find out who holds up the loop does it itself: it waits on the loop's thread for a thread of its own to
    end, which waits for the loop.

        def __exit__(self, *error):
            self.stopped = True
            self.thread.join(self.longest)   # the loop stands
    """

    async def whole() -> None:
        await _ordinary(trial, None, LONG)

    await free_loop(trial, whole)


async def _ordinary(trial: Trial, error: BaseException | None, longest: float | None = None) -> None:
    """Open each monitor, have something counted and told, and leave it, by an error if there is one."""
    opens = contexts(trial)
    if longest is not None and "stalls" in opens:
        opens["stalls"] = lambda: trial.module.stalls(Ear().tell, longest)
    for name, context in opens.items():
        opened = Opened(trial=trial, context=context, error_inside=error)
        async with trial.crew() as crew:
            opened.start(crew)
            await opened.enters()
            if name == "counters":
                await trial.ended(crew.start(Operations(trial, opened.inside).run, 1, error))
            elif name in ("waiting", "dropping"):
                await trial.ended(*(crew.start(send, opened.inside, number) for number in range(3)))
            else:
                await trial.ended(crew.start(trial.hop, 2))
            await trial.rest(3)
            await opened.ends()


PROMISES = (
    *WATCHING,
    *COUNTING,
    *TELLING,
    Promise(cancelled_caller_is_cancelled, swept=True, real=True),
    Promise(errors_reach_caller, real=True),
    Promise(nothing_left_behind, real=True, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, real=True, collects=("complaints",)),
    Promise(never_holds_up_the_loop, real=True, collects=("stalls",)),
)
