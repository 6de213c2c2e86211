"""What is asked of ``patterns.monitoring`` about operations that are counted."""

from benchmarks.families.monitoring.scene import PATIENCE, Operations, WorkError
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, event, expect, listed

COUNTERS = ("counters",)
MANY = 40  # operations at once


async def counts_are_exact(trial: Trial) -> None:
    """Each operation is counted as running, and then as succeeded, failed or cancelled, whenever it is cancelled.

    A gauge of what is running goes up and not down again when a request runs into its deadline. After a day it says
    that a thousand are running, where there are three, and an autoscaler believes it.

        async with asyncio.timeout(1):
            with meter.operation("request"):
                await answer()
        meter.snapshot()["request", "running"]   # 1, for ever
    """
    async with trial.module.counters() as meter, trial.crew() as crew:
        works = [Operations(trial, meter, name) for name in ("is cancelled", "fails", "returns")]
        cancelled, failing, returning = works
        struck = crew.start(cancelled.run, 3, name="who is cancelled")
        players = [struck, crew.start(failing.run, trial.draw(3), WorkError("work")), crew.start(returning.run, 2)]
        await trial.strike(struck)
        await trial.ended(*players, turns=PATIENCE)
        counted = [work.counted() for work in works]
    returned = struck.outcome == "returned"
    right = [
        {"running": 0, "succeeded": int(returned), "failed": 0, "cancelled": cancelled.begun - returned},
        {"running": 0, "succeeded": 0, "failed": 1, "cancelled": 0},
        {"running": 0, "succeeded": 1, "failed": 0, "cancelled": 0},
    ]
    for work, found, wanted in zip(works, counted, right, strict=True):
        states = [f"{number} {state}" for state, number in found.items() if number]
        expect(found == wanted, f"an operation that {work.name} was counted as: {listed(states)}")


async def counts_add_up(trial: Trial) -> None:
    """However many operations overlap, none is missing: neither while they are running nor afterwards.

    Two requests read the same number, and both write back one more than that. The more there is to do the more is
    missing, and on the graph the busiest hour is the quietest.

        with meter.operation("request"):    # reads 7
            await answer()                  # so did the others
        # writes 8, as the others did
    """
    gate = event(trial)
    async with trial.module.counters() as meter, trial.crew() as crew:
        work = Operations(trial, meter)
        players = [crew.start(work.run, trial.draw(3), None, gate) for _ in range(MANY)]
        await trial.settle()
        running = work.counted()["running"]
        gate.set()
        await trial.ended(*players, turns=PATIENCE)
        succeeded = work.counted()["succeeded"]
    expect(succeeded == MANY, f"{MANY} operations have overlapped, and {succeeded} were counted")
    expect(running == MANY, f"{MANY} operations were running, and {running} were counted")


async def snapshot_stays(trial: Trial) -> None:
    """A snapshot says what was when it was taken, whatever is counted afterwards.

    A rate is the difference of two snapshots. If both are the one dictionary in which is counted the rate is nothing,
    and whoever goes through it meanwhile is told that it changed its size.

        before = meter.snapshot()
        await asyncio.sleep(60)
        rate = total(meter.snapshot()) - total(before)   # 0
    """
    async with trial.module.counters() as meter:
        work = Operations(trial, meter)
        await work.run(1)
        first = meter.snapshot()
        kept = dict(first)
        await work.run(2)
        second = dict(meter.snapshot())
    expect(dict(first) == kept, "a snapshot has changed with what was counted after it was taken")
    expect(second != kept, "a snapshot after one more operation was the same as the one before")


COUNTING = (
    Promise(counts_are_exact, about=COUNTERS, swept=True, real=True),
    Promise(counts_add_up, real=True, about=COUNTERS),
    Promise(snapshot_stays, real=True, about=COUNTERS),
)
