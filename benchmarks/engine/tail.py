"""The slowest 1 %: latency from the moment at which an operation should have begun, whatever kept it from beginning.

Who waits for an answer before asking again asks less often while something is slow, and does not see it. Here a
schedule that was drawn before says when the next operation arrives.
"""

import copy
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from statistics import fmean
from typing import Any

from benchmarks.engine.blocks import Bench
from benchmarks.plan.arrivals import Arrivals, Operate, arrivals
from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once
from results.coherence import EVENTS
from results.labels import parsed

BUSY = 0.5  # of what the slowest row can do, is what arrives
MANY = 200  # operations that arrive at once, to see what a row can do
LOOKS = 3
FARTHEST = 3.0  # times the fastest row's time for one; whoever takes longer cannot take what the others can


@dataclass
class Flow:
    """Operations that arrive, and end: their latencies in seconds, and how many are under way at a time.

    ``used`` is the processor's time for all of them, in seconds.
    """

    began: float
    latencies: list[float] = field(default_factory=list)
    used: float = 0.0
    wrong: int = 0
    under_way: int = 0
    waited: float = 0.0  # seconds, summed over all that were under way
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        """Nothing has arrived."""
        self._until = self.began

    @property
    def lasted(self) -> float:
        """Seconds from the beginning to the last arrival or end."""
        return self._until - self.began

    def arrive(self, due: float, now: float) -> None:
        """One more is under way, since it was due."""
        self._pass(now)
        self.under_way += 1
        self.waited += now - due

    def end(self, due: float, now: float, right: bool) -> None:
        """One has ended."""
        self._pass(now)
        self.under_way -= 1
        self.latencies.append(now - due)
        self.wrong += not right

    def _pass(self, now: float) -> None:
        self.waited += self.under_way * (now - self._until)
        self._until = now


def schedule(rate: float, seed: int) -> list[float]:
    """When operations arrive, in seconds from the start: independently of each other, so many per second on average."""
    draws = random.Random(seed)
    return list(accumulate(draws.expovariate(rate) for _ in range(EVENTS)))


async def flow_of(operate: Operate, toolkit: Toolkit, due: Sequence[float]) -> Flow:
    """Let operations arrive at their moments, whether or not others have ended; whoever is late starts at once.

    No timer is asked for: some loops round them to milliseconds.
    """
    cpu, start = time.process_time(), time.perf_counter()
    flow = Flow(start)

    async def one(number: int, moment: float) -> None:
        right = await operate(number)
        flow.end(moment, time.perf_counter(), right)

    async with toolkit.crowd() as begin:
        for number, moment in enumerate(due):
            while (now := time.perf_counter()) - start < moment:
                await toolkit.hop()
            flow.arrive(start + moment, now)
            begin(partial(one, number, start + moment))
    flow.used = time.process_time() - cpu
    return flow


def asked(bench: Bench, due: Sequence[float]) -> Flow:
    """A block of operations that arrive; raises if an answer was wrong or something was left behind."""
    known = arrivals(bench.variant.family, bench.variant.workload)
    assert isinstance(known, Arrivals), known
    found: list[Flow] = []

    @asynccontextmanager
    async def prepare(offers: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
        async with known.prepare(offers, toolkit, n) as operate:

            async def once() -> int:
                found.append(await flow_of(operate, toolkit, due))
                return found[-1].wrong

            yield once

    async def watched(once: Once) -> list[Any]:
        return [await once()]

    arriving = copy.copy(bench)
    arriving.workload = replace(bench.workload, prepare=prepare, answer=lambda _: 0, readings=(), fresh=False)
    arriving.right = 0
    arriving.watch(watched, untimed=0)
    return found[0]


def look(bench: Bench) -> float:
    """Seconds of the processor for one operation when many arrive at once: the shortest of a few looks."""
    return min(asked(bench, [0.0] * MANY).used for _ in range(LOOKS)) / MANY


def rates(looked: Mapping[str, float]) -> dict[str, float]:
    """Arrivals per second for each label that can take them: on a loop the same for all, by the slowest of them."""
    found: dict[str, float] = {}
    for backend in {parsed(label).backend for label in looked}:
        here = {label: seconds for label, seconds in looked.items() if parsed(label).backend == backend}
        fastest = min((seconds for label, seconds in here.items() if parsed(label).competes), default=0.0)
        able = {label: seconds for label, seconds in here.items() if seconds <= FARTHEST * fastest}
        found |= dict.fromkeys(able, BUSY / max(able.values(), default=1.0))
    return found


def latencies(bench: Bench, rate: float, seed: int) -> dict[str, float]:
    """One block: half of all operations took no longer than the first, 95 and 99 of a hundred than the next two."""
    flow = asked(bench, schedule(rate, seed))
    ordered = sorted(flow.latencies)
    return {
        "p50": ordered[EVENTS // 2 - 1],
        "p95": ordered[EVENTS * 95 // 100 - 1],
        "p99": ordered[EVENTS * 99 // 100 - 1],
        "mean": fmean(ordered),
        "arrivals": EVENTS / flow.lasted,
        "in_flight": flow.waited / flow.lasted,
    }
