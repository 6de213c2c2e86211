"""What is measured beside time, each in a pass of its own: what a worker does in one turn of such a pass.

No pass is timed, and none of them runs inside a block that is: a counter, tracemalloc or a bystander costs time.
"""

import copy
import gc
import math
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.engine import tail
from benchmarks.engine.blocks import Bench
from benchmarks.engine.disturbance import usage
from benchmarks.engine.work import counting
from benchmarks.plan.arrivals import arrivals
from benchmarks.plan.workloads import Once, questions
from results.suite import ReadingRecord
from results.times import WORK

MOST_ROUNDS = 1000  # of a launch: no two of its schedules are the same
COUNTED = 2  # calls in a block whose work is counted
STEP = 10  # times as many operations are in flight at the second point at which memory is looked at
SLOW = 0.5  # seconds for both; who needs more is left out of the pass
LONG = 2.0  # seconds for a few calls: a pass has no time for whoever hangs when it is looked at
LEAST_BYTE = 1.0  # an operation that adds less counts as one that adds a byte: pyperf knows no zero, and ratios neither
Values = dict[str, float]  # what one turn gave, by measure; of work by what was counted


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a worker: the ``loops`` of its timed blocks, the round's ``number``, and arrivals per second."""

    loops: int
    number: int = 0
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Pass:
    """Something to measure beside time.

    ``take(bench, turn)`` is one turn of a worker, of ``limit`` seconds at most: blocks, checked like any other, and a
    number for each of the ``measures``; ``rounds`` turns are taken in a launch. Where operations are to arrive at a
    rate, ``look(bench)`` says how many seconds one takes, and ``rates`` what all of a launch can take by that, per
    second: who is not among them is too slow. ``why_not(family, workload, n)`` says why it makes no sense, or is empty.
    """

    measures: tuple[ReadingRecord, ...]
    take: Callable[[Bench, Turn], Values]
    rounds: int = 1
    limit: float = math.inf
    look: Callable[[Bench], float] | None = None
    rates: Callable[[Mapping[str, float]], dict[str, float]] | None = None
    why_not: Callable[[str, str, int], str] = lambda *_: ""


def work(bench: Bench, turn: Turn) -> Values:  # noqa: ARG001  a few calls are as good as many: counts are exact
    """What the loop is asked to do, per operation; the first call of the block is not counted."""
    counted: Counter[str] = Counter()
    waits = bench.workload.waits or bench.workload.leaps

    async def watched(once: Once) -> list[Any]:
        with counting(bench.backend, counted, waits=waits):
            return [await once() for _ in range(COUNTED)]

    bench.watch(watched, untimed=1)
    return {name: count / COUNTED / bench.workload.operations(bench.variant.n) for name, count in counted.items()}


def stall(bench: Bench, turn: Turn) -> Values:
    """The longest time for which a task that only wants its next turn had to wait for it.

    Where another process had the processor meanwhile, it is the time that this one had: the rest was not the loop's.
    """
    hop, together = bench.backend.toolkit.hop, bench.backend.toolkit.together
    longest = 0.0

    async def watched(once: Once) -> list[Any]:
        seen: list[Any] = []

        async def bystander() -> None:
            nonlocal longest
            had, last = usage(), time.perf_counter()
            while len(seen) < turn.loops:
                await hop()
                now, has = time.perf_counter(), usage()
                gap = has.cpu - had.cpu if has and had and has.switches > had.switches else now - last
                longest, had, last = max(longest, gap), has, time.perf_counter()

        async def calls() -> None:
            for _ in range(turn.loops):
                seen.append(await once())
                await hop()  # calls that never wait are not one long one

        await together([bystander, calls])
        return seen

    bench.watch(watched, untimed=1)
    return {"stall": longest}


