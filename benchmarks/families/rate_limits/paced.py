"""What is asked of ``run_paced`` of ``patterns.rate_limits``: when jobs start, and how a run of them ends."""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.families.rate_limits.scene import LATE, SLACK, SOON, START, ending, within_long_run
from benchmarks.safety.cancelling import finish, leaves
from benchmarks.safety.clocks import clocks
from benchmarks.safety.errors import origins
from benchmarks.safety.trials import Crew, Player, Trial, expect, listed, shown

PERIOD = 1.0  # seconds
USED = 0.95
BETWEEN = 0.5  # periods: while some jobs run, and others wait for their permits
HOURS = 7200.0  # seconds
MANY, FAST = 110, (0.02, 0.05)  # jobs in each of these periods, in seconds
LONG = 8  # periods: the long run
LASTING = (0.0, 10.0, 1.5)  # seconds that jobs take
SHORT = 0.03  # seconds: a period in which timers are late by too large a part of it to use the whole limit


class JobError(Exception):
    """What a job raises."""


class JobExit(BaseException):
    """What a job raises, and no ``except Exception`` holds up."""


@dataclass
class Work:
    """One job: how long it takes, what it raises, for how many turns it cleans up, and what became of it.

    ``place`` is how many jobs had started before it.
    """

    number: int
    seconds: float = 0.0
    error: BaseException | None = None
    clean_up: int = 0
    started: float = math.nan
    place: int = 0
    starts: int = 0
    returned: int = 0
    running: bool = False


class Run:
    """A call of ``run_paced`` in a task of its own; times are seconds since it was made."""

    def __init__(self, trial: Trial, crew: Crew) -> None:
        """To be started."""
        self.trial, self.crew = trial, crew
        self.began = trial.now()
        self.entered = False
        self.ended_at = math.inf
        self.left = 0
        self.started = 0
        self.player: Player

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return self.trial.now() - self.began

    def start(self, works: Sequence[Work], rate: int, period: float = PERIOD) -> None:
        """Call ``run_paced``, with a job for each of these; what is in the list twice is the same job."""
        jobs = {id(work): _Job(self, work) for work in works}
        self.player = self.crew.start(self._call, [jobs[id(work)] for work in works], rate, period, name="the run")

    async def _call(self, jobs: Sequence["_Job"], rate: int, period: float) -> None:
        self.entered = True
        try:
            await self.trial.module.run_paced(jobs, rate, period)
        finally:
            self.ended_at = self.now
            self.left = sum(job.work.running for job in jobs)

    async def until(self, moment: float) -> None:
        """Wait until so many seconds after the run began."""
        if moment > self.now:
            await self.trial.sleep(moment - self.now)

    async def ended(self, seconds: float) -> bool:
        """Wait until it has ended, at most so long; whether it has."""
        for _ in range(math.ceil(seconds)):
            if await self.trial.ended(self.player, turns=SOON):
                return True
            await self.trial.sleep(1.0)
        return await self.trial.ended(self.player)

    async def finished(self, works: Sequence[Work], seconds: float) -> None:
        """Expect that it ends as it should: without an error, and every job has been done once."""
        expect(await self.ended(seconds), f"the run has not ended after {seconds:.4g} s")
        expect(self.player.outcome == "returned", f"the run {ending(self.player)}")
        for work in works:
            expect(work.returned == 1, f"job {work.number} was done {work.returned} times when the run returned")


class _Job:
    def __init__(self, run: Run, work: Work) -> None:
        self.run, self.work = run, work

    async def __call__(self) -> None:
        work, trial = self.work, self.run.trial
        work.starts += 1
        work.started, work.place = self.run.now, self.run.started
        self.run.started += 1
        work.running = True
        try:
            await trial.hop()
            if work.seconds:
                await trial.sleep(work.seconds)
            if work.error:
                raise work.error
            work.returned += 1
        finally:
            await finish(self.run.trial, self.work.clean_up)
            work.running = False


@asynccontextmanager
async def run(trial: Trial, *, coarse: bool = False) -> AsyncIterator[Run]:
    """A run that begins at a full second of virtual time; leaving cancels it if it has not ended."""
    with clocks(trial, coarse=coarse):
        async with trial.crew() as crew:
            await trial.sleep(max(START, math.ceil(trial.now()) + 1.0) - trial.now())
            yield Run(trial, crew)


def made(trial: Trial, count: int, most: float = 0.0) -> list[Work]:
    """Jobs that take up to so many seconds, as the seed draws."""
    return [Work(number, most * trial.draw(16) / 16) for number in range(count)]


async def jobs_start_in_order(trial: Trial) -> None:
    """Jobs of ``run_paced`` start in the order of the list, however long each of them takes.

    The first page is fetched before the second, and what is urgent stands at the head of the list. Where the list is
    taken from its end, or workers take what they get, the urgent comes last.

        await run_paced([urgent, *the_rest], 10, 1.0)
        # 600 jobs later, after a minute:
        # urgent starts
    """
    for rate in (1 + trial.draw(4) % 3, MANY):
        await _in_order(trial, rate)


