"""One block: a workload run ``loops`` times on a fresh event loop, timed, and checked.

Everything but the calls themselves stays outside the clock: importing, starting and closing the loop, building and
closing the alternative's state, comparing the answers, looking for leftovers. So do the first calls of a block: a turn
begins with the caches of others, and what that costs once would be more per operation the fewer loops a block has.
"""

import gc
import importlib
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from random import Random
from types import AsyncGeneratorType
from typing import Any

import patterns
from benchmarks.engine import guard
from benchmarks.engine.allocation import Group
from benchmarks.engine.disturbance import Usage, involuntary_switches
from benchmarks.engine.threads import left_running
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.nothing import Nothing, nothing
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import Once, Reading, Workload, questions


class WrongAnswerError(Exception):
    """An alternative did not return what the workload's answer says."""


class LeftoverError(Exception):
    """An alternative left tasks, threads, async generators or processes behind."""


class DisturbedError(Exception):
    """Debugging, tracing or coverage is switched on, so that no time would mean anything."""


NEVER = 10**9  # collections of a generation, before the next older one has one
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


@dataclass(frozen=True, slots=True)
class Block:
    """What one block showed: seconds by the workload's clock, and by the ``wall``'s.

    ``readings`` holds what the workload measures beside time, by name. ``used`` is what the process got of the
    processor meanwhile; None where the system does not tell.
    """

    seconds: float
    wall: float
    readings: dict[str, float]
    used: Usage | None = None


@dataclass(frozen=True, slots=True)
class _Timing:
    """What a clock said of the calls of a block, and what each of them returned."""

    seconds: float
    wall: float
    used: Usage | None
    seen: list[Any]


Timer = Callable[[Once], Awaitable[_Timing]]


@dataclass
class Bench:
    """A variant that is ready to be timed, for the next time after ``blocks``; ``seed`` fixes what the loop draws."""

    variant: Variant
    seed: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    operations_done: int = 0
    blocks: int = 0

    def __post_init__(self) -> None:
        """Import the alternative and look up its workload; raises DisturbedError where no time would mean anything."""
        refuse_disturbance()
        self.process = os.getpid()
        self.backend = BACKENDS[self.variant.backend]
        self.workload: Workload = questions(self.variant.family).workload(self.variant.workload)
        self.module = module_of(self.variant)
        self.right = self.workload.answer(self.variant.n)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What is read beside time: of a null row, which uses no limit and keeps none waiting, nothing."""
        return () if self.variant.is_null else self.workload.readings

    def block(self, loops: int, untimed: int = 1) -> Block:
        """Time ``loops`` calls after ``untimed`` ones; raises if an answer was wrong or something was left behind."""
        young = Random(f"{self.seed} {self.blocks}").randrange(gc.get_threshold()[0])
        self.blocks += 1
        with self._collecting():
            timed = self._checked(partial(_timed, loops=loops, clock=self._clock), untimed, self.variant.n, young)
        self.operations_done += loops * self.workload.operations(self.variant.n)
        evidence = [one.evidence for one in timed.seen] if self.readings else []
        readings = {one.name: one.of(evidence, self.variant.n) for one in self.readings}
        return Block(timed.seconds, timed.wall, readings, timed.used)

    def look(self, seconds: float, longest: float) -> list[Group]:
        """Time the calls of a block in groups of 1, 1, 2, 4, 8, ... from the first on, checked like any other.

        It ends with the group that fills ``seconds`` by the workload's clock or ``longest`` by the wall's, but for a
        second call where one is no longer than that.
        """
        found: list[Group] = []

        async def watched(once: Once) -> _Timing:
            seen: list[Any] = []
            calls = 1
            while not found or _goes_on(found, seconds, longest):
                timed = await _timed(once, loops=calls, clock=self._clock)
                seen += timed.seen
                found.append(Group(calls, timed.seconds / calls, timed.wall / calls))
                calls = len(seen)
            return _Timing(0.0, 0.0, None, seen)

        with self._collecting():
            self._checked(watched, 0, self.variant.n)
        self.forget()
        return found

    def watch(self, watched: Callable[[Once], Awaitable[list[Any]]], untimed: int) -> None:
        """Run a block whose calls somebody watches instead of timing them; it returns what they did.

        They come after ``untimed`` ones, and are checked like any other.
        """

        async def timer(once: Once) -> _Timing:
            return _Timing(0.0, 0.0, None, await watched(once))

        self._checked(timer, untimed, self.variant.n)
        self.forget()

    def warm_up(self, loops: int, untimed: int = 1) -> None:
        """Run a block that nobody times; beyond the middle point, or where blocks are long, one at the next smaller.

        It fills caches, touches memory that was shared until then, imports what is imported late, and is checked like
        any other block. At large n a smaller one does all that for a tenth of the work, and the first calls of the next
        block do the rest.
        """
        n = self.variant.n
        if n > MIDDLE or self.workload.block_limit:
            n = max((point for point in self.workload.scale if point < n), default=n)
        with self._collecting():
            self._checked(partial(_timed, loops=loops, clock=self._clock), untimed, n)
        self.forget()

    def _collecting(self) -> AbstractContextManager[None]:
        """What the collector does meanwhile: where blocks may be long, all that it does in production."""
        return nullcontext() if self.workload.block_limit else only_young_collections()

    @property
    def _clock(self) -> Callable[[], float]:
        return CLOCKS[self.workload.clock]

    def forget(self) -> None:
        """Nothing has been counted."""
        self.tally.clear()
        self.operations_done = 0

    def _checked(self, timer: Timer, untimed: int, n: int, young: int = 0) -> _Timing:
        right = self.right if n == self.variant.n else self.workload.answer(n)
        gc.collect()
        threads = set(threading.enumerate())
        generators = living_generators()
        processes = guard.children()
        first: list[Any]
        timed: _Timing
        run = self.backend.run_leaping if self.workload.leaps else self.backend.run
        assert run is not None, f"the clock of {self.backend.name} cannot leap: this was not to be planned"
        # What the collector finds made already. These hold nothing, so it has nothing to look at, and come before any
        # call: behind the untimed ones they took the memory that those had warmed.
        made: list[dict[object, object]] = [{} for _ in range(young)]
        first, timed = run(lambda: self._main(timer, untimed, n), self.seed)
        made.clear()
        for one in (*first, *timed.seen):
            answer = one.answer if self.workload.readings else one
            if answer != right:
                raise WrongAnswerError(f"expected {shortened(right)}, got {shortened(answer)}")
        if left := left_running(threads):
            raise LeftoverError(f"{len(left)} thread(s) left running: {', '.join(left[:3])}")
        if (extra := living_generators() - generators) > 0:
            raise LeftoverError(f"{extra} async generator(s) left open")
        if started := guard.children() - processes:
            raise LeftoverError(f"{len(started)} process(es) left, running or not waited for")
        return timed

    async def _main(self, timer: Timer, untimed: int, n: int) -> tuple[list[Any], _Timing]:
        toolkit = self.backend.toolkit
        before = toolkit.living()
        first: list[Any] = []
        apart = self.workload.fresh
        if apart:
            async with self._state(n, Counter()) as once:
                first = await _called(once, untimed)
        async with self._state(n, self.tally) as once:
            if not apart:
                counted = self.tally.copy()
                first = await _called(once, untimed)
                self.tally.clear()
                self.tally.update(counted)
            timed = await timer(once)
        if (left := toolkit.living() - before) > 0:
            raise LeftoverError(f"{left} task(s) left running")
        return first, timed

    @asynccontextmanager
    async def _state(self, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
        """What the calls of a block share; a copy of this process that comes out of them ends here."""
        async with self.workload.prepare(self.module, self.backend.toolkit, n, tally) as once:
            try:
                yield once
            finally:
                guard.end_copy(self.process)


def module_of(variant: Variant) -> Any:
    """What a workload is measured around: an alternative's module, or what stands in for it in a null row."""
    if not variant.is_null:
        return importlib.import_module(patterns.module_of(variant.family, variant.alternative))
    found = nothing(variant.family, variant.workload)
    assert isinstance(found, Nothing), found
    return found.offers