def memory(bench: Bench, turn: Turn) -> Values:  # noqa: ARG001  one call: what is in flight, and not what was before
    """The bytes that each further operation in flight adds to the peak, from n of them to ``STEP`` times as many."""
    n, more = bench.variant.n, STEP * bench.variant.n
    crowd = copy.copy(bench)
    crowd.variant, crowd.right = replace(bench.variant, n=more), bench.workload.answer(more)
    return {"memory": max(LEAST_BYTE, (peak(crowd) - peak(bench)) / (more - n))}


def peak(bench: Bench) -> float:
    """The most bytes that Python's allocators held during a call, its state included, beyond what was held before."""
    bench.warm_up(1, untimed=0)  # what is imported or remembered once is nobody's

    async def watched(once: Once) -> list[Any]:
        tracemalloc.reset_peak()  # looking for leftovers takes more than many a workload
        seen = [await once()]
        found.append(tracemalloc.get_traced_memory()[1])
        return seen

    found: list[int] = []
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        bench.watch(watched, untimed=0)
    finally:
        tracemalloc.stop()
    return float(found[0] - before)


def slowest(bench: Bench, turn: Turn) -> Values:
    """Latencies of operations that arrive at a rate, on a schedule that is the same for all rows of a round."""
    return tail.latencies(bench, turn.rate, bench.seed * MOST_ROUNDS + turn.number)


def no_bystander(family: str, workload: str, n: int) -> str:
    """Why nobody can look on while a workload runs, or an empty string."""
    leaps = questions(family).workload(workload).leaps
    if leaps:
        return "its clock leaps when there is nothing to do, and a bystander always has something to do"
    return no_work(family, workload, n)


def no_work(family: str, workload: str, n: int) -> str:  # noqa: ARG001  at any point
    """Why the loop at hand shows nothing of what a workload does, or an empty string."""
    elsewhere = questions(family).workload(workload).elsewhere
    return "it works in a thread with loops of its own, and the one at hand waits for that" if elsewhere else ""


def no_arrivals(family: str, workload: str, n: int) -> str:  # noqa: ARG001  they arrive alike at any point
    """Why the operations of a workload do not arrive one by one, or an empty string."""
    known = arrivals(family, workload)
    return known if isinstance(known, str) else ""


def no_crowd(family: str, workload: str, n: int) -> str:
    """Why a workload has no second point at which memory could be looked at, or an empty string."""
    asked_of = questions(family).workload(workload)
    if asked_of.elsewhere:
        return "one operation comes after the other, and none is in flight"
    asked = STEP * n in asked_of.scale
    return "" if asked else f"it takes n = {STEP * n:,}, too, which this workload is not asked at"


TAIL: tuple[ReadingRecord, ...] = (
    {"name": "p99", "title": "slowest 1 %", "unit": "second", "better": "lower"},
    {"name": "p95", "title": "slowest 5 %", "unit": "second", "better": "lower"},
    {"name": "p50", "title": "median latency", "unit": "second", "better": "lower"},
    {"name": "mean", "title": "mean latency", "unit": "second", "better": "neither"},
    {"name": "arrivals", "title": "arrivals per second", "unit": "count", "better": "neither"},
    {"name": "in_flight", "title": "under way on average", "unit": "count", "better": "neither"},
)
# In this order, by the workers of a launch: work is counted before anything else was done.
PASSES: Mapping[str, Pass] = {
    WORK: Pass((), work, rounds=2, limit=LONG, why_not=no_work),
    "stall": Pass(
        ({"name": "stall", "title": "longest stall of the loop", "unit": "second", "better": "lower"},),
        stall,
        rounds=3,
        limit=LONG,
        why_not=no_bystander,
    ),
    "tail": Pass(TAIL, slowest, look=tail.look, rates=tail.rates, why_not=no_arrivals),
    "memory": Pass(
        ({"name": "memory", "title": "memory in flight", "unit": "byte", "better": "lower"},),
        memory,
        limit=SLOW,
        why_not=no_crowd,
    ),
}
