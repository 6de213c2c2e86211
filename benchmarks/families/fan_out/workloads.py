"""What is asked of ``patterns.fan_out``: the cost of a job that runs among many."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload
from patterns.fan_out import Family

BASELINE = {"asyncio": "asyncio_task_group", "trio": "trio_nursery"}

SEED = 20261123
LONGEST = 50  # turns that the slowest job waits
NEVER = 3600  # seconds that nobody waits for


def turns_of(n: int) -> list[int]:
    """How many turns each job waits: most of them one, a few very many, as with real services."""
    draws = random.Random(SEED)
    return [min(LONGEST, int(draws.paretovariate(1.16))) for _ in range(n)]


def race_of(n: int) -> dict[int, int]:
    """Which jobs answer, and after how many turns: up to ten, spread over all jobs, no two in the same turn."""
    draws = random.Random(SEED)
    winners = draws.sample(range(n), min(10, n))
    return dict(zip(winners, draws.sample(range(1, 11), len(winners)), strict=True))


class Gauge:
    """How many jobs run, how many ran at most, and the jobs that count themselves."""

    def __init__(self, toolkit: Toolkit) -> None:
        self.toolkit = toolkit
        self.running = self.peak = 0

    async def job(self, index: int, turns: int) -> int:
        """Wait some turns and answer with the job's own number."""
        self.running += 1
        self.peak = max(self.peak, self.running)
        for _ in range(turns):
            await self.toolkit.hop()
        self.running -= 1
        return index

    async def racer(self, index: int, turns: int | None) -> int:
        """Answer after some turns, or not before it is cancelled."""
        self.running += 1
        try:
            for _ in range(turns or 0):
                await self.toolkit.hop()
            if turns is None:
                await self.toolkit.sleep(NEVER)
        finally:
            self.running -= 1
        return index


async def at_once(index: int) -> int:
    """A job that finds its answer in a cache."""
    return index


@asynccontextmanager
async def ready(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """No job waits for anything."""
    jobs = [partial(at_once, index) for index in range(n)]
    yield lambda: family.collect(jobs)


@asynccontextmanager
async def one_hop(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Every job waits one turn."""

    async def job(index: int) -> int:
        await toolkit.hop()
        return index

    jobs = [partial(job, index) for index in range(n)]
    yield lambda: family.collect(jobs)


@asynccontextmanager
async def skewed(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A few jobs take much longer than the rest."""

    async def job(index: int, turns: int) -> int:
        for _ in range(turns):
            await toolkit.hop()
        return index

    jobs = [partial(job, index, turns) for index, turns in enumerate(turns_of(n))]
    yield lambda: family.collect(jobs)


@asynccontextmanager
async def bounded(
    family: Family,
    toolkit: Toolkit,
    n: int,
    tally: Counter[str],  # noqa: ARG001
    *,
    limit: int,
    uneven: bool = False,
) -> AsyncIterator[Once]:
    """At most ``limit`` jobs run; the jobs come from an iterator that nobody knows the length of."""
    gauge = Gauge(toolkit)
    jobs = [partial(gauge.job, index, turns) for index, turns in enumerate(turns_of(n) if uneven else [1] * n)]

    async def once() -> tuple[list[int], bool, int]:
        gauge.peak = 0
        results = await family.collect_bounded(iter(jobs), limit)
        return results, gauge.peak <= limit, gauge.running

    yield once


@asynccontextmanager
async def first_10(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Ten jobs answer, the others would not for an hour."""
    gauge, turns = Gauge(toolkit), race_of(n)
    jobs = [partial(gauge.racer, index, turns.get(index)) for index in range(n)]

    async def once() -> tuple[list[int], int]:
        results = await family.first(jobs, min(10, n))
        return sorted(results), gauge.running

    yield once


def bounded_by(name: str, limit: int, question: str, **options: Any) -> Workload:
    """One of the workloads that differ in the limit and in what the jobs do."""
    return Workload(
        name=name,
        question=question,
        axis="jobs",
        operation="job",
        needs="collect_bounded",
        prepare=partial(bounded, limit=limit, **options),
        answer=lambda n: (list(range(n)), True, 0),
        operations=lambda n: n,
        scale=(1, 10, 100, 1000) if options else (1, 10, 100, 1000, 10_000),
    )


WORKLOADS = (
    Workload(
        name="ready",
        question="What does a job cost that does not wait for anything, when all results are wanted?",
        axis="jobs",
        operation="job",
        needs="collect",
        prepare=ready,
        answer=lambda n: list(range(n)),
        operations=lambda n: n,
        scale=(1, 10, 100, 1000, 10_000),
    ),
    Workload(
        name="one_hop",
        question="What does a job cost that waits one turn of the loop, when all results are wanted?",
        axis="jobs",
        operation="job",
        needs="collect",
        prepare=one_hop,
        answer=lambda n: list(range(n)),
        operations=lambda n: n,
        scale=(1, 10, 100, 1000, 10_000),
    ),
    Workload(
        name="skewed",
        question="What does a job cost when a few jobs wait up to fifty times as long as the rest?",
        axis="jobs",
        operation="job",
        needs="collect",
        prepare=skewed,
        answer=lambda n: list(range(n)),
        operations=lambda n: n,
    ),
    bounded_by("bounded_10", 10, "What does a job cost when at most ten run at a time?"),
    bounded_by("bounded_100", 100, "What does a job cost when at most a hundred run at a time?"),
    bounded_by("bounded_skewed", 10, "What does a job cost when at most ten run and a few are slow?", uneven=True),
    Workload(
        name="first_10",
        question="What does it cost, per job started, to take the first ten answers and to stop the rest?",
        axis="jobs",
        operation="job",
        needs="first",
        prepare=first_10,
        answer=lambda n: (sorted(race_of(n)), 0),
        operations=lambda n: n,
    ),
)
