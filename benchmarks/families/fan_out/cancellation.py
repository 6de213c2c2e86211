"""What is asked of ``patterns.fan_out`` when its caller is cancelled, and of what it cancels itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

import trio

from benchmarks.families.fan_out.scene import (
    PATIENCE,
    START,
    Call,
    JobError,
    Jobs,
    begin,
    call,
    made,
    offered,
    over,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import CANCELLED, cancellations, within_anyio, within_asyncio, within_trio
from benchmarks.safety.trials import HOUR, Player, Trial, ending, event, expect, free_loop, hours_pass, listed
from patterns.fan_out import Job

BURST = 150  # jobs that do not wait: more than an alternative runs without giving the loop a turn


async def later(jobs: Jobs, turns: int, *numbers: int) -> None:
    """Let jobs go on after so many turns."""
    await jobs.trial.hop(turns)
    jobs.open(*numbers)


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """A cancelled caller is cancelled, and soon: it neither gets a result nor waits for work that nobody wants.

    A client hangs up, a deadline passes, the program is to end. If the call ignores it, the program does not stop, or
    goes on as if nothing had happened.

        task = asyncio.create_task(collect(downloads))
        task.cancel()
        await asyncio.wait([task], timeout=60)
        # the task is not done: it waits for all downloads
    """
    async with _struck(trial) as (calls, in_time):
        waiting = [asked.name for asked in calls if not asked.player.done]
        late = f"{PATIENCE} turns after their callers were cancelled, these have not ended: {listed(waiting)}"
        expect(not waiting, late)
        for asked in in_time:
            expect(asked.player.outcome == "cancelled", f"{asked}, although its caller was cancelled meanwhile")
    if trial.seed == trial.tick == 0:
        await _cancelled_as_it_waits(trial)


async def _cancelled_as_it_waits(trial: Trial) -> None:
    """All jobs wait as the caller is cancelled: there is nothing yet that it could go on with."""
    async with trial.crew() as crew:
        calls = []
        for name, number in product(offered(trial), (2, 9)):
            jobs = Jobs(trial)
            calls.append(begin(crew, name, jobs, [jobs.job(index, clean_up=2) for index in range(4)], number))
        await trial.settle()
        for asked in calls:
            asked.player.cancel()
        await over(trial, *[asked.player for asked in calls])
        for asked in calls:
            asked.jobs.open(*range(4))  # who is shielded is told so elsewhere
        for asked in calls:
            wrong = [error for error in asked.errors if not isinstance(error, CANCELLED)]
            went_on = asked.results is not None or wrong
            expect(not went_on, f"{asked}, although its caller was cancelled while all jobs waited")


async def outer_cancel_reaches_all(trial: Trial) -> None:
    """When a cancelled caller has ended, all its jobs have ended too, their clean-up finished.

    A client hangs up, a deadline passes, the program is to end. If the call leaves its jobs alone, they work on for
    somebody who is no longer there.

        task = asyncio.create_task(collect(downloads))
        task.cancel()
        await asyncio.wait([task])
        # the task has ended, the downloads have not: they write
        # into files that are being deleted
    """
    async with _struck(trial) as (calls, _):
        for asked in calls:
            expect(not asked.over or asked.left == 0, f"{asked}, while {asked.left} jobs were still running")


@asynccontextmanager
async def _struck(trial: Trial) -> AsyncIterator[tuple[list[Call], list[Call]]]:
    """Calls whose callers were cancelled at the turn of the trial, and those of them that had still to end then."""
    ready = BURST if trial.tick == 1 else 1  # once per sweep, while it is being worked off
    async with trial.crew() as crew:
        calls, openers = [], []
        for name in offered(trial):
            jobs = Jobs(trial)
            source = [jobs.job(index, 0) for index in range(ready)]
            source += [jobs.job(-1, 2 + trial.draw(4), clean_up=3), jobs.job(-2, clean_up=2), jobs.job(-3, 1)]
            source += [jobs.job(-4, clean_up=trial.draw(2)), jobs.job(-5, 3, clean_up=1)]
            number = ready + 3 if name == "first" else 2 + trial.draw(3)
            calls.append(begin(crew, name, jobs, source, number))
            openers.append(crew.start(later, jobs, 6, -2, -4))
        await trial.strike(*[asked.player for asked in calls])
        for opener in openers:
            opener.cancel()  # who is not cancelled now will wait for ever
        in_time = [asked for asked in calls if not asked.over]
        await over(trial, *[asked.player for asked in calls])
        try:
            yield calls, in_time
        finally:
            for asked in calls:
                asked.jobs.open(-2, -4)  # behind a shield not even the end of the trial would stop them


async def cancellation_survives_error(trial: Trial) -> None:
    """A caller that handles the errors of jobs still learns that it was cancelled meanwhile.

    A job fails while the caller is being cancelled, by a deadline or the end of the program. The caller handles the
    error and goes on, because the cancellation came with it and was dropped. Nobody cancels it a second time.

        async with asyncio.timeout(10):
            while True:
                try:
                    await collect(jobs)     # fails as the time is up
                except* OSError:
                    await asyncio.sleep(1)  # and so it tries for ever
    """
    async with trial.crew() as crew:
        calls = []
        for name in offered(trial):
            jobs = Jobs(trial)
            source = [jobs.job(index, error=JobError("together")) for index in range(2)]
            source += [
                jobs.job(2, 60, clean_up=3),
                jobs.job(3, clean_up=trial.draw(2), last_words=JobError("clean-up")),
            ]
            crew.start(jobs.open_when, 4, 0, 1)
            calls.append(begin(crew, name, jobs, source, 4))
        await trial.strike(*[asked.player for asked in calls])
        in_time = [asked for asked in calls if not asked.over]
        await over(trial, *[asked.player for asked in calls])
        for asked in in_time:
            expect(asked.player.done, f"{asked} {PATIENCE} turns after its caller was cancelled")
            expect(not asked.went_on, f"{asked}, and its caller, cancelled meanwhile, never learned of it")


async def no_stray_cancellation(trial: Trial) -> None:
    """A call leaves no cancellation behind: a caller whom nobody has cancelled can go on.

    To stop its jobs a call may cancel the task it runs in. If that is not taken back, the next wait of the caller is
    cancelled, or the next deadline or task group takes it for its own: far away, and for no reason that can be found.

        try:
            await collect(jobs)
        except* OSError:
            await report()        # CancelledError, though nobody
            # has cancelled anything
    """
    cases: list[tuple[int, ...]] = [(), (0,), (0, 2), (3,)]
    for name in offered(trial):
        turns = trial.draw(3) if trial.seed else 0
        for errors in [trial.random.choice(cases)] if trial.seed else cases:
            jobs = Jobs(trial)
            source = [
                jobs.job(index, turns, error=JobError("failed") if index in errors else None, clean_up=2)
                for index in range(4)
            ]
            asked = await made(name, jobs, [*source, jobs.job(4, turns + 5)], 3)
            expect(asked.went_on, f"{asked}, and its caller was cancelled, though by nobody")
            expect(asked.requests == 0, f"{asked}, and left {asked.requests} cancellations of its caller behind")


async def timeout_and_retry(trial: Trial) -> None:
    """A call that runs into a deadline ends by it, and can be made again.

    The usual answer to a deadline is another try. It fails or waits for ever if the first one has not given back its
    places, or if what ends the call is no longer what the deadline looks for.

        for attempt in range(3):
            try:
                async with asyncio.timeout(10):
                    return await collect_bounded(jobs, limit=5)
            except TimeoutError:
                continue      # five places are still taken: it waits
    """
    kinds = [within_trio if trial.is_trio else within_asyncio]
    if trial.alternative.library == "anyio" and not trial.is_trio:
        kinds.append(within_anyio)
    async with trial.crew() as crew:
        tries = [Try(trial, name, kind) for name in offered(trial) for kind in kinds]
        players = [crew.start(one.run, name=one.name) for one in tries]
        await trial.strike(*[one.deadline for one in tries])
        await over(trial, *players)
        for one, player in zip(tries, players, strict=True):
            then = f"{one.name} {one.state}, the second try {ending(player)}"
            expect(player.outcome == "returned", then)
            expect(one.requests == 0, f"{one.name} left {one.requests} cancellations of its caller behind a deadline")
            expect(player.value == [0, 1, 2], f"{then}, and not 0, 1, 2")


Limited = Callable[[Player, Callable[[], Awaitable[list[Any]]]], Awaitable[list[Any] | None]]


@dataclass
class Try:
    """A call with a deadline that expires when ``deadline`` is cancelled, and a second one after it."""

    trial: Trial
    name: str
    limited: Limited
    deadline: Player = field(default_factory=lambda: Player("deadline"))
    state: str = "waited"
    requests: int = 0

    async def run(self) -> list[Any]:
        """Call twice; returns what came of the second try."""
        jobs = Jobs(self.trial)
        source = [jobs.job(0, 2 + self.trial.draw(2)), jobs.job(1, 6, clean_up=3), jobs.job(2, 4), jobs.job(3, 5)]
        before = cancellations(self.trial)
        results = await self.limited(self.deadline, partial(call, self.trial, self.name, source, 3))
        self.state = "timed out" if results is None else f"returned {results}"
        self.requests = cancellations(self.trial) - before
        await self.trial.hop(2)
        again = [jobs.job(index, 1) for index in range(3)]
        return sorted(await call(self.trial, self.name, again, 3))


async def nested_calls_end(trial: Trial) -> None:
    """A job may make such a call itself, and is stopped with it when another job fails, even if its own fails too.

    The inner call stops its jobs because one failed, while the outer call stops the inner one. If the two are taken
    for one, the inner caller handles its error and goes on, and the outer call waits for it for ever. So it does if
    both share a limit, and the outer call has it all.

        async def mirror(site):
            try:
                await collect(pages(site))    # a page fails
            except* OSError:
                await retry_later(site)       # nobody stops this:
        await collect([mirror(a), mirror(b)]) # b has failed meanwhile
    """
    gaps = [trial.draw(12)] if trial.seed else range(9)
    for name in offered(trial):
        for gap in gaps:
            jobs, inside = Jobs(trial), Jobs(trial)
            number = 4 if name == "first" else 3
            source: list[Job[Any]] = [partial(inner_caller, jobs, inside, name, number)]
            source += [jobs.job(1, error=JobError("outer")), jobs.job(2, clean_up=2)]
            async with trial.crew() as crew:
                asked = begin(crew, name, jobs, source, number)
                await jobs.rise(2, START)
                await inside.rise(3, 2 * START)
                expect(inside.running == 3, f"{name} inside a job of {name} has begun {len(inside.begun)} of 3 jobs")
                inside.open(0) if gap > 2 else jobs.open(1)
                await trial.hop(abs(gap - 3))
                inside.open(0)
                jobs.open(1)
                ended = await over(trial, asked.player)
                jobs.open(0, 2)  # if they are waited for, not even the end of the trial would stop them
                expect(ended, f"{name} has not ended {PATIENCE} turns after jobs failed in it and in a call inside it")


async def inner_caller(jobs: Jobs, inside: Jobs, name: str, number: int) -> None:
    """A job that makes a call, handles its error, and waits for ever then."""
    source = [inside.job(0, error=JobError("inner")), inside.job(1, clean_up=2), inside.job(2, 60)]
    try:
        await call(jobs.trial, name, source, number)
    except* JobError:
        pass
    await jobs.doors[0].wait()


async def first_stops_losers(trial: Trial) -> None:
    """No more results than asked for; the other jobs are cancelled, and have finished their clean-up.

    The fastest mirror has answered. If the others are not stopped, each download is made three times; if they are
    stopped but not waited for, they still write into the file while the caller reads it.

        page = (await first(mirrors, count=1))[0]
        connection.close()
        # the losers' clean-up still sends its goodbyes over it
    """
    jobs = Jobs(trial)
    source = [
        jobs.job(0, clean_up=5),
        jobs.job(1),
        jobs.job(2),
        jobs.job(3, PATIENCE, clean_up=trial.draw(5)),
        jobs.job(4, START + trial.draw(8), unstoppable=True),
    ]
    async with trial.crew() as crew:
        crew.start(jobs.open_when, 5, 1, 2)
        asked = await made("first", jobs, source, 2)
    expect(sorted(asked.results or []) == [1, 2], f"{asked}; jobs 1 and 2 were the first to finish")
    expect(asked.left == 0, f"{asked}, while {asked.left} losers were still running")
    expect(3 not in jobs.returned, f"{asked}; a loser that was waiting has run to its end, and was not cancelled")
    jobs = Jobs(trial)
    together = await made("first", jobs, [jobs.job(index, 2 + trial.draw(3)) for index in range(4)], 1)
    expect(len(together.results or []) == 1, f"{together}, when asked for one of four that finish together")


async def timeouts_inside_jobs(trial: Trial) -> None:
    """A deadline inside a job ends what that job waits for, and disturbs no other.

    Jobs set deadlines of their own. On asyncio these cancel the job's task and take that back: whoever runs several
    jobs in one task, or takes each cancellation for one from outside, stops the wrong job or all of them.

        async def job(host):
            try:
                async with asyncio.timeout(5):
                    return await ask(host)
            except TimeoutError:
                return None     # one slow host, no reason to stop
    """

    async def impatient(jobs: Jobs) -> str:
        if trial.is_trio:
            with trio.move_on_after(0):
                await jobs.doors[0].wait()
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(0):
                    await jobs.doors[0].wait()
        await trial.hop(2)
        return "timed out"

    for name in offered(trial):
        jobs = Jobs(trial)
        source: list[Job[Any]] = [partial(impatient, jobs), jobs.job(1, 2 + trial.draw(4)), partial(impatient, jobs)]
        asked = await made(name, jobs, [*source, jobs.job(3, trial.draw(9))], 4 if name == "first" else 2)
        seen = sorted(map(str, asked.results or []))
        expect(seen == ["1", "3", "timed out", "timed out"], f"{asked}; two jobs had a deadline of their own, two not")


async def cleanup_left_in_peace(trial: Trial) -> bool:
    """The clean-up of a job that was cancelled because of another may wait, without a shield.

    Trio and AnyIO cancel again at every wait until the task has ended, so that nothing can hold up the end. A clean-up
    that must wait needs a shield there; one that was written for asyncio's single cancellation is cut off.

        try:
            await transfer()
        finally:
            await connection.close()   # cancelled as well, unless
            # it is inside CancelScope(shield=True)
    """
    cleaned: list[str] = []

    async def job(name: str) -> None:
        try:
            await trial.hop(50)
        finally:
            await trial.hop(3)
            cleaned.append(name)

    for name in offered(trial):
        jobs = Jobs(trial)
        source: list[Job[Any]] = [partial(job, name), jobs.job(1, 3, error=JobError("failed"))]
        asked = await made(name, jobs, source, 2)
        await trial.hop(6)
        if name not in cleaned and asked.error:
            return False
    return True


async def long_jobs_are_waited_for(trial: Trial) -> None:
    """Jobs that take an hour are waited for like any other.

    Somewhere below there is a limit of thirty seconds that nobody has asked for. It works in every test, and the one
    large file is never fetched.

        async with asyncio.timeout(30):        # "to be safe"
            return await job()
        # the large file takes a minute: TimeoutError, or
        # one result too few
    """
    if not trial.has_hours:
        return

    async def job(hours: int) -> int:
        await passed[hours].wait()  # a sleep of Trio's is a deadline of the job's own
        return hours

    async def clock() -> None:
        for hour in passed:
            hour.set()
            await trial.sleep(HOUR)

    for name in offered(trial):
        passed = [event(trial) for _ in range(3)]
        async with trial.crew() as crew:
            crew.start(clock, name="who tells the time")
            player = crew.start(call, trial, name, [partial(job, hours) for hours in (0, 1, 2)], 3, name=name)
            if await hours_pass(trial, player):
                kept = player.outcome == "returned" and player.value == [0, 1, 2]
                expect(kept, f"{name} of three jobs that take 0, 1 and 2 hours {ending(player)}")


async def never_holds_up_the_loop(trial: Trial) -> None:
    """A call never holds up the loop: while its jobs wait, all other tasks go on.

    Whoever looks in a loop of its own whether the jobs are done, and sleeps in between, stops the whole program: no
    request is answered, no timeout fires, and the jobs do not go on either.

        while not all(task.done() for task in tasks):
            time.sleep(0.01)               # nobody else runs
            await asyncio.sleep(0)
        # every other task runs once in 10 ms
    """

    async def job() -> int:
        await trial.hop(3)
        return 1

    for name in offered(trial):
        await free_loop(trial, partial(call, trial, name, [job] * 3, 2))


CANCELLATION = (
    Promise(cancelled_caller_is_cancelled, swept=True, instant=True),
    Promise(outer_cancel_reaches_all, swept=True, instant=True, need="stop"),
    Promise(timeout_and_retry, swept=True, instant=True),
    Promise(cancellation_survives_error, swept=True, instant=True, need="recovery"),
    Promise(nested_calls_end, need="recovery"),
    Promise(no_stray_cancellation, need="recovery"),
    Promise(first_stops_losers, about=("first",), need="stop"),
    Promise(timeouts_inside_jobs),
    Promise(never_holds_up_the_loop, collects=("stalls",)),
    Promise(long_jobs_are_waited_for, once=True),
    Promise(cleanup_left_in_peace, once=True, fact=True),
)
