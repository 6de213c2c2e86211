"""One block: a workload run ``loops`` times on a fresh event loop, timed, and checked.

Everything but the calls themselves stays outside the clock: importing, starting and closing the loop, building and
closing the alternative's state, comparing the answers, looking for leftovers.
"""

import gc
import importlib
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import AsyncGeneratorType
from typing import Any

from benchmarks.engine import guard
from benchmarks.engine.disturbance import Usage, involuntary_switches
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import Once, Workload, questions


class WrongAnswerError(Exception):
    """An alternative did not return what the workload's answer says."""


class LeftoverError(Exception):
    """An alternative left tasks, threads, async generators or processes behind."""


class DisturbedError(Exception):
    """Debugging, tracing or coverage is switched on, so that no time would mean anything."""


CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


@dataclass(frozen=True, slots=True)
class Block:
    """What one block showed: seconds by the workload's clock, and ``wall`` seconds, which are what it cost the run.

    ``readings`` holds what the workload measures beside time, by name. ``used`` is what the process got of the
    processor meanwhile; None where the system does not tell.
    """

    seconds: float
    wall: float
    readings: dict[str, float]
    used: Usage | None = None


@dataclass
class Bench:
    """A variant that is ready to be timed, block by block; ``seed`` fixes what the loop draws at random."""

    variant: Variant
    seed: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    operations_done: int = 0

    def __post_init__(self) -> None:
        """Import the alternative and look up its workload; raises DisturbedError where no time would mean anything."""
        refuse_disturbance()
        self.process = os.getpid()
        self.backend = BACKENDS[self.variant.backend]
        self.workload: Workload = questions(self.variant.family).workload(self.variant.workload)
        self.module: Any = importlib.import_module(f"patterns.{self.variant.family}.{self.variant.alternative}")
        self.right = self.workload.answer(self.variant.n)

    def block(self, loops: int) -> Block:
        """Time ``loops`` calls; raises if an answer was wrong or something was left behind."""
        return self._block(loops, self.variant.n)

    def warm_up(self, loops: int) -> None:
        """Run half a block that nobody times, or beyond the middle point a block at the next smaller point.

        It fills caches, touches memory that was shared until then, imports what is imported late, and is checked like
        any other block. At large n a smaller one does all that for a tenth of the work.
        """
        n = self.variant.n
        if n > MIDDLE:
            self._block(loops, max((point for point in self.workload.scale if point < n), default=n))
        else:
            self._block(max(1, loops // 2), n)
        self.tally.clear()
        self.operations_done = 0

    def _block(self, loops: int, n: int) -> Block:
        right = self.right if n == self.variant.n else self.workload.answer(n)
        gc.collect()
        threads = set(threading.enumerate())
        generators = _living_generators()
        processes = guard.children()
        seconds, wall, used, seen = self.backend.run(lambda: self._main(loops, n), self.seed)
        answers = [one.answer for one in seen] if self.workload.readings else seen
        for answer in answers:
            if answer != right:
                raise WrongAnswerError(f"expected {shortened(right)}, got {shortened(answer)}")
        left = [thread.name for thread in threading.enumerate() if thread not in threads]
        if left:
            raise LeftoverError(f"{len(left)} thread(s) left running: {', '.join(left[:3])}")
        if (extra := _living_generators() - generators) > 0:
            raise LeftoverError(f"{extra} async generator(s) left open")
        if started := guard.children() - processes:
            raise LeftoverError(f"{len(started)} process(es) left, running or not waited for")
        self.operations_done += loops * self.workload.operations(n)
        readings = {one.name: one.of([each.evidence for each in seen], n) for one in self.workload.readings}
        return Block(seconds, wall, readings, used)

    async def _main(self, loops: int, n: int) -> tuple[float, float, Usage | None, list[Any]]:
        toolkit = self.backend.toolkit
        before = toolkit.living()
        async with self.workload.prepare(self.module, toolkit, n, self.tally) as once:
            try:
                timed = await _timed(once, loops, CLOCKS[self.workload.clock])
            finally:
                guard.end_copy(self.process)
        if (left := toolkit.living() - before) > 0:
            raise LeftoverError(f"{left} task(s) left running")
        return timed


async def _timed(once: Once, loops: int, clock: Callable[[], float]) -> tuple[float, float, Usage | None, list[Any]]:
    """Seconds by that clock, seconds of the wall's, what was used of the processor, and what the calls returned."""
    seen: list[Any] = []
    calls = range(loops)
    switches = involuntary_switches()
    cpu = time.process_time()
    began = time.perf_counter()
    start = clock()
    for _ in calls:
        seen.append(await once())  # noqa: PERF401  a comprehension would be a generator frame inside the clock
    seconds = clock() - start
    wall = time.perf_counter() - began
    cpu = time.process_time() - cpu
    return seconds, wall, _used(cpu, switches), seen


def _used(cpu: float, switches: int | None) -> Usage | None:
    now = involuntary_switches()
    return None if now is None or switches is None else Usage(cpu, now - switches)


def _living_generators() -> int:
    return sum(type(thing) is AsyncGeneratorType and thing.ag_frame is not None for thing in gc.get_objects())


def refuse_disturbance() -> None:
    """Raise if this interpreter runs under a debugger, a tracer, coverage or asyncio's debug mode."""
    monitoring = getattr(sys, "monitoring", None)
    tools = [monitoring.get_tool(number) for number in range(6)] if monitoring else []
    reasons = {
        "a trace function (debugger or coverage) is set": sys.gettrace() is not None,
        "a profile function is set": sys.getprofile() is not None,
        f"a monitoring tool is active: {[tool for tool in tools if tool]}": any(tools),
        "Python's development mode (-X dev, PYTHONDEVMODE) is on": sys.flags.dev_mode,
        "tracemalloc is on": "tracemalloc" in sys.modules and sys.modules["tracemalloc"].is_tracing(),
    }
    for reason, true in reasons.items():
        if true:
            raise DisturbedError(f"{reason}; switch it off to measure")


def shortened(value: object, width: int = 80) -> str:
    """A value's repr, cut to ``width`` characters."""
    text = repr(value)
    return text if len(text) <= width else f"{text[: width - 3]}..."
