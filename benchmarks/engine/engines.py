"""How a comparison is carried out: in turns (the default), or in pyperf's stock order (to cross-check)."""

import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import pyperf

from benchmarks.engine.cost import COST, Cost
from benchmarks.engine.host import Host, Hosts, kept_or_own, last_line, run_session, run_to_its_end
from benchmarks.engine.looks import NOBODY, SCREENING, Readers, Times, by_launch, needed
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.table import Failure
from benchmarks.engine.turns import Launch, Outcome
from benchmarks.plan.comparisons import Comparison
from benchmarks.plan.presets import MIDDLE, Preset
from benchmarks.plan.variants import Variant
from results.environment import ConditionsRecord

STOCK_VALUES = 3
STOCK_SECONDS = 0.4  # one process of pyperf's, before it has measured anything
STAYING = 0.6  # of the rows stay after the first look, on the reference run; the time of the others is left over
AHEAD = min(4, os.cpu_count() or 1)  # processes that get ready at the same time


@dataclass(frozen=True, slots=True)
class Terms:
    """What a comparison is measured under: about ``budget`` seconds in all, random orders drawn from ``seed``.

    No launch begins when another like the last would end after ``deadline`` (monotonic seconds). ``hang_limit`` is the
    seconds that one turn may take before its variant counts as hung, ``method`` how workers are started: fork, spawn,
    or an empty string for the best that the platform has, ``memory_limit`` the bytes that a worker may use, or 0.
    ``readers`` decide who may leave early: without any, nobody does. ``cost`` is what a launch is expected to cost.
    Who measures more than one session of a family brings ``hosts``, which are kept from one to the next.
    """

    preset: Preset
    budget: float
    seed: int
    hang_limit: float = 10.0
    method: str = ""
    deadline: float = math.inf
    memory_limit: int = 0
    readers: Readers = NOBODY
    cost: Cost = COST
    hosts: Hosts | None = None


@dataclass
class Measured:
    """What a comparison gave: one pyperf benchmark per variant that lasted, a failure for every other.

    ``readings`` maps the name of a reading to a benchmark per variant, too; ``untimed`` are the calls before the
    ``loops`` of each block, ``timed_seconds`` the wall time inside blocks, of ``seconds`` in all. ``again`` is what
    another launch would repeat, with as many rounds as the preset allows, and ``walls`` how long a block of each label
    takes; both are missing where nothing was calibrated in turns. ``conditions`` has an entry for each launch whose
    rounds were watched. ``cost`` is what the last launch was seen to cost; None where nobody looked.
    """

    benchmarks: list[pyperf.Benchmark] = field(default_factory=list)
    readings: dict[str, list[pyperf.Benchmark]] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    loops: dict[str, int] = field(default_factory=dict)
    untimed: dict[str, int] = field(default_factory=dict)
    launches: int = 0
    rounds: int = 0
    timed_seconds: float = 0.0
    seconds: float = 0.0
    again: Launch | None = None
    walls: dict[str, float] = field(default_factory=dict)
    conditions: list[ConditionsRecord] = field(default_factory=list)
    cost: Cost | None = None


def sessions(comparisons: Sequence[Comparison]) -> list[tuple[Comparison, ...]]:
    """Which comparisons share their processes, so that starting and importing is paid for once.

    The points of a workload that are equally far from the middle do, such as n = 10 and n = 1000. The middle point is
    by itself, in the order given: an interrupted run has it first.
    """
    found: dict[tuple[object, ...], list[Comparison]] = {}
    for comparison in comparisons:
        distance = max(comparison.n, MIDDLE) / min(comparison.n, MIDDLE)
        found.setdefault((comparison.family, comparison.workload, distance), []).append(comparison)
    return [tuple(together) for together in found.values()]


