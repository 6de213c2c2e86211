"""What is asked of ``patterns.fan_out`` when a job fails, or the iterator that the jobs come from."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import product
from typing import Any

from benchmarks.families.fan_out.scene import (
    PATIENCE,
    START,
    JobError,
    JobExit,
    Jobs,
    begin,
    made,
    offered,
    over,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import CANCELLED, leaves
from benchmarks.safety.errors import Unknown, origins
from benchmarks.safety.trials import Trial, expect, listed, shown
from patterns.fan_out import Job

NOTICED = 8  # turns in which a failure is noticed, and jobs may still begin


async def error_reaches_caller(trial: Trial) -> None:
    """What a job raises reaches the caller, whatever kind of exception it is.

    The call returns as if all were well, or with a hole where a result should be, or with an error that is not the
    job's: nobody can handle what went wrong.

        try:
            paid = await collect(payments)
        except* CardDeclined:
            ...                     # never reached
        send_tickets(paid)          # one of them has not paid
    """
    for name in offered(trial):
        for error, bad, turns in ((JobError("declined"), 0, 0), (JobExit("stop"), trial.draw(4), trial.draw(2))):
            jobs = Jobs(trial)
            source = [jobs.job(index, index % 2 + trial.draw(2)) for index in range(5)]
            source[bad] = jobs.job(bad, turns, error=error)
            asked = await made(name, jobs, source, 5 if name == "first" else 2)
            strange = [one for one in asked.errors if error not in origins(one) and not isinstance(one, CANCELLED)]
            expect(error in asked.errors, f"{asked}; job {bad} raised {error!r}")
            expect(
                not strange, f"{asked}; job {bad} raised {error!r}, and no job raised {listed(map(shown, strange), 1)}"
            )
        raised: list[BaseException] = []
        asked = await made(name, Jobs(trial), [partial(lost, raised)], 1)
        expect(
            bool(raised) and raised[0] in asked.errors,
            f"{asked}; the loop raised {listed(map(shown, raised))} in a job",
        )


async def lost(raised: list[BaseException]) -> None:
    """A job that awaits what no loop can wait for, and says what that raises."""
    try:
        await Unknown()
    except BaseException as error:
        raised.append(error)
        raise


async def errors_come_bare(trial: Trial) -> bool:
    """What a job raises arrives as it was raised, be it in a group, and not as the cause of another error.

    Not a fault either way: whoever wraps an error says which job it was, and keeps the cause. But it passes by an
    ``except*`` that was written for what the job raises.

        try:
            paid = await collect(payments)
        except* CardDeclined:
            ...                     # not where it comes as the
            # cause of a JobFailed
    """
    jobs, error = Jobs(trial), JobError("declined")
    asked = await made(offered(trial)[0], jobs, [jobs.job(0, 1, error=error)], 1)
    return asked.error is not None and error in leaves(asked.error)


async def siblings_cancelled_on_error(trial: Trial) -> None:
    """When a job, or their iterator, fails, the others are cancelled, and cleaned up before the error leaves.

    The caller handles the error, and closes what the jobs were using. Those that still run go on writing to it, or
    charge a card after the order was called off.

        try:
            async with database() as db:
                await collect([partial(copy, db, t) for t in tables])
        except CopyFailed:
            shutil.rmtree(target)   # another copy() still runs, and
            # writes into a folder that is gone
    """
    for name in offered(trial):
        for turns in (0, None) if trial.seed else (0, 3, None):
            jobs = Jobs(trial)
            source = [
                jobs.job(0, clean_up=12),
                jobs.job(1, PATIENCE, clean_up=trial.draw(6)),
                jobs.job(2, turns, error=JobError("failed")),
                jobs.job(3),
                jobs.job(4, (turns or START) + 1, clean_up=trial.draw(4)),
            ]
            async with trial.crew() as crew:
                crew.start(jobs.open_when, 5, 2)
                asked = await made(name, jobs, source, 5)
            expect(asked.left == 0, f"{asked}, while {asked.left} jobs were still running")
            expect(1 not in jobs.returned, f"{asked}; a job that was waiting has run to its end, and was not cancelled")
        for error in (JobError("line 7"), JobExit("stop")):
            jobs, good = Jobs(trial), 1 + trial.draw(4)
            asked = await made(name, jobs, failing_after(good, jobs, error, turns=PATIENCE), 9)
            expect(
                asked.left == 0, f"{asked} by its iterator after {good} jobs, while {asked.left} of them were running"
            )
            expect(not jobs.returned, f"{asked} by its iterator; jobs that were waiting have run to their end")
            cleaned = set(jobs.begun) == set(jobs.cleaned)
            expect(cleaned, f"{asked} by its iterator; jobs {jobs.begun} were waiting, {jobs.cleaned} have cleaned up")


async def no_start_after_error(trial: Trial) -> None:
    """After a job has failed no further job is started, not even when another one ends without being cancelled.

    Something is wrong, and the remaining work is called off. A worker that was in the middle of something finishes
    it, takes the next job from the list and sends one more request, or goes through all that are left.

        async def job():
            async with transaction:             # not to be
                await asyncio.shield(commit())  # interrupted
        # a job fails, a worker that was committing takes the
        # next job, although the call is being stopped
    """
    for name in offered(trial):
        for error in (JobError("failed"), JobExit("stop")):
            turns = trial.draw(6) if trial.seed else 2
            jobs = Jobs(trial)
            source = [
                jobs.job(0, turns, error=error),
                jobs.job(1, turns + NOTICED + 2 + trial.draw(6), unstoppable=True),
                jobs.job(2, clean_up=NOTICED + 6),
                *[jobs.job(index, 1) for index in range(3, 12)],
            ]
            await _begins_none_late(name, jobs, source, "a job")
        jobs = Jobs(trial)
        readable = partial(unstoppable_unless, 2, jobs, NOTICED + 4 + trial.draw(6))
        await _begins_none_late(name, jobs, map(readable, range(12)), "their iterator")


async def _begins_none_late(name: str, jobs: Jobs, source: Iterable[Job[Any]], what: str) -> None:
    trial = jobs.trial
    async with trial.crew() as crew:
        asked = begin(crew, name, jobs, source, 12 if name == "first" else 3)
        await jobs.failure()
        await trial.hop(NOTICED)
        begun = len(jobs.begun)
        ended = await over(trial, asked.player)
        expect(ended, f"{name} has not ended {PATIENCE} turns after {what} failed")
        await trial.hop(NOTICED)
    late = jobs.begun[begun:]
    expect(not late, f"{name}: {len(late)} jobs began more than {NOTICED} turns after {what} had failed")


def unstoppable_unless(bad: int, jobs: Jobs, turns: int, number: int) -> Job[Any]:
    """A job that goes on when it is cancelled; the one with the bad number cannot be read, and those behind it can."""
    if number == bad:
        jobs.failed = True
        raise JobError("line 7")
    return jobs.job(number, turns, unstoppable=True)


async def all_errors_reported(trial: Trial) -> None:
    """When several jobs fail, all errors reach the caller, each once; so do those of a clean-up.

    One job reports that the disk is full, another that the account is locked. Whoever sees only one of them mends the
    wrong thing first. An error in a clean-up, such as a failed rollback, is the one that must not be lost.

        await collect([write_invoice, roll_back_on_cancel])
        # OSError: disk full
        # the rollback has failed as well, because of that;
        # nobody hears of it
    """
    for name in offered(trial):
        errors = [JobError("one"), JobError("two"), JobError("clean-up")]
        jobs = Jobs(trial)
        source = [
            jobs.job(0, error=errors[0]),
            jobs.job(1, error=errors[1]),
            jobs.job(2, clean_up=trial.draw(4), last_words=errors[2]),
        ]
        async with trial.crew() as crew:
            asked = begin(crew, name, jobs, source, 3)
            await jobs.rise(3)
            jobs.open(0, 1)
            expect(await over(trial, asked.player), f"{name} has not ended")
        # A job whose door has opened may yet be cancelled by the failure of the other, and then raises nothing.
        counts = [asked.errors.count(error) for error in jobs.raised]
        expect(
            len(counts) >= 2 and set(counts) == {1},
            f"{asked}; jobs and their clean-ups raised {listed(map(shown, jobs.raised))}",
        )
    for name in offered(trial, "first"):
        jobs = Jobs(trial)
        error = JobError("clean-up")
        source = [jobs.job(0, 2 + trial.draw(4)), jobs.job(1, clean_up=trial.draw(4), last_words=error)]
        asked = await made(name, jobs, source, 1)
        expect(asked.errors.count(error) == 1 or 1 not in jobs.begun, f"{asked}; a loser's clean-up raised {error!r}")


async def failing_source(trial: Trial) -> None:
    """An error of the iterator that gives the jobs ends the call like that of a job, and reaches the caller.

    The list of jobs is read from a file or a database, and that fails in the middle. The call waits for ever, or takes
    the error for the end of the list.

        def jobs():
            for line in file:                  # line 7 is no number
                yield partial(fetch, int(line))
        pages = await collect(jobs())
        # six pages, and not a word about the other hundred
    """
    for name in offered(trial):
        for good, error in product((0, 1 + trial.draw(4)), (JobError("line 7"), JobExit("stop"))):
            jobs = Jobs(trial)
            asked = await made(name, jobs, failing_after(good, jobs, error), 9 if name == "first" else 2)
            expect(error in asked.errors, f"{asked}; the iterator raised {error!r} after {good} jobs")


def failing_after(good: int, jobs: Jobs, error: BaseException, turns: int = 3) -> Iterator[Job[Any]]:
    """So many jobs, and then an error."""
    for index in range(good):
        yield jobs.job(index, turns + index % 2, clean_up=3)
    raise error


async def no_unawaited_or_unretrieved(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the call it belongs to. In tests that take
    warnings for errors it breaks whatever test runs just then; in production it hides an error that nobody handled.

        await collect_bounded([fails_at_once, *others], limit=1)
        # RuntimeWarning: coroutine 'others' was never awaited
        # Task exception was never retrieved
    """
    for name in offered(trial):
        jobs = Jobs(trial)
        failing = [jobs.job(index, 0, error=JobError("at once")) for index in range(2)]
        rest = [jobs.job(index, trial.draw(3)) for index in range(2, 6)]
        await made(name, jobs, [*rest[:2], *failing, *rest[2:]], 5 if name == "first" else 1)
        both = [jobs.job(index, 2, error=JobError("together")) for index in range(2)]
        await made(name, jobs, [*both, *rest], 6 if name == "first" else 2)
        await made(name, jobs, failing_after(3, jobs, JobError("no more")), 5 if name == "first" else 2)
        await made(name, jobs, [*rest, both[0]], 2)


