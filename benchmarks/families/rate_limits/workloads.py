"""What is asked of ``patterns.rate_limits``: the cost of asking, of waiting, and of being let through.

Whoever waits for a timer idles, so that these workloads count processor time; how well the limit was used, how late
permits came and how many fell into one period are read from the moments at which callers went ahead. One limit is an
API's, ten a second, on a clock that leaps over the waiting. Where real time passes, periods are ten milliseconds,
because a block cannot take longer: timers are good to a millisecond, so nobody can use a limit like that to the full.
"""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import cycle, islice

from benchmarks.families.rate_limits.readings import lateness, most_in_a_period, share_used
from benchmarks.plan.backends import Toolkit
from benchmarks.plan.shown import shown
from benchmarks.plan.workloads import Once, Reading, Seen, Workload
from patterns.rate_limits import Family, Limiter, WeightedLimiter

BASELINE = {"asyncio": "asyncio_token_bucket", "trio": "trio_semaphore"}

PERIOD = 0.01  # seconds
API_RATE, API_PERIOD = 10, 1.0  # permits, and seconds
PACE = (0.9, 1.1)  # periods that so many permits may take
BLOCKED = 0.025  # seconds: not a multiple of the ten milliseconds in which some ask again, which would be 2 or 3 times
NEVER = 3600.0  # seconds
# Twenty million per second: more than a loop can ask for, in periods so short that a log of them stays small.
ENDLESS, ENDLESS_PERIOD = 20_000, 0.001
IN_USE = 3 * ENDLESS_PERIOD
# A limiter is used again after two other runs, each of which waits for a period: it is as good as new by then.
LIMITERS = 3
WEIGHTS = (1, 2, 1, 5, 1, 3, 8, 1, 2, 1)


class EnoughError(Exception):
    """The waiting is over."""


def limit(n: int) -> int:
    """A limit per period that keeps n callers waiting for one: longer blocks would wait more, and show no more."""
    return n


def weights(n: int) -> list[int]:
    """How many permits each of n callers wants, after one who takes all there are."""
    wanted = list(islice(cycle(WEIGHTS), n))
    return [weighted_limit(n), *wanted]


