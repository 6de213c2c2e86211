"""A run's times, arranged for comparing: who was measured together with whom, launch by launch."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from statistics import median
from typing import Any, Literal, NamedTuple

import pandas as pd

from reports.reading.raw import RawFile, raw_files
from reports.reading.wording import CLOCKS
from results.frame import frame, readings, tallies, work
from results.labels import NOTHING, Label
from results.record import Run
from results.statistics import Pool, estimate, launch_log_ratios, launch_logs, paired, pooled
from results.suite import (
    ComparisonRecord,
    WorkloadRecord,
)
from results.verdicts import Judgement, noise

KEYS = ("n", "alternative", "backend", "twin", "launch", "value")
Launches = Mapping[int, list[float]]  # launch number -> values, round by round
Launched = Literal["all", "planned", "beyond"]


class Variant(NamedTuple):
    """An alternative on a backend."""

    alternative: str
    backend: str

    @property
    def label(self) -> str:
        """As the record writes it."""
        return str(Label(*self))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A family's workload at one n: the times of every variant, taken in turns, so that any two can be paired.

    ``nulls`` are those of the workload around nothing, which are no rows. ``tallies`` are per operation, and so is
    ``work``, what a pass counted: nothing stands there for a count that varies. ``measures`` are what was measured
    beside time, by name: comparisons whose "times" are its values, so that it is judged as times are.
    """

    record: ComparisonRecord
    times: Mapping[Variant, Launches]
    twins: Mapping[Variant, Launches] = field(default_factory=dict)
    nulls: Mapping[Variant, Launches] = field(default_factory=dict)
    tallies: Mapping[Variant, Mapping[str, float]] = field(default_factory=dict)
    work: Mapping[Variant, Mapping[str, float | None]] = field(default_factory=dict)
    measures: Mapping[str, "Comparison"] = field(default_factory=dict)
    _logs: dict[tuple[Variant, Launched], Launches] = field(default_factory=dict, init=False, repr=False, compare=False)
    _ratios: dict[tuple[Variant, Variant, Launched], list[float]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _noises: dict[str, Judgement | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _seconds: dict[Variant, float] = field(default_factory=dict, init=False, repr=False, compare=False)
    _on: dict[str, list[Variant]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def log_ratios(self, over: Variant, under: Variant, launches: Launched = "all") -> list[float]:
        """One log ratio of times per launch: of all, of the planned ones, or of those beyond."""
        key = over, under, launches
        if key not in self._ratios:
            self._ratios[key] = paired(self._logs_of(over, launches), self._logs_of(under, launches))
        return self._ratios[key]

    def logs(self, variant: Variant) -> Launches:
        """The logarithms of a row, launch by launch and round by round, to be paired with those of another run."""
        return self._logs_of(variant, "all")

    def _logs_of(self, variant: Variant, launches: Launched) -> Launches:
        """Whoever is compared is compared with many."""
        key = variant, launches
        if key not in self._logs:
            self._logs[key] = launch_logs(self._of(variant, launches))
        return self._logs[key]

    def _of(self, variant: Variant, launches: Launched) -> list[Launches]:
        """What was measured of a variant, and of its twin: the mean of both is less noisy than either."""
        planned = self.record["launches"]
        return [
            times
            if launches == "all"
            else {number: values for number, values in times.items() if (number < planned) == (launches == "planned")}
            for copies in (self.times, self.twins)
            if (times := copies.get(variant, {}))
        ]

    def seconds(self, variant: Variant) -> float:
        """The time of one operation: the median over launches of the median over rounds."""
        if variant not in self._seconds:
            self._seconds[variant] = self.middle(self.times[variant])
        return self._seconds[variant]

    @staticmethod
    def middle(launches: Launches) -> float:
        """The median over launches of the median over rounds."""
        return median(median(values) for values in launches.values() if values)

    def launch_medians(self, variant: Variant) -> list[float]:
        """The median over rounds of each launch, in the order of the launches."""
        times = self.times[variant]
        return [median(times[launch]) for launch in sorted(times) if times[launch]]

    def on(self, backend: str) -> list[Variant]:
        """The variants measured on a backend, by name."""
        if backend not in self._on:
            self._on[backend] = sorted(variant for variant in self.times if variant.backend == backend)
        return self._on[backend]

    def own_share(self, under: Variant) -> float | None:
        """The share of a row's time that is the workload's own, by the null row of its backend; None without one.

        It is the ratio of the two, measured in pairs like any other.
        """
        null = self.nulls.get(Variant(NOTHING, under.backend), {})
        ratios = launch_log_ratios([null], [self.times.get(under, {})])
        return math.exp(estimate(ratios).centre) if ratios else None

    def noise(self, backend: str) -> Judgement | None:
        """The ratio of a baseline's hidden second copy to the baseline: 1, but for noise. None without a copy.

        It is that of the backend; older records have one copy, which speaks for all of them.
        """
        if backend not in self._noises:
            self._noises[backend] = self._noise(backend)
        return self._noises[backend]

    def _noise(self, backend: str) -> Judgement | None:
        here = next((variant for variant in self.twins if variant.backend == backend), next(iter(self.twins), None))
        if here is None:
            return None
        original = self.times.get(here, {})
        rows = [self.times[variant] for variant in self.on(here.backend) if variant != here]
        beside = [launch_log_ratios([row], [original]) for row in rows]
        return noise(launch_log_ratios([self.twins[here]], [original]), beside)

    def pool(self, under: Variant) -> Pool:
        """How the rows of a loop scatter against one of them."""
        return pooled([self.log_ratios(row, under) for row in self.on(under.backend) if row != under])


@dataclass(eq=False)
class Measurements:
    """All comparisons of a run by (family, workload, n), and one line for whatever could not be used.

    ``since`` says what changed since an earlier run, where one is compared with it: phrases for a row.
    """

    run: Run
    comparisons: dict[tuple[str, str, int], Comparison]
    problems: list[str]
    since: Mapping[tuple[str, str, int, Variant], tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def raw(self) -> list[RawFile]:
        """The files behind them, read and hashed once."""
        return raw_files(self.run)

    @cached_property
    def elsewhere(self) -> dict[str, "Measurements"]:
        """The same of the other environments that took turns in its launches, by name."""
        return {name: measurements(run) for name, run in self.run.elsewhere.items()}

    def of(self, family: str, workload: str) -> dict[int, Comparison]:
        """The comparisons of one workload by n, in ascending order."""
        return self._by_workload.get((family, workload), {})

    @cached_property
    def _by_workload(self) -> dict[tuple[str, str], dict[int, Comparison]]:
        found: defaultdict[tuple[str, str], dict[int, Comparison]] = defaultdict(dict)
        for (family, workload, n), entry in sorted(self.comparisons.items(), key=itemgetter(0)):
            found[family, workload][n] = entry
        return dict(found)


def measurements(run: Run) -> Measurements:
    """Arrange a run; what could not be used of it is named in ``problems``, the rest is kept."""
    comparisons: dict[tuple[str, str, int], Comparison] = {}
    for key in sorted(run.benchmarks):
        comparisons |= _comparisons(run, key)
    return Measurements(run, comparisons, list(run.problems))


@dataclass
class _Values:
    """Values by n, variant and launch: of rows, of baselines' further copies, of workloads around nothing."""

    rows: dict[int, dict[Variant, dict[int, list[float]]]] = field(default_factory=dict)
    twins: dict[int, dict[Variant, dict[int, list[float]]]] = field(default_factory=dict)
    nulls: dict[int, dict[Variant, dict[int, list[float]]]] = field(default_factory=dict)

    def add(self, n: int, alternative: str, backend: str, twin: bool, launch: int, value: float) -> None:
        """One more."""
        place = self.nulls if alternative == NOTHING else self.twins if twin else self.rows
        variants = place.setdefault(n, {})
        variants.setdefault(Variant(alternative, backend), {}).setdefault(launch, []).append(value)

    def at(self, record: ComparisonRecord, **beside: Any) -> Comparison:
        """The comparison at a record's point."""
        n = record["n"]
        return Comparison(record, self.rows.get(n, {}), self.twins.get(n, {}), self.nulls.get(n, {}), **beside)


def _comparisons(run: Run, key: tuple[str, str]) -> Iterator[tuple[tuple[str, str, int], Comparison]]:
    alone = _part(run, key)
    times, measures = _Values(), defaultdict[str, _Values](_Values)
    for row in _listed(frame(alone), KEYS):
        times.add(*row)
    for *place, name in _listed(readings(alone), (*KEYS, "reading")):
        measures[name].add(*place)
    tallied, counted = _tallies(tallies(alone)), _tallies(work(alone))
    for record in run.suite["comparisons"]:
        if (record["family"], record["workload"]) == key:
            n = record["n"]
            beside = {name: values.at(record) for name, values in measures.items() if n in values.rows}
            shown = {
                variant: {name: None if math.isnan(count) else count for name, count in found.items()}
                for variant, found in counted[n].items()
            }
            yield (*key, n), times.at(record, tallies=tallied[n], work=shown, measures=beside)


def _part(run: Run, key: tuple[str, str]) -> Run:
    """A run that holds nothing but one workload."""
    of_it = {name: suite for name, suite in run.readings.items() if name[:2] == key}
    return replace(
        run,
        benchmarks={key: run.benchmarks[key]},
        extra={key: run.extra[key]} if key in run.extra else {},
        readings=of_it,
        extra_readings={name: run.extra_readings[name] for name in of_it if name in run.extra_readings},
    )


def _listed(table: pd.DataFrame, names: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a frame, of these columns."""
    return zip(*(table[name].tolist() for name in names), strict=True)


def _tallies(table: pd.DataFrame) -> Mapping[int, dict[Variant, dict[str, float]]]:
    """What was counted, by n and variant."""
    found: dict[int, dict[Variant, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for n, alternative, backend, name, value in _listed(table, ("n", "alternative", "backend", "tally", "value")):
        found[n][Variant(alternative, backend)][name] = float(value)
    return found


def clock_of(record: WorkloadRecord) -> str:
    """What the times of a workload are: "time", or "processor time"."""
    clock = record.get("clock", "wall")
    return CLOCKS.get(clock, f"{clock} time")


def primary(points: Iterable[int]) -> int | None:
    """The point of the axis that verdicts speak of: 100 where it was measured, else the middle one."""
    ordered = sorted(points)
    if not ordered:
        return None
    return 100 if 100 in ordered else ordered[(len(ordered) - 1) // 2]