async def nothing_left_on_exit(trial: Trial) -> None:
    """However a call ends, no task, no thread and no open generator is left behind.

    What is left keeps running, or waits for ever. Each call leaves a little more, until the process has no memory or
    no threads; and at the end of the program it is cut off in the middle of whatever it is doing.

        while True:
            results = await collect(jobs)   # leaves one task behind
        # after a day: 86400 tasks that wait for something
        # that will never come
    """
    before = trial.living()
    for name in offered(trial):
        for turns, error in ((1, None), (trial.draw(4), JobError("failed"))):
            jobs = Jobs(trial)
            source = [jobs.job(0, turns, error=error), *[jobs.job(index, index, clean_up=2) for index in range(1, 6)]]
            asked = await made(name, jobs, source, 2)
            await trial.hop(3)
            left = trial.living() - before
            expect(left == 0, f"{asked}, and {left} tasks are left")


FAILURES = (
    Promise(error_reaches_caller),
    Promise(errors_come_bare, once=True, fact=True),
    Promise(siblings_cancelled_on_error, need="stop"),
    Promise(no_start_after_error, need="stop"),
    Promise(all_errors_reported, need="all-errors"),
    Promise(failing_source),
    Promise(nothing_left_on_exit, collects=("tasks", "threads", "async generators"), need="stop"),
    Promise(no_unawaited_or_unretrieved, collects=("complaints",)),
)