def _goes_on(found: list[Group], seconds: float, longest: float) -> bool:
    """Whether a look needs another group: a second one at least, unless one call is as long as a whole look may be."""
    if len(found) == 1:
        return found[0].wall < longest
    took = sum(one.calls * one.seconds for one in found)
    return took < seconds and sum(one.calls * one.wall for one in found) < longest


async def _called(once: Once, times: int) -> list[Any]:
    return [await once() for _ in range(times)]


async def _timed(once: Once, loops: int, clock: Callable[[], float]) -> _Timing:
    """What so many calls take by that clock, and by the wall's, and what is used of the processor meanwhile."""
    seen: list[Any] = []
    calls = range(loops)
    switches = involuntary_switches()
    began = time.perf_counter()
    cpu = time.process_time()  # within the wall's time: threads of an alternative may go on between two looks
    start = clock()
    for _ in calls:
        seen.append(await once())  # noqa: PERF401  a comprehension would be a generator frame inside the clock
    seconds = clock() - start
    cpu = time.process_time() - cpu
    wall = time.perf_counter() - began
    return _Timing(seconds, wall, _used(cpu, switches), seen)


def _used(cpu: float, switches: int | None) -> Usage | None:
    now = involuntary_switches()
    return None if now is None or switches is None else Usage(cpu, now - switches)


@contextmanager
def only_young_collections() -> Iterator[None]:
    """Put off those of the older generations, one for some ten of the young one's.

    A short block has none of them or one, whatever its share is: callbacks/churn had one in blocks four times as long,
    which seemed to cost 1 to 4 % more.
    """
    young, *older = gc.get_threshold()
    gc.set_threshold(young, NEVER, NEVER)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)


def living_generators() -> int:
    """How many async generators were begun, and have not come to their end."""
    return sum(type(thing) is AsyncGeneratorType and thing.ag_frame is not None for thing in gc.get_objects())


def refuse_disturbance() -> None:
    """Raise if this interpreter runs under a debugger, a tracer, coverage or asyncio's debug mode."""
    interpreter = getattr(sys, "monitoring", None)
    tools = [interpreter.get_tool(number) for number in range(6)] if interpreter else []
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
