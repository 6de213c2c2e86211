"""What is asked of ``patterns.fan_out``: first the results, the limit and the context of jobs; then what goes wrong."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from functools import partial
from itertools import count, product
from typing import Any

import trio

from benchmarks.families.fan_out.cancellation import CANCELLATION
from benchmarks.families.fan_out.failures import FAILURES
from benchmarks.families.fan_out.scene import PATIENCE, JobError, Jobs, begin, call, made, offered, over
from benchmarks.families.fan_out.workloads import WORKLOADS
from benchmarks.plan.promises import Promise
from benchmarks.safety.memory import same_memory
from benchmarks.safety.trials import Trial, expect, listed, shown
from patterns.fan_out import Job

VALUES = dict(enumerate([None, ValueError("a value, not an error"), 0, ()]))  # results that may be taken for none
APART = 12  # turns between jobs that must not change places
MANY = 300  # jobs that run into whatever an alternative does for so many at a time
CROWD = 2000  # and those that run into what it does for each of them within the one before
DOZENS = 25  # jobs, more than have a number of one digit
ENDLESS = 150  # jobs after which an endless iterator ends, lest one that reads it all reads for ever
VARIABLE = ContextVar("VARIABLE", default="nobody's")


async def result_order(trial: Trial) -> None:
    """Results are what the jobs returned, in the order of the jobs; those of `first` in the order of finishing.

    Requests overtake each other, and the answers come back in another order than the questions. Or an answer that is
    None, zero or an exception object is taken for none. The wrong name stands beside the wrong number, and nothing
    says so.

        names = ["ada", "bob", "cyd"]
        ages = await collect([partial(fetch_age, name) for name in names])
        dict(zip(names, ages))       # bob answered first:
        # {"ada": bob's age, "bob": ada's age, ...}
    """
    order = [2, 0, 3, 1]
    if trial.seed:
        trial.random.shuffle(order)
    for name in offered(trial):
        count = 1 + trial.draw(2)
        nothing = await call(trial, name, [], count)
        expect(nothing == [], f"{name} answered no jobs with {nothing!r:.60}")
        jobs = Jobs(trial, answers=VALUES)
        async with trial.crew() as crew:
            asked = begin(crew, name, jobs, (jobs.job(index) for index in range(4)), count)
            if name == "first":
                await jobs.rise(4)
            for index in order:
                jobs.open(index)
                await trial.hop(APART if name == "first" else 1)
            expect(await over(trial, asked.player), f"{name} has not ended after its jobs")
        right = [VALUES[index] for index in (order[:count] if name == "first" else range(4))]
        expect(asked.results == right, f"{asked}, and not {listed(map(repr, right))}")
        if name != "first":
            waits = [trial.draw(6) for _ in range(DOZENS)]
            jobs = Jobs(trial)
            source = [jobs.job(index, turns) for index, turns in enumerate(waits)]
            many = await made(name, jobs, source, 1 + trial.draw(8))
            expect(many.results == list(range(DOZENS)), f"{many}, and not those of its {DOZENS} jobs in their order")
        else:
            few = await made(name, jobs, [jobs.job(index, index * APART) for index in range(2)], 9)
            expect(few.results == [VALUES[0], VALUES[1]], f"{few}, when asked for the first 9 of 2 jobs")


async def each_job_once(trial: Trial) -> None:
    """Every job runs exactly once, whether it is one of few or of many, new or equal to another.

    A job that is run twice orders twice; one that is forgotten never orders. The same function may be in the list
    several times, and each of these is a job.

        send = partial(order, "a box of tea")
        await collect([send, send, send])
        # three boxes are wanted: one that keeps its jobs in
        # a set or a dict has ordered one
    """
    size = MANY if trial.seed == 0 else trial.draw(12)
    for name in offered(trial):
        jobs = Jobs(trial)
        waits = trial.draw(3)
        source = [jobs.job(index, waits if index % 5 == 0 else index % 2) for index in range(size)]
        source += [jobs.job(size, 1)] * 3
        number = size + 3 + trial.draw(2) if name == "first" else 1 + trial.draw(12)
        asked = await made(name, jobs, iter(source), number, patience=PATIENCE + 20 * size)
        times = Counter(jobs.begun)
        wrong = {index: times[index] for index in range(size + 1) if times[index] != (3 if index == size else 1)}
        ran = listed((f"job {index} {often} times" for index, often in wrong.items()), 3)
        expect(not wrong, f"{name} of {len(source)} jobs with limit or count {number} ran {ran}")
        answers = sorted(asked.results or [])
        expect(answers == sorted([*range(size), *[size] * 3]), f"{name} of {len(source)} jobs: {len(answers)} results")
        drawn = await made(name, jobs, [partial(draw_a_number, trial, waits, count(1))] * 3, 3)
        expect(sorted(drawn.results or []) == [1, 2, 3], f"{drawn}, asked three times for the next number")
    if trial.seed == 0:
        await _runs_a_crowd(trial, offered(trial, "collect_bounded", "collect", "first")[0])


async def _runs_a_crowd(trial: Trial, name: str) -> None:
    """Thousands of jobs, one after the other where there is a limit; the first half of them has nothing to wait for."""
    jobs, numbers = Jobs(trial), count()
    turns = [0] * (CROWD // 2) + [0, 1] * (CROWD // 4)
    source = [partial(draw_a_number, trial, wait, numbers) for wait in turns]
    asked = await made(name, jobs, source, CROWD if name == "first" else 1, patience=PATIENCE + 2 * CROWD)
    expect(sorted(asked.results or []) == [*range(CROWD)], f"{asked}, of {CROWD} jobs")


async def draw_a_number(trial: Trial, turns: int, numbers: Iterator[int]) -> int:
    """A job that answers something else each time."""
    await trial.hop(turns)
    return next(numbers)


async def jobs_run_together(trial: Trial) -> None:
    """All jobs of `collect` and `first` run at the same time.

    The jobs wait for each other, or for an answer that comes when all have asked. If they are run one after the other,
    or only so many at a time, the call takes the sum of all times, or never ends.

        meeting = asyncio.Barrier(3)
        await collect([meeting.wait, meeting.wait, meeting.wait])
        # two at a time: they wait for the third, which is not
        # started before one of them has finished
    """
    size = 20 if trial.seed == 0 else 2 + trial.draw(8)
    for name in offered(trial, "collect", "first"):
        jobs = Jobs(trial)
        async with trial.crew() as crew:
            begin(crew, name, jobs, [jobs.job(index) for index in range(size)], size)
            await jobs.rise(size)
            running = jobs.running
            jobs.open(*range(size))
            expect(running == size, f"{name} has {running} of {size} jobs running")


async def limit_never_exceeded(trial: Trial) -> None:
    """Never more jobs run than the limit allows.

    The limit is there because the other side allows no more connections, or because each job holds memory. One too
    many is refused, and with it the whole call fails; or the process is killed.

        pool = connect(max_connections=10)
        await collect_bounded(queries, limit=10)
        # two queries end in the same turn, and three are
        # started for them: the eleventh is refused
    """
    limit = 1 + trial.draw(4)
    jobs = Jobs(trial)
    slow = [jobs.job(index) for index in range(2 * limit)]
    quick = [jobs.job(-1 - index, trial.draw(4) if trial.seed else 2) for index in range(2 * limit)]
    async with trial.crew() as crew:
        crew.start(jobs.open_when, limit + 1, *range(2 * limit))  # time for one too many
        await made("collect_bounded", jobs, slow + quick, limit)
    expect(jobs.peak <= limit, f"{jobs.peak} jobs ran at once, the limit is {limit}")


async def limit_used(trial: Trial) -> None:
    """As long as there are more jobs, as many run as the limit allows; a slow one holds up nobody.

    One download takes a minute. If the places of those that have finished stay empty until it is done, a hundred small
    files wait for one large file.

        jobs = [large_file, *small_files]
        await collect_bounded(jobs, limit=10)
        # nine small ones are done at once; the other hundred
        # begin when the large one is done
    """
    limit = 2 + trial.draw(3)
    size = 3 * limit
    ready = 2 + trial.draw(2)  # jobs at the front that do not wait, and leave their places at once
    jobs = Jobs(trial)
    async with trial.crew() as crew:
        source = [jobs.job(-1, 0)] * ready + [jobs.job(index) for index in range(size)]
        begin(crew, "collect_bounded", jobs, source, limit)
        for finished in range(size):
            wanted = min(limit, size - finished)
            await jobs.rise(wanted, turns=100)
            seen = f"limit {limit}, {size - finished} jobs left, the first of them is slow: {jobs.running} are running"
            enough = jobs.running >= wanted
            if not enough:
                jobs.open(*range(size))
            expect(enough, seen)
            jobs.open(finished + 1)  # 0 is the slow one
            await trial.hop(3)  # it has returned by then
            await trial.drift(2)
        jobs.open(0)


async def lazy_intake(trial: Trial) -> None:
    """A job is taken from the iterator when there is room for it, and at most one ahead: it may be endless.

    The jobs come from a file of a million lines, or from a generator that never ends. Whoever reads them all before
    the first one starts needs the memory for all of them, or never starts.

        def jobs():
            while True:
                yield partial(poll, next_host())
        await collect_bounded(jobs(), limit=10)
        # list(jobs) inside it: nothing is ever polled
    """
    limit = 1 + trial.draw(3)
    last = 5 + trial.draw(10)
    ahead = 0
    jobs = Jobs(trial)

    def endless() -> Iterator[Job[Any]]:
        nonlocal ahead
        for index in range(ENDLESS):
            ahead = max(ahead, index + 1 - jobs.ended)
            yield jobs.job(index, 1 + index % 3, error=JobError() if index >= last else None)

    await made("collect_bounded", jobs, endless(), limit)
    expect(ahead <= limit + 1, f"with limit {limit}, {ahead} jobs were taken that had not ended")


async def context_isolated(trial: Trial) -> None:
    """A job sees the caller's context variables; those that it sets are seen by no other job and not by the caller.

    A web framework keeps the user, a tracer its span, a database its transaction in a context variable. If it is seen
    by the next job, that one acts in the name of somebody else.

        async def job(user):
            current_user.set(user)
            await load_page()
        await collect_bounded(jobs, limit=2)
        # a job that sets no user finds that of the one before
    """

    async def job(index: int, turns: int) -> int:
        found = VARIABLE.get()
        token = VARIABLE.set(f"job {index}'s")
        try:
            await trial.hop(turns)
        finally:
            seen.append((found, VARIABLE.get() == f"job {index}'s"))
            VARIABLE.reset(token)  # possible only in the context in which it was set
        VARIABLE.set(f"job {index}'s")
        return index

    async def caller(name: str, size: int) -> str:
        VARIABLE.set("the caller's")
        source = [partial(job, index, trial.draw(4)) for index in range(size)]
        await call(trial, name, source, 4 if name == "first" else 2)
        return VARIABLE.get()

    for name, size in product(offered(trial), (6, 1)):
        seen: list[tuple[str, bool]] = []
        async with trial.crew() as crew:
            player = crew.start(caller, name, size)
            expect(await over(trial, player), f"{name} has not ended")
        expect(player.error is None, f"{name} raised {shown(player.error)}")
        wrong = [found for found, kept in seen if found != "the caller's" or not kept]
        expect(
            not wrong,
            f"{name}: {len(wrong)} of {len(seen)} jobs found or kept a wrong value: {listed(map(repr, wrong), 1)}",
        )
        expect(player.value == "the caller's", f"{name} left its caller with {player.value!r}")


async def task_per_job(trial: Trial) -> bool:
    """Each job has a task of its own.

    What is kept per task, such as the identity that a lock compares or the line in a dump of all tasks, is shared by
    jobs that one task runs one after the other.

        async def job():
            task = asyncio.current_task()
            task.set_name("download")   # the next job on the same
            await download()            # worker is called that as well
    """
    tasks: list[object] = []

    async def job() -> None:
        tasks.append(trio.lowlevel.current_task() if trial.is_trio else asyncio.current_task())

    for name in offered(trial):
        tasks.append(trio.lowlevel.current_task() if trial.is_trio else asyncio.current_task())
        await call(trial, name, [job] * 4, 4 if name == "first" else 1)
        if len(set(tasks)) < len(tasks):
            return False
        tasks.clear()
    return True


async def memory_is_given_back(trial: Trial) -> None:
    """Calls that are over, and their jobs, take no memory that is never given back.

    A set of all tasks that there ever were, or a line for each job, grows with every call. A program that makes them
    for weeks is killed in the end.

        tasks = [create_task(job()) for job in jobs]
        ALL.extend(tasks)                # "so that none is collected"
        return await gather(*tasks)
    """
    await same_memory(trial, WORKLOADS, ("one_hop", "bounded_10", "first_10"))


PROMISES = (
    Promise(result_order),
    Promise(each_job_once),
    Promise(jobs_run_together, about=("collect", "first"), need="together"),
    Promise(limit_never_exceeded, about=("collect_bounded",)),
    Promise(limit_used, about=("collect_bounded",), need="full-use"),
    Promise(lazy_intake, about=("collect_bounded",), need="endless"),
    *FAILURES,
    *CANCELLATION,
    Promise(memory_is_given_back, once=True),
    Promise(context_isolated, need="context"),
    Promise(task_per_job, once=True, fact=True),
)