async def _in_order(trial: Trial, rate: int) -> None:
    async with run(trial) as r:
        works = made(trial, min(3 * rate + 2, MANY), 3.0)
        r.start(works, rate)
        await r.until(4.0)
        for early, late in pairwise(works):
            kept = not late.starts or (early.starts and early.place < late.place)
            told = f"job {late.number} starts after {late.started:.4g} s, before job {early.number}, which"
            expect(bool(kept), f"{told} {_when(early)}")


def _when(work: Work) -> str:
    return f"does after {work.started:.4g} s" if work.starts else "has not started"


async def long_run_of_jobs_stays_below(trial: Trial) -> None:
    """In the long run no more jobs of ``run_paced`` start than the limit allows, after two periods' jobs at most.

    Jobs that take an hour must not start one after the other without a pause, because none of them has counted yet; nor
    must those that end at once. The other side refuses them, and locks the key in the end.

        await run_paced(jobs, 10, 1.0)      # each takes 20 ms
        # allowed: 600 starts a minute
        # started: all 3000 of them
    """
    rate = 1 + trial.draw(6)
    for seconds in (0.0, HOURS) if not trial.seed else (trial.draw(20) / 8,):
        async with run(trial) as r:
            starts = await _starts(r, made(trial, rate * LONG, 0.0), seconds, rate, LONG + 1.0)
            within_long_run(((start, 1) for start in starts), rate, PERIOD)


async def jobs_start_within_the_limit(trial: Trial) -> None:
    """No more jobs of ``run_paced`` start within any period than the limit allows, wherever the period begins.

    The other side counts in windows of its own. A burst at the beginning, and the pace from then on, is up to twice the
    limit in one of them: it refuses, or bans the client.

        await run_paced(jobs, 100, 60.0)    # 100 a minute
        # 100 start at once, and one every 0.6 s from then on
        # 199 in the first minute: "429 Too Many Requests"
    """
    rate = 1 + trial.draw(6)
    for seconds in LASTING if not trial.seed else (trial.draw(20) / 8,):
        async with run(trial) as r:
            starts = await _starts(r, made(trial, rate * 4 + 1), seconds, rate, 4 * PERIOD / USED)
            for place, first in enumerate(starts[rate:]):
                span = first - starts[place]
                kept = span >= PERIOD - SLACK
                expect(kept, f"{rate + 1} jobs start within {span:.4g} s, where {rate} in {PERIOD:g} s are allowed")


async def jobs_start_at_the_pace(trial: Trial) -> None:
    """At least 95 % of the jobs of ``run_paced`` that the limit allows start, however long each of them takes.

    The limit is on starts: a job that takes an hour does not hold up the next one. Where it does, the work takes for
    ever, and nobody knows why.

        await run_paced(jobs, 10, 1.0)      # each takes 2 s
        # allowed: 10 starts a second
        # started: 5 a second, as each waits for the one before
    """
    rate = 1 + trial.draw(6)
    for seconds in LASTING if not trial.seed else (trial.draw(20) / 8,):
        async with run(trial) as r:
            _all_started(r, await _starts(r, works := made(trial, rate * 4 + 1), seconds, rate, 4 / USED), works)


async def many_jobs_start_at_the_pace(trial: Trial) -> None:
    """Thousands of jobs of ``run_paced`` a second start at their pace, too: not above it in the long run, nor below.

    Timers are a millisecond late, and some are rounded to whole ones. A run that waits for a timer before each job
    starts half of what is allowed, or all at once where its wait is rounded to nothing.

        await run_paced(rows, 110, 0.05)    # 2200 a second
        # allowed: 2200 starts a second
        # started: 900 a second
    """
    for period in FAST if trial.seed % 5 == 0 else ():
        async with run(trial, coarse=True) as r:
            starts = await _starts(r, works := made(trial, MANY * 3 + 1), 0.0, MANY, 3 * period / USED, period)
            within_long_run(((start, 1) for start in starts), MANY, period)
            if period > SHORT:
                _all_started(r, starts, works)


async def _starts(
    r: Run, works: Sequence[Work], seconds: float, rate: int, wait: float, period: float = PERIOD
) -> list[float]:
    """When these jobs started, of which some take so long, a while after the run began."""
    for work in works[:: 1 + r.trial.draw(2)]:
        work.seconds = seconds
    r.start(works, rate, period)
    await r.until(wait + SLACK)
    return sorted(work.started for work in works if work.starts)


def _all_started(r: Run, starts: Sequence[float], works: Sequence[Work]) -> None:
    late = f"{len(starts)} jobs have started in {r.now:.4g} s"
    expect(len(starts) == len(works), f"{late}, where the limit allows {len(works)}")