class Series:
    """The launches of one comparison, one after another."""

    def __init__(self, launch: Launch, readers: Readers = NOBODY) -> None:
        """The first launch is about to come; ``readers`` decide who leaves before the last."""
        self.launch = launch
        self.readers = readers
        self.measured = Measured()
        self._all = launch.variants
        self._seed = launch.seed
        self._most_rounds = launch.rounds
        self._walls: dict[str, float] = {}
        self._kept: dict[tuple[str, str], pyperf.Benchmark] = {}

    def at(self, number: int) -> Launch:
        """The launch of that number."""
        return replace(self.launch, number=number, seed=self._seed + number)

    def add(self, outcome: Outcome) -> None:
        """Keep what a launch gave; the next one is without those that failed, and repeats what the first chose."""
        measured = self.measured
        measured.failures |= {failure.label: failure for failure in outcome.failures}
        for label, texts in outcome.benchmarks.items():
            for reading, text in texts.items():
                benchmark = pyperf.Benchmark.loads(text)
                if (label, reading) in self._kept:
                    self._kept[label, reading].add_runs(benchmark)
                else:
                    self._kept[label, reading] = benchmark
        measured.launches += 1
        measured.timed_seconds += outcome.timed_seconds
        self._walls |= outcome.walls
        if outcome.conditions:
            measured.conditions.append(outcome.conditions)
        living = [variant for variant in self.launch.variants if variant.label not in measured.failures]
        self.launch = replace(
            self.launch, variants=living, rounds=outcome.rounds, loops=outcome.loops, untimed=outcome.untimed
        )

    def look(self) -> None:
        """Ask after a batch of launches who may leave: those that are hopeless, then those that are known well enough.

        The first look takes only what lies far beyond the edge, at a level of its own; the others ask how wide
        intervals are, and not what they say.
        """
        played = self.measured.launches
        if not SCREENING <= played < self.launch.launches or not self.readers.baselines:
            return
        times = {label: by_launch(kept) for (label, reading), kept in self._kept.items() if not reading}
        kept = self.needed(times, played)
        left = [variant for variant in self.launch.variants if variant.here.label in kept]
        self.launch = replace(self.launch, variants=left)

    def needed(self, times: Times, played: int) -> set[str]:
        """Whose label, of those who still play, is to be in another launch."""
        return needed(times, {variant.here.label for variant in self.launch.variants}, self.readers, played)

    def result(self) -> Measured:
        """What all launches gave together."""
        measured = self.measured
        for (label, reading), kept in self._kept.items():
            if label in measured.failures:
                continue
            if reading:
                measured.readings.setdefault(reading, []).append(kept)
            else:
                measured.benchmarks.append(kept)
                measured.loops[label] = self.launch.loops[label]
        measured.rounds = self.launch.rounds
        measured.walls = {label: self._walls[label] for label in measured.loops if self._walls}
        measured.untimed = {label: self.launch.untimed.get(label, 1) for label in measured.loops}
        lasting = [variant for variant in self._all if variant.label not in measured.failures]
        again = replace(self.launch, variants=lasting, seed=self._seed, rounds=self._most_rounds)
        measured.again = again if measured.walls else None
        return measured


