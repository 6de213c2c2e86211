"""A run's times, arranged for comparing: who was measured together with whom, launch by launch."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from statistics import median
from typing import Literal, NamedTuple

from reports.reading.raw import RawFile, raw_files
from reports.reading.wording import CLOCKS
from results.frame import frame, readings, tallies
from results.labels import NOTHING, Label
from results.record import Run
from results.statistics import estimate, launch_log_ratios
from results.suite import (
    ComparisonRecord,
    WorkloadRecord,
)
from results.verdicts import Judgement, judge

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

    ``nulls`` are those of the workload around nothing, which are no rows. ``tallies`` are per operation; ``readings``
    are medians over launches of the median over rounds, by name.
    """

    record: ComparisonRecord
    times: Mapping[Variant, Launches]
    twins: Mapping[Variant, Launches] = field(default_factory=dict)
    nulls: Mapping[Variant, Launches] = field(default_factory=dict)
    tallies: Mapping[Variant, Mapping[str, float]] = field(default_factory=dict)
    readings: Mapping[Variant, Mapping[str, float]] = field(default_factory=dict)

    def log_ratios(self, over: Variant, under: Variant, launches: Launched = "all") -> list[float]:
        """One log ratio of times per launch: of all, of the planned ones, or of those beyond."""
        return launch_log_ratios(self._of(over, launches), self._of(under, launches))

    def _of(self, variant: Variant, launches: Launched) -> Launches:
        times, planned = self.times.get(variant, {}), self.record["launches"]
        if launches == "all":
            return times
        return {number: values for number, values in times.items() if (number < planned) == (launches == "planned")}

    def seconds(self, variant: Variant) -> float:
        """The time of one operation: the median over launches of the median over rounds."""
        return median(self.launch_medians(variant))

    def launch_medians(self, variant: Variant) -> list[float]:
        """The median over rounds of each launch, in the order of the launches."""
        times = self.times[variant]
        return [median(times[launch]) for launch in sorted(times) if times[launch]]

    def on(self, backend: str) -> list[Variant]:
        """The variants measured on a backend, by name."""
        return sorted(variant for variant in self.times if variant.backend == backend)

    def own_share(self, under: Variant) -> float | None:
        """The share of a row's time that is the workload's own, by the null row of its backend; None without one.

        It is the ratio of the two, measured in pairs like any other.
        """
        null = self.nulls.get(Variant(NOTHING, under.backend), {})
        ratios = launch_log_ratios(null, self.times.get(under, {}))
        return math.exp(estimate(ratios).centre) if ratios else None

    def noise(self, backend: str) -> Judgement | None:
        """The ratio of a baseline's hidden second copy to the baseline: 1, but for noise. None without a copy.

        It is that of the backend; older records have one copy, which speaks for all of them.
        """
        here = next((variant for variant in self.twins if variant.backend == backend), next(iter(self.twins), None))
        if here is None:
            return None
        return judge({here: launch_log_ratios(self.twins[here], self.times.get(here, {}))}).get(here)


@dataclass(eq=False)
class Measurements:
    """All comparisons of a run by (family, workload, n), and one line for whatever could not be used."""

    run: Run
    comparisons: dict[tuple[str, str, int], Comparison]
    problems: list[str]

    @cached_property
    def raw(self) -> list[RawFile]:
        """The files behind them, read and hashed once."""
        return raw_files(self.run)

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
    for family, workload, name in sorted(run.readings):
        for n, values in _readings(run, (family, workload, name)).items():
            if known := comparisons.get((family, workload, n)):
                read = {variant: {**known.readings.get(variant, {}), name: value} for variant, value in values.items()}
                comparisons[family, workload, n] = replace(known, readings={**known.readings, **read})
    return Measurements(run, comparisons, list(run.problems))


def _readings(run: Run, key: tuple[str, str, str]) -> dict[int, dict[Variant, float]]:
    """A reading of every variant by n; the baseline's twin is left out."""
    table = readings(replace(run, readings={key: run.readings[key]}))
    place = ["n", "alternative", "backend"]
    launches = table[~table["twin"].astype(bool)].groupby([*place, "launch"])["value"].median()
    medians = launches.groupby(place).median().reset_index()
    found: dict[int, dict[Variant, float]] = defaultdict(dict)
    for n, alternative, backend, value in zip(*(medians[name].tolist() for name in [*place, "value"]), strict=True):
        found[n][Variant(alternative, backend)] = value
    return found


def _comparisons(run: Run, key: tuple[str, str]) -> Iterator[tuple[tuple[str, str, int], Comparison]]:
    extra = {key: run.extra[key]} if key in run.extra else {}
    alone = replace(run, benchmarks={key: run.benchmarks[key]}, extra=extra)
    times: dict[int, dict[Variant, dict[int, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    twins: dict[int, dict[Variant, dict[int, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    nulls: dict[int, dict[Variant, dict[int, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    table = frame(alone)
    for n, alternative, backend, twin, launch, value in zip(*(table[name].tolist() for name in KEYS), strict=True):
        place = nulls if alternative == NOTHING else twins if twin else times
        place[n][Variant(alternative, backend)][launch].append(value)
    counted: dict[int, dict[Variant, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    table = tallies(alone)
    names = ("n", "alternative", "backend", "tally", "value")
    for n, alternative, backend, tally, value in zip(*(table[name].tolist() for name in names), strict=True):
        counted[n][Variant(alternative, backend)][tally] = float(value)
    for record in run.suite["comparisons"]:
        if (record["family"], record["workload"]) == key:
            n = record["n"]
            yield (*key, n), Comparison(record, dict(times[n]), dict(twins[n]), dict(nulls[n]), counted[n])


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