async def run_does_every_job_once(trial: Trial) -> None:
    """Every job of ``run_paced`` is done once, and it returns when all of them are done.

    It returns when the last one has started, and the caller closes the connection that the jobs still use; or two
    equal entries in the list are taken for one, and a customer gets one of two parcels.

        await run_paced([partial(ship, parcel) for parcel in parcels], 5, 1.0)
        await connection.close()
        # the last jobs: "connection is closed"
    """
    async with run(trial) as r:
        works = made(trial, 5, 2.0)
        works[-1].seconds = 1.0 + trial.draw(4) / 4
        r.start(works, 2)
        await r.finished(works, 12)
    async with run(trial) as r:
        r.start([], 2)
        await r.finished([], 2)
    async with run(trial) as r:
        work = Work(0, trial.draw(4) / 8)
        r.start([work] * 3, 2)
        expect(await r.ended(12), "a run of one job three times has not ended")
        expect(work.returned == 3, f"one job that is in the list three times was done {work.returned} times")


async def first_error_ends_the_run(trial: Trial) -> None:
    """The first error of a job ends the run at once: the others are cancelled and have ended, and none starts later.

    The other side says that the key is wrong, and the list goes on to the end: 600 more requests with a wrong key. Or
    the error leaves while other jobs are still running, and use what the caller closes.

        try:
            await run_paced(jobs, 10, 1.0)    # the first fails
        except WrongKey:
            await session.close()             # and the others?
    """
    rate = 3
    for seconds in (0.0, BETWEEN, 1.0) if not trial.seed else (trial.draw(10) / 4,):
        async with run(trial) as r:
            works = [Work(number, HOURS, clean_up=trial.draw(12)) for number in range(14)]
            bad = works[trial.draw(4)]
            error = JobExit("bad") if seconds == BETWEEN else JobError("bad")
            bad.seconds, bad.error, bad.clean_up = seconds, error, 0
            if trial.draw(1):
                works[(bad.number + 1) % rate].seconds = seconds
                works[(bad.number + 1) % rate].error = JobError("worse")
            r.start(works, rate)
            await r.ended(seconds + 3.0)
            _stopped(r, "a job raised an error")
            expect(r.player.outcome == "raised", f"the run {ending(r.player)}, though a job raised an error")
            errors = [work.error for work in works if work.error]
            raised = list(origins(r.player.error)) if r.player.error else []
            expect(
                any(error in errors for error in raised),
                f"a job raised {errors[0]!r}, and the run {listed(map(shown, raised))}",
            )
            late = r.ended_at - min(work.started + seconds for work in works if work.error and work.starts)
            expect(late <= LATE, f"the run ended {late:.4g} s after a job had raised an error")
            await _nothing_starts(r, works, "a job had raised an error")


async def errors_come_bare(trial: Trial) -> bool:
    """What a job raises arrives as it was raised, be it in a group, and not as the cause of another error.

    Not a fault either way: whoever wraps an error says which job it was, and keeps the cause. But it passes by an
    ``except*`` that was written for what the job raises.

        try:
            await run_paced(jobs, 10, 1.0)
        except* WrongKey:
            await renew()                     # not where it comes as
            # the cause of a RunError
    """
    error = JobError("bad")
    async with run(trial) as r:
        r.start([Work(0, error=error)], 1)
        await r.ended(3.0)
        return r.player.error is not None and error in leaves(r.player.error)


async def cancelled_run_leaves_no_jobs(trial: Trial) -> None:
    """Who cancels ``run_paced`` cancels its jobs: they have ended when it has, and none starts later.

    A timeout around the run ends it, and the jobs that it had started go on without anybody who waits for them, or new
    ones are started, paced as before, after the program has turned to something else.

        async with asyncio.timeout(10):
            await run_paced(jobs, 10, 1.0)
        # the timeout has fired, and jobs 101, 102, ... start
    """
    landed = False
    for moment in (0.0, 0.5, 1.0) if not trial.seed else (trial.draw(8) / 4,):
        async with run(trial) as r:
            works = [Work(number, HOURS, clean_up=trial.draw(12)) for number in range(12)]
            r.start(works, 3)
            await r.until(moment)
            await trial.strike(r.player)
            landed |= trial.landed
            struck = r.now
            await r.ended(2.0)
            _stopped(r, "it was cancelled")
            late = r.ended_at - struck if r.entered else 0.0
            expect(late <= LATE, f"the run ended {late:.4g} s after it was cancelled")
            expect(r.player.outcome == "cancelled", f"the run {ending(r.player)} after it was cancelled")
            await _nothing_starts(r, works, "the run was cancelled")
    trial.landed = landed and trial.tick < 12


def _stopped(r: Run, why: str) -> None:
    expect(r.player.done, f"the run has not ended {r.now:.4g} s after it began, though {why}")
    expect(r.left == 0, f"{r.left} jobs were still running when the run ended, because {why}")


async def _nothing_starts(r: Run, works: Sequence[Work], why: str) -> None:
    before = sum(work.starts for work in works)
    await r.until(r.now + 3.0)
    after = sum(work.starts for work in works) - before
    expect(after == 0, f"{after} jobs started after {why}")