def weighted_limit(n: int) -> int:
    """A limit per period that keeps n callers of different weights waiting for two of them."""
    return max(*WEIGHTS, sum(islice(cycle(WEIGHTS), n)) // 2)


@asynccontextmanager
async def uncontended(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """One caller asks again and again, and the limit is far away; the limiter has been in use for some periods.

    What it remembers of them it forgets now, and what its timers give back comes back: others run after each row.
    """
    async with family.limiter(ENDLESS, ENDLESS_PERIOD) as limiter:

        async def once() -> int:
            given = 0
            for _ in range(n):
                await limiter.acquire()
                given += 1
            await toolkit.hop()
            return given

        until = time.perf_counter() + IN_USE
        while time.perf_counter() < until:
            await once()
        yield once


async def go_ahead(limiter: Limiter, moments: list[float]) -> None:
    """One caller: ask, and note when it was let through."""
    await limiter.acquire()
    moments.append(time.perf_counter())


@asynccontextmanager
async def backlog(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """As many callers as the limit lets through, and n more, who have to wait, all at once."""
    async with AsyncExitStack() as stack:
        limiters = cycle([await stack.enter_async_context(family.limiter(limit(n), PERIOD)) for _ in range(LIMITERS)])

        async def once() -> Seen:
            moments: list[float] = []
            caller = partial(go_ahead, next(limiters), moments)
            await toolkit.together([caller] * (limit(n) + n))
            return Seen(len(moments), moments)

        yield once


async def go_ahead_with(limiter: WeightedLimiter, permits: int, moments: list[float]) -> None:
    """One caller who wants several permits at once; each of them counts."""
    await limiter.acquire(permits)
    moments.extend([time.perf_counter()] * permits)


@asynccontextmanager
async def weighted_backlog(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A caller who takes all permits, and n callers behind it who want one to eight each."""
    rate = weighted_limit(n)
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(family.weighted_limiter(rate, PERIOD)) for _ in range(LIMITERS)]
        limiters = cycle(opened)

        async def once() -> Seen:
            moments: list[float] = []
            limiter = next(limiters)
            await toolkit.together([partial(go_ahead_with, limiter, permits, moments) for permits in weights(n)])
            return Seen(len(moments), moments)

        yield once


@asynccontextmanager
async def ten_a_second(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Callers who ask again as soon as they are served; a call lasts until a period's permits have been given."""
    moments: list[float] = []
    now = toolkit.clock()
    given = toolkit.event()
    with shown(family, now):
        try:
            async with family.limiter(API_RATE, API_PERIOD) as limiter, toolkit.crowd() as start:

                async def caller() -> None:
                    while True:
                        await limiter.acquire()
                        moments.append(now())
                        if len(moments) % API_RATE == 0:
                            given.set()

                async def once() -> Seen:
                    nonlocal given
                    given = toolkit.event()
                    began = now()
                    await given.wait()
                    least, most = PACE
                    at_pace = least * API_PERIOD <= now() - began <= most * API_PERIOD
                    return Seen(at_pace, moments[-2 * API_RATE :])

                for _ in range(n):
                    start(caller)
                await given.wait()  # those that a new limiter may give at once
                yield once
                raise EnoughError
        except* EnoughError:
            pass


@asynccontextmanager
async def blocked(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """The only permit is gone: everybody waits for a while, and is cancelled."""
    async with family.limiter(1, NEVER) as limiter:
        await limiter.acquire()

        async def end() -> None:
            await toolkit.sleep(BLOCKED)
            raise EnoughError

        async def once() -> int:
            moments: list[float] = []
            callers = [partial(go_ahead, limiter, moments)] * n
            try:
                await toolkit.together([*callers, end])
            except* EnoughError:
                pass
            return n - len(moments)

        yield once


@asynccontextmanager
async def paced_jobs(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Jobs that take one turn each: as many as the limit lets start at once, and n more."""

    async def once() -> Seen:
        moments: list[float] = []

        async def job() -> None:
            moments.append(time.perf_counter())
            await toolkit.hop()

        await family.run_paced([job] * (limit(n) + n), limit(n), PERIOD)
        return Seen(len(moments), moments)

    yield once


Judge = Callable[[Sequence[float], int, float], float]


Rate = Callable[[int], int]


def mean(judge: Judge, rate: Rate, period: float) -> Callable[[Sequence[Sequence[float]], int], float]:
    """A reading: the mean of what a judge says of every run in a block."""

    def of(runs: Sequence[Sequence[float]], n: int) -> float:
        return sum(judge(moments, rate(n), period) for moments in runs) / len(runs)

    return of


def worst(judge: Judge, rate: Rate, period: float) -> Callable[[Sequence[Sequence[float]], int], float]:
    """A reading: the most that a judge says of a run in a block."""

    def of(runs: Sequence[Sequence[float]], n: int) -> float:
        return max(judge(moments, rate(n), period) for moments in runs)

    return of


def readings(rate: Rate, period: float = PERIOD) -> tuple[Reading, ...]:
    """What the moments of a run show beside its cost."""
    return (
        Reading(
            {"name": "share_used", "title": "share of the limit used", "unit": "ratio", "better": "higher"},
            mean(share_used, rate, period),
        ),
        Reading(
            {"name": "most_in_a_period", "title": "most permits in a period", "unit": "ratio", "better": "lower"},
            worst(most_in_a_period, rate, period),
        ),
        Reading(
            {"name": "lateness", "title": "lateness, 99 of 100 permits", "unit": "second", "better": "lower"},
            mean(lateness, rate, period),
        ),
    )


WORKLOADS = (
    Workload(
        name="uncontended",
        question="What does a permit cost when the limit is far away?",
        axis="permits in a row",
        operation="permit",
        needs="limiter",
        prepare=uncontended,
        answer=lambda n: n,
        operations=lambda n: n,
    ),
    Workload(
        name="ten_a_second",
        question="What does a permit cost in processor time when callers wait for ten a second?",
        axis="callers who wait",
        operation="permit",
        needs="limiter",
        prepare=ten_a_second,
        answer=lambda n: True,  # noqa: ARG005  whoever waits, ten take a second
        operations=lambda n: API_RATE,  # noqa: ARG005
        clock="cpu",
        leaps=True,
        readings=readings(lambda n: API_RATE, API_PERIOD)[:2],  # noqa: ARG005  nobody is late where time waits for all
    ),
    Workload(
        name="backlog",
        question="What does a permit cost in processor time when callers wait, and how well is a limit per 10 ms used?",
        axis="callers who wait",
        operation="permit",
        needs="limiter",
        prepare=backlog,
        answer=lambda n: limit(n) + n,
        operations=lambda n: limit(n) + n,
        scale=(1, 10, 100, 1000, 10_000),
        clock="cpu",
        readings=readings(limit),
    ),
    Workload(
        name="blocked",
        question="What does a caller cost in processor time who waits for 25 ms in vain?",
        axis="callers who wait",
        operation="caller",
        needs="limiter",
        prepare=blocked,
        answer=lambda n: n,
        operations=lambda n: n,
        clock="cpu",
    ),
    Workload(
        name="weighted_backlog",
        question="What does a caller who wants several permits at once cost in processor time?",
        axis="callers who wait",
        operation="caller",
        needs="weighted_limiter",
        prepare=weighted_backlog,
        answer=lambda n: sum(weights(n)),
        operations=lambda n: n + 1,
        clock="cpu",
        readings=readings(weighted_limit),
    ),
    Workload(
        name="paced_jobs",
        question="What does a job cost in processor time when a limit decides when it starts?",
        axis="jobs that wait",
        operation="job",
        needs="run_paced",
        prepare=paced_jobs,
        answer=lambda n: limit(n) + n,
        operations=lambda n: limit(n) + n,
        clock="cpu",
        readings=readings(limit),
    ),
)
