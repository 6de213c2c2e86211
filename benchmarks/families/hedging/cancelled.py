"""What is asked of ``patterns.hedging`` when its caller is cancelled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.hedging.scene import (
    BRIEF,
    NOTICED,
    Call,
    SourceError,
    Sources,
    begin,
    brief,
    have_ended,
    made,
    offered,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Crew, Trial, expect, listed


def under_way(trial: Trial, crew: Crew, *, last_words: bool = False) -> list[Call]:
    """Calls whose sources fail, wait and answer one after the other, or hang beside each other, for some turns.

    Once cancelled they clean up, and then fail where they have ``last_words``.
    """
    words = SourceError("reset during clean-up") if last_words else None
    calls = []
    for name in offered(trial):
        sources = Sources(trial)
        if name == "hedge" and trial.virtual:
            listing = [
                sources.slow(0, 8 * BRIEF, clean_up=2, last_words=words),
                sources.down(1, 1, clean_up=1, last_words=words),
                sources.source(2, 2, clean_up=1, last_words=words),
            ]
        else:
            listing = [
                sources.down(0, 1, clean_up=1, last_words=words),
                sources.down(1, 2, clean_up=2, last_words=words),
                sources.source(2, 2, clean_up=3, last_words=words),
                sources.source(3, clean_up=1, last_words=words),
            ]
        calls.append(begin(crew, name, sources, listing, brief(trial)))
    return calls


def alone(trial: Trial, crew: Crew, *, last_words: bool) -> list[Call]:
    """Calls of one source, beside which nobody is left to ask: it answers, or fails."""
    calls = []
    for name in offered(trial, *(("race",) if last_words else ())):  # an error that is all there is may leave others
        words = SourceError("reset during clean-up") if last_words else None
        for kind in (Sources.source, Sources.down):
            sources = Sources(trial)
            calls.append(begin(crew, name, sources, [kind(sources, 0, 3, clean_up=1, last_words=words)], brief(trial)))
    return calls


@asynccontextmanager
async def struck(trial: Trial, *, last_words: bool = False) -> AsyncIterator[tuple[list[Call], list[Call]]]:
    """Calls whose callers were cancelled at the turn of the trial, and those of them that had still to end then."""
    async with trial.crew() as crew:
        calls = [*under_way(trial, crew, last_words=last_words), *alone(trial, crew, last_words=last_words)]
        await trial.strike(*[asked.player for asked in calls])
        in_time = [asked for asked in calls if not asked.over]
        await have_ended(trial, *[asked.player for asked in calls])
        try:
            yield calls, in_time
        finally:
            for asked in calls:
                asked.sources.open(0, 1, 2, 3)


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """A cancelled caller is cancelled, and soon: it gets neither an answer nor an error.

    A client hangs up, a deadline passes, the program is to end. If the cancellation is taken for the failure of a
    source, the next one is asked, and the program does not stop, or goes on as if nothing had happened.

        async with asyncio.timeout(5):
            await fallback([slow_a, slow_b, slow_c])
        # after 5 s a is cancelled, which is taken for a
        # failure: b is asked, and the deadline is gone
    """
    async with struck(trial) as (calls, in_time):
        waiting = [asked.name for asked in calls if not asked.player.done]
        late = f"long after their callers were cancelled, these have not ended: {listed(waiting)}"
        expect(not waiting, late)
        for asked in in_time:
            kept = asked.player.outcome == "cancelled" and not _made_up(asked)
            expect(kept, f"{asked}, although its caller was cancelled meanwhile")


def _made_up(asked: Call) -> bool:
    """Whether a call returned what no source has answered, or raised what none has raised.

    On Trio an answer may still be returned: the cancellation is raised again wherever the caller waits next.
    """
    wrong = asked.answered and asked.answer not in asked.sources.answered
    return wrong or bool(asked.strange(*asked.sources.raised))


async def cancelled_call_asks_nobody(trial: Trial) -> None:
    """After its caller was cancelled a call asks no further source.

    Whoever has hung up is charged for one more request; or the program closes its connections, and something sends
    over them.

        task.cancel()                 # the client has hung up
        # hedge() waits for its delay in a task that nobody
        # has cancelled, and asks the next source all the same
    """
    async with trial.crew() as crew:
        calls = under_way(trial, crew)
        await trial.strike(*[asked.player for asked in calls])
        await trial.hop(NOTICED)
        before = [len(asked.sources.asked) for asked in calls if not asked.answered]
        struck_calls = [asked for asked in calls if not asked.answered]
        await have_ended(trial, *[asked.player for asked in calls])
        if trial.virtual:
            await trial.sleep(4 * BRIEF)
        await trial.hop(NOTICED)
        for count, asked in zip(before, struck_calls, strict=True):
            late = asked.sources.asked[count:]
            asked.sources.open(0, 1, 2, 3)
            expect(not late, f"{asked}, and more than {NOTICED} turns later asked {listed(late)}")


async def cancelled_call_stops_its_sources(trial: Trial) -> None:
    """When a caller is cancelled its sources are cancelled, too: none of them runs to its end.

    Deadlines protect a database from queries that nobody waits for any more. If only the waiting ends, and the queries
    go on, each impatient client leaves two of them behind.

        async with asyncio.timeout(1):
            return await hedge([query_a, query_b], delay=0.2)
        # both run for another hour, behind asyncio.shield
    """
    async with trial.crew() as crew:
        calls = []
        for name in offered(trial):
            sources = Sources(trial)
            calls.append(begin(crew, name, sources, [sources.source(0, 12, clean_up=1), sources.source(1, 14)]))
        await trial.hop(2 + trial.draw(3))
        for asked in calls:
            asked.player.cancel()
        await trial.settle()
        for asked in calls:
            late = asked.sources.answered
            expect(not late, f"{asked}, and {listed(late)} went on to the end: sources that nobody has cancelled")


async def cancelled_call_leaves_no_source(trial: Trial) -> None:
    """When a cancelled caller has ended, its sources have ended too, their clean-up finished.

    The program is to end, or the request is over, and what the sources use is closed. Those that are still at their
    clean-up use it then.

        async with asyncio.timeout(1), pool:
            return await hedge([get(pool, a), get(pool, b)], 0.2)
        # the pool is closed while both still roll back
    """
    async with struck(trial) as (calls, _):
        for asked in calls:
            expect(not asked.over or not asked.running, f"{asked}, while {asked.running} sources were still at work")


async def cancellation_survives_failing_clean_up(trial: Trial) -> None:
    """A caller is cancelled also if its sources fail while they are cancelled.

    Many clients turn a cancellation into an error of their own, or cannot close a connection that hangs. Taken for one
    more failure, that error asks the next source, and the caller's cancellation is lost on the way.

        async with asyncio.timeout(5):
            await fallback([slow, slower])
        # slow's close() raises ConnectionResetError: slower is
        # asked, and the deadline has passed for good
    """
    async with struck(trial, last_words=True) as (calls, in_time):
        waiting = [asked.name for asked in calls if not asked.player.done]
        expect(not waiting, f"long after they were cancelled, these have not ended: {listed(waiting)}")
        for asked in in_time:
            learned = asked.player.outcome == "cancelled"
            expect(learned, f"{asked}, and its caller, cancelled before, has not learned of that")


async def no_stray_cancellation(trial: Trial) -> None:
    """A call leaves no cancellation behind: a caller whom nobody has cancelled can go on.

    To stop a loser a call may cancel the task it runs in. If that is not taken back, the next wait of the caller is
    cancelled, or the next deadline or task group takes it for its own: far away, and for no reason that can be found.

        page = await hedge([mirror_a, mirror_b], delay=0.2)
        await save(page)      # CancelledError, though nobody
        # has cancelled anything
    """
    for name in offered(trial):
        for case in range(5):
            sources = Sources(trial)
            turns = trial.draw(3)
            listing = [
                [sources.source(0, turns)],
                [sources.down(0, 0)],
                [sources.down(0, turns), sources.source(1, 2)],
                [sources.down(0, turns), sources.down(1, 1)],
                [sources.source(0, 8, clean_up=turns), sources.down(1, 1), sources.source(2, 3)],
            ][case]
            asked = await made(name, sources, listing, brief(trial))
            expect(asked.went_on, f"{asked}, and its caller was cancelled, though by nobody")
            expect(not asked.requests, f"{asked}, and left {asked.requests} cancellations of its caller behind")
        if trial.virtual and name == "hedge":
            sources = Sources(trial)
            listing = [
                sources.slow(0, 8 * BRIEF, clean_up=turns),
                sources.slow(1, 8 * BRIEF, clean_up=1),
                sources.source(2, 1),
            ]
            asked = await made(name, sources, listing, BRIEF)
            expect(asked.went_on, f"{asked}, and its caller was cancelled, though by nobody")
            expect(not asked.requests, f"{asked}, and left {asked.requests} cancellations of its caller behind")


CANCELLED_CALLS = (
    Promise(cancelled_caller_is_cancelled, swept=True),
    Promise(cancelled_call_asks_nobody, swept=True),
    Promise(cancelled_call_stops_its_sources),
    Promise(cancelled_call_leaves_no_source, swept=True, need="tidy"),
    Promise(cancellation_survives_failing_clean_up, swept=True, need="clean-up"),
    Promise(no_stray_cancellation),
)
