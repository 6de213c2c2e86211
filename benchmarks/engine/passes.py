"""What is measured beside time, each in a pass of its own: what a worker does in one turn of such a pass.

No pass is timed, and none of them runs inside a block that is: a counter, tracemalloc or a bystander costs time.
"""

import gc
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.engine.blocks import Bench
from benchmarks.engine.disturbance import usage
from benchmarks.engine.work import counting
from benchmarks.plan.workloads import Once
from results.suite import ReadingRecord
from results.times import WORK

COUNTED = 2  # calls in a block whose work is counted
Values = dict[str, float]  # what one turn gave, by measure; of work by what was counted


@dataclass(frozen=True, slots=True)
class Pass:
    """Something to measure beside time.

    ``take(bench, loops)`` is one turn of a worker: a block, checked like any other, and a number for each of the
    ``measures``; ``rounds`` turns are taken in a launch. A ``fresh`` pass has a process of its own for each turn, at
    two points of the axis: what it measures is how much each operation adds.
    """

    measures: tuple[ReadingRecord, ...]
    take: Callable[[Bench, int], Values]
    rounds: int = 1
    fresh: bool = False


def work(bench: Bench, loops: int) -> Values:  # noqa: ARG001  a few calls are as good as many: counts are exact
    """What the loop is asked to do, per operation; the first call of the block is not counted."""
    counted: Counter[str] = Counter()

    async def watched(once: Once) -> list[Any]:
        with counting(bench.backend, counted, waits=bench.workload.clock == "cpu"):
            return [await once() for _ in range(COUNTED)]

    bench.watch(watched, untimed=1)
    return {name: count / COUNTED / bench.workload.operations(bench.variant.n) for name, count in counted.items()}


def stall(bench: Bench, loops: int) -> Values:
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
            while len(seen) < loops:
                await hop()
                now, has = time.perf_counter(), usage()
                gap = has.cpu - had.cpu if has and had and has.switches > had.switches else now - last
                longest, had, last = max(longest, gap), has, time.perf_counter()

        async def calls() -> None:
            for _ in range(loops):
                seen.append(await once())
                await hop()  # calls that never wait are not one long one

        await together([bystander, calls])
        return seen

    bench.watch(watched, untimed=1)
    return {"stall": longest}


def peak(bench: Bench, loops: int) -> Values:  # noqa: ARG001  one call: what is in flight, and not what was before
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
    return {"memory": float(found[0] - before)}


PASSES: Mapping[str, Pass] = {
    WORK: Pass((), work, rounds=2),
    "stall": Pass(
        ({"name": "stall", "title": "longest stall of the loop", "unit": "second", "better": "lower"},), stall, rounds=3
    ),
    "memory": Pass(
        ({"name": "memory", "title": "memory in flight", "unit": "byte", "better": "lower"},), peak, fresh=True
    ),
}