def measure_in_turns(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> list[Measured]:
    """Measure the comparisons of a session in their preset's number of launches, with workers that take turns.

    Launch number k of all of them is played by the same process, one after another; each has workers of its own.
    """
    series = [
        Series(first_launch(comparison, of, len(comparisons)), of.readers)
        for comparison, of in zip(comparisons, terms, strict=True)
    ]
    return played(series, range(max(one.launch.launches for one in series)), terms[0].hosts, terms[0].deadline)


def played(
    series: Sequence[Series], numbers: range, hosts: Hosts | None = None, deadline: float = math.inf
) -> list[Measured]:
    """Play the launches of these numbers, and return what each series gave; ``hosts`` and ``deadline`` as in Terms."""
    with kept_or_own(hosts, chain.from_iterable(one.launch.variants for one in series)) as kept:
        _play_all(series, numbers, kept, deadline)
    return [one.result() for one in series]


def launch_again(launch: Launch, first: int, count: int) -> Measured:
    """Play ``count`` more launches of a comparison, numbered from ``first`` on."""
    (measured,) = played([Series(replace(launch, launches=first + count))], range(first, first + count))
    return measured


def _play_all(series: Sequence[Series], numbers: range, hosts: Hosts, deadline: float) -> None:
    took = 0.0
    for ahead in batches(numbers):
        began = CLOCK.now()
        if ahead.start > numbers.start and began + took > deadline:
            return
        playing = [one for one in series if one.launch.variants]
        if not playing:
            return
        started = time.perf_counter()
        ready = hosts.ready([playing[0].at(number) for number in ahead])
        starting = (time.perf_counter() - started) / len(ready)
        for number, host in zip(ahead, ready, strict=True):
            _play([one for one in series if number < one.launch.launches], number, host, starting)
        for one in series:
            one.look()
        took = CLOCK.now() - began


def batches(numbers: range) -> Iterator[range]:
    """The launches whose processes get ready at the same time; none goes past a moment at which rows may leave."""
    first = numbers.start
    while first < numbers.stop:
        ahead = min(AHEAD, SCREENING - first) if first < SCREENING else 1
        yield range(first, stop := min(first + ahead, numbers.stop))
        first = stop


def _play(series: list[Series], number: int, host: Host, starting: float) -> None:
    """Play launch ``number`` of every series in one process, which took ``starting`` seconds to get ready."""
    playing = [one for one in series if one.launch.variants]
    if not playing:
        return
    started = time.perf_counter()
    outcomes = run_session([one.at(number) for one in playing], host)
    for one, outcome in zip(playing, outcomes, strict=True):
        one.add(outcome)
    beside = starting + time.perf_counter() - started - sum(outcome.seconds for outcome in outcomes)
    for one, outcome in zip(playing, outcomes, strict=True):
        one.measured.seconds += outcome.seconds + beside / len(playing)
        one.measured.cost = seen(outcome, beside, one.measured.cost or one.launch.cost)


def seen(outcome: Outcome, beside: float, before: Cost) -> Cost:
    """What a launch cost, whose process took ``beside`` seconds to get ready and to end.

    What a block takes is known where the launch calibrated; the rest of a round is the gaps. What it has not shown is
    as ``before``.
    """
    workers = len(outcome.benchmarks)
    if not workers or not outcome.rounds:
        return before
    own = outcome.seconds - outcome.calibrating_seconds - outcome.round_seconds
    cost = replace(before, start=beside, worker=own / workers)
    walls = [outcome.walls[label] for label in outcome.benchmarks if label in outcome.walls]
    if len(walls) < workers:
        return cost
    gap = (outcome.round_seconds / outcome.rounds - sum(walls)) / workers
    return replace(cost, gap=max(0.0, gap))


def first_launch(comparison: Comparison, terms: Terms, sharing: int = 1) -> Launch:
    """The launch that calibrates; the later ones repeat it with what it chose."""
    preset = terms.preset
    launches = preset.launches_at(comparison.n)
    share = terms.budget / expected_launches(launches, screened=bool(terms.readers.baselines))
    return Launch(
        variants=list(comparison.variants),
        number=0,
        seed=terms.seed,
        rounds=preset.rounds,
        budget=max(0.1, share - terms.cost.of_starting(len(comparison.variants), sharing)),
        turn_limit=terms.hang_limit,
        slow_limit=preset.slow_limit,
        launches=launches,
        loops={} if preset.calibrated else {variant.label: 1 for variant in comparison.variants},
        untimed={} if preset.calibrated else {variant.label: 0 for variant in comparison.variants},
        method=terms.method,
        memory_limit=terms.memory_limit,
        waits=comparison.waits,
        cost=terms.cost,
    )


def expected_launches(launches: int, *, screened: bool) -> float:
    """How many launches of all rows a comparison will take the time of, where some may leave after the first ones."""
    if not screened or launches <= SCREENING:
        return launches
    return SCREENING + STAYING * (launches - SCREENING)


def measure_in_stock_order(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
    """Measure comparisons as pyperf does by itself: one variant after another, its processes in sequence.

    The number of processes is the preset's launches, or as many as the budget lets start, and one that calibrates;
    pyperf chooses the loops to fill the budget.
    """
    yield from map(_in_stock_order, comparisons, terms)


def _in_stock_order(comparison: Comparison, terms: Terms) -> Measured:
    started = time.perf_counter()
    variants = [variant for variant in comparison.variants if not variant.is_null]
    budget = terms.budget / len(variants)
    launches = max(1, min(terms.preset.launches_at(comparison.n), int(budget / STOCK_SECONDS) - 1))
    measured = Measured(launches=launches, rounds=STOCK_VALUES)
    share = budget / (launches + 1)
    shortest = min(0.1, max(0.001, (share - STOCK_SECONDS) / (STOCK_VALUES + 1) / 1.5))
    for variant in variants:
        benchmark = stock(variant, launches, shortest, terms.hang_limit)
        if isinstance(benchmark, Failure):
            measured.failures[variant.label] = benchmark
            continue
        measured.benchmarks.append(benchmark)
        measured.loops[variant.label] = int(benchmark.get_loops())
        measured.timed_seconds += sum(
            value * benchmark.get_loops() * benchmark.get_inner_loops() for value in benchmark.get_values()
        )
    measured.seconds = time.perf_counter() - started
    return measured


def stock(variant: Variant, processes: int, shortest: float, hang_limit: float) -> pyperf.Benchmark | Failure:
    """Measure a variant in pyperf's own processes, one after another; what went wrong where there is no result."""
    name = f"{variant.family}/{variant.workload}/{variant.alternative}@{variant.backend}"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "benchmark.json"
        command = [
            sys.executable,
            "-m",
            "benchmarks.worker",
            name,
            "--n",
            str(variant.n),
            "--output",
            str(output),
        ]
        command += [f"--processes={processes}", f"--values={STOCK_VALUES}", f"--min-time={shortest}", "--quiet"]
        limit = hang_limit + processes * (STOCK_VALUES + 2)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
            code = run_to_its_end([*command, "--tied"], errors, limit)
            if code is None:
                return Failure(variant.label, "hung", f"pyperf gave no answer within {limit:.0f} s")
            if code:
                return Failure(variant.label, "raised", last_line(errors))
        return _numbered(pyperf.Benchmark.load(str(output)), variant)


def _numbered(benchmark: pyperf.Benchmark, variant: Variant) -> pyperf.Benchmark:
    """The same benchmark with its processes numbered as launches, under the variant's own name."""
    runs = [
        pyperf.Run(
            run.values,
            warmups=run.warmups,
            metadata={**run.get_metadata(), "launch": number, "twin": variant.twin, "name": variant.benchmark},
            collect_metadata=False,
        )
        for number, run in enumerate(run for run in benchmark.get_runs() if run.values)
    ]
    return pyperf.Benchmark(runs)
