"""What is asked of ``patterns.hedging`` of the sources that were asked and did not win."""

from typing import Any

from benchmarks.families.hedging.scene import (
    SOON,
    Call,
    SourceError,
    Sources,
    begin,
    comes,
    have_ended,
    made,
    offered,
    soon,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, expect, listed
from patterns.hedging import Source

WINNER = 9


async def race_of(name: str, sources: Sources, losers: list[Source[Any]]) -> Call:
    """A call in which all of these were asked, and hang, when the winner answers."""
    winner = sources.source(WINNER, 2 + sources.trial.draw(3))
    return await made(name, sources, [*losers, winner], soon(sources.trial))


async def losers_are_cancelled(trial: Trial) -> None:
    """When there is an answer all others are cancelled, and none of them runs to its end.

    The answer is there, and the other queries go on: each call costs the database as much as if there had been no
    hedging at all, several times over, and the more so the slower it is.

        row = await hedge([query(replica_a), query(replica_b)], 0.1)
        # b has answered; on a the query runs for another
        # minute, and nobody will read what it finds
    """
    for name in offered(trial, "hedge", "race"):
        sources = Sources(trial)
        asked = await race_of(name, sources, [sources.slow(0, clean_up=1), sources.slow(1)])
        expect(asked.answer == WINNER, f"{asked}; source {WINNER} has answered")
        if trial.virtual:
            await trial.sleep(10 * SOON)
        late = [number for number in sources.answered if number != WINNER]
        expect(not late, f"{asked}, and {listed(late)} went on to the end: losers that nobody has cancelled")


async def losers_have_finished(trial: Trial) -> None:
    """When the answer is returned the losers have finished, their clean-up included.

    The caller has what it wants, and closes what the sources were using. A loser that is still at its clean-up writes
    its goodbye to a connection that is closed, or returns it to a pool that is gone.

        async with pool:
            page = await race([get(pool, a), get(pool, b)])
        # the pool is closed, and b, cancelled a moment ago,
        # is just about to give its connection back
    """
    for name in offered(trial, "hedge", "race"):
        for clean_up in [trial.draw(12)] if trial.seed else (1, 12):
            sources = Sources(trial)
            losers = [sources.slow(0, clean_up=clean_up), sources.slow(1, clean_up=trial.draw(3))]
            asked = await race_of(name, sources, losers)
            expect(not asked.running, f"{asked}, while {asked.running} losers were at their clean-up")


async def loser_changes_nothing(trial: Trial) -> None:
    """What a loser does when it is too late changes nothing: neither its answer nor its error replaces the winner's.

    A loser that is in the middle of something finishes it, and answers after all; two replicas take the same time, and
    answer in the same turn. The caller has an answer by then, and the next caller asks something else.

        price = await hedge([broker_a, broker_b], delay=0.2)
        # b has answered 41; a, being cancelled, answers 43
        # all the same: this caller gets 43, or the next one
    """
    for name in offered(trial, "hedge", "race"):
        for clean_up in [trial.draw(6)] if trial.seed else (0, 3):
            sources = Sources(trial)
            asked = await race_of(name, sources, [sources.slow(0, clean_up=clean_up, stubborn=True), sources.slow(1)])
            await comes(trial, lambda sources=sources: not sources.running)  # type: ignore[misc]
            won = asked.answer == WINNER or WINNER not in sources.asked  # one that is given up may answer before
            expect(asked.answered and won, f"{asked}; source {WINNER} was first, and 0 has answered when cancelled")
        sources = Sources(trial)
        async with trial.crew() as crew:
            together = begin(crew, name, sources, [sources.source(number) for number in range(3)], soon(trial))
            await sources.rise(2)
            sources.open(0, 1)
            ended = await have_ended(trial, together.player)
            given_up = not sources.answered  # both, where time is real and delays pass while others have the processor
            sources.open(2)
            expect(ended or given_up, f"{name} has not ended, although two have answered")
        one = together.answered and (given_up or together.answer in (0, 1))
        expect(one, f"{together}; sources 0 and 1 have answered in one turn")
        again = Sources(trial)
        second = await made(name, again, [again.source(7, trial.draw(2))])
        expect(second.answer == 7, f"{second}, and not 7, after a call that had two answers")


async def losers_clean_up_may_fail(trial: Trial) -> None:
    """A loser that raises while it is cancelled does not take the answer away.

    The loser's connection is reset while it says goodbye. The answer is there, and is lost with the error of somebody
    whom nobody wanted to hear.

        page = await race([mirror_a, mirror_b])
        # b's page is there; a, cancelled, cannot close its
        # connection: ConnectionResetError, and no page
    """
    for name in offered(trial, "hedge", "race"):
        sources = Sources(trial)
        words = SourceError("reset during clean-up")
        loser = sources.slow(0, clean_up=trial.draw(3), last_words=words)
        asked = await race_of(name, sources, [loser, sources.slow(1)])
        expect(asked.answer == WINNER, f"{asked}; source {WINNER} has answered, and 0 failed while it was cancelled")


async def nothing_complains(trial: Trial) -> None:
    """Nothing complains: no error of a loser goes to the log of the loop, and every coroutine is awaited.

    "Task exception was never retrieved" for each source that was slow and failed: the log of a program in which all is
    well is full of tracebacks, and the one that matters is among them.

        page = await race([mirror_a, mirror_b])
        # b's page; and for a, two seconds later, in the log:
        # Task exception was never retrieved
    """
    for name in offered(trial):
        sources = Sources(trial)
        listing = [sources.down(0, 2), sources.down(1, 2), sources.source(2, 2), sources.down(3, 2)]
        await made(name, sources, listing, soon(trial))
        failing = Sources(trial)
        await made(name, failing, [failing.down(number, number) for number in range(3)], soon(trial))
        async with trial.crew() as crew:
            cut_short = Sources(trial)
            asked = begin(crew, name, cut_short, [cut_short.source(0, clean_up=1), cut_short.source(1)])
            await trial.hop(2 + trial.draw(2))
            asked.player.cancel()
            await have_ended(trial, asked.player)
            cut_short.open(0, 1)


async def nothing_is_left_behind(trial: Trial) -> None:
    """When a call has ended no task, thread or async generator of its is left.

    A timer's task that sleeps through its delay although the answer is there, a generator that nobody closes: one for
    each call, until the memory is full, or until closing the loop takes a minute.

        for page in pages:
            await hedge(mirrors, delay=30.0)
        # a thousand pages later a thousand tasks sleep, each
        # to ask a mirror that nobody needs
    """
    for name in offered(trial):
        sources = Sources(trial)
        await made(name, sources, [sources.source(0, trial.draw(3)), sources.source(1, 3)])
        sources = Sources(trial)
        listing = [sources.down(0, 1), sources.source(1, 3, clean_up=2), sources.source(2, 4)]
        await made(name, sources, listing, soon(trial))


LOSERS = (
    Promise(losers_are_cancelled, about=("hedge", "race")),
    Promise(losers_have_finished, about=("hedge", "race"), need="tidy"),
    Promise(loser_changes_nothing, about=("hedge", "race")),
    Promise(losers_clean_up_may_fail, about=("hedge", "race"), need="clean-up"),
    Promise(nothing_complains, collects=("complaints",)),
    Promise(nothing_is_left_behind, collects=("tasks", "threads", "async generators"), need="tidy"),
)
