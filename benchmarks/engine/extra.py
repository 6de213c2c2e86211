"""Extra launches: what is left of the time goes to the comparisons whose verdicts are open, and to their rows only.

After the planned launches each comparison is looked at once. A row stays in play unless its interval is narrow already,
or so far from the band that no further launch will bring it back. From then on a row leaves when its interval is narrow
enough, never because a test came out one way or the other: stopping at the first significant look would find
differences that are not there. Which comparison is served next depends on how many verdicts are open and on what a
launch costs.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

import pyperf

from benchmarks.engine.allocation import choose_rounds
from benchmarks.engine.cost import COST
from benchmarks.engine.engines import AHEAD, Measured, launch_again
from benchmarks.engine.turns import Launch
from benchmarks.plan.comparisons import Comparison
from results.labels import parsed
from results.statistics import BAND, Estimate, beyond, estimate, launch_log_ratios
from results.verdicts import OPEN, Judgement, edge_of, judge, reach

WIDTH = BAND / 3  # half an interval this narrow is narrow enough
CLEAR = 2  # times the edge: an interval wholly beyond is clear, so far off that the first look spends no error
LAUNCH_SECONDS = 1.4  # of rounds in an extra launch: more than twice what starting it takes
# A disturbed block spoils its round, one in four where neighbours are loud. The median of five shrugs two of them off;
# of two or three rounds it does not, and such a launch says nothing about a few percent.
FEWEST_ROUNDS = 5
# What a launch may settle counts; a row that has its word and is only wide still counts for something.
WORTH_OPEN, WORTH_WIDE = 1.0, 0.1
MOST = 4  # times the planned launches: what is not narrow by then sits on an edge

Times = Mapping[str, Mapping[int, Sequence[float]]]  # label -> launch -> values, round by round


@dataclass(frozen=True, slots=True)
class Pair:
    """Two labels of one backend whose ratio is asked for."""

    over: str
    under: str


@dataclass
class Standing:
    """A comparison after its planned launches: what is in play, and what each further launch would repeat.

    ``walls`` is what a block of each label takes, in seconds; ``tables`` maps a label to the rows that are judged
    against it together; ``seconds`` and ``timed_seconds`` are what the extra launches took.
    """

    comparison: Comparison
    launch: Launch
    walls: Mapping[str, float]
    times: dict[str, dict[int, Sequence[float]]]
    tables: dict[str, list[str]]
    pairs: list[Pair]
    next_number: int
    played: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    timed_seconds: float = 0.0
    _worth: dict[int, float] = field(default_factory=dict, repr=False)

    def wide(self) -> list[Pair]:
        """The pairs whose interval is not narrow yet."""
        if self.next_number >= MOST * self.launch.launches:
            return []
        return [pair for pair in self.pairs if half_width(estimated(self.times, pair)) > WIDTH]

    @property
    def worth(self) -> float:
        """How much another launch may do per second: open verdicts count, and the first launches narrow most.

        It is computed once for each number of launches: all comparisons are asked for it before each batch.
        """
        if self.next_number not in self._worth:
            self._worth = {self.next_number: self._worth_now()}
        return self._worth[self.next_number]

    def _worth_now(self) -> float:
        wide = self.wide()
        if not wide:
            return 0.0
        opened = {pair for under, rows in self.tables.items() for pair in still_open(self.times, rows, under)}
        gain = sum(WORTH_OPEN if pair in opened else WORTH_WIDE for pair in wide)
        return gain / self.next_number / self.seconds_of(self.next_launch())

    def seconds_of(self, launch: Launch) -> float:
        """What a launch of some of the rows will probably take."""
        return COST.of_launch({label: self.walls[label] for label in launch.loops}, launch.rounds)

    def next_launch(self) -> Launch:
        """The launch that holds the rows which are still in play, and what they are compared with."""
        wide = self.wide()
        wanted = {label for pair in wide for label in (pair.over, pair.under)}
        variants = [variant for variant in self.launch.variants if variant.label in wanted]
        round_seconds = COST.of_round(self.walls[variant.label] for variant in variants)
        most = self.launch.rounds
        rounds = max(min(FEWEST_ROUNDS, most), choose_rounds(LAUNCH_SECONDS, round_seconds, most))
        loops = {variant.label: self.launch.loops[variant.label] for variant in variants}
        return replace(self.launch, variants=variants, loops=loops, rounds=rounds)

    def add(self, measured: Measured, launches: int) -> None:
        """Keep what a batch of launches gave."""
        for benchmark in measured.benchmarks:
            label = label_of(benchmark)
            self.times[label] |= by_launch(benchmark)
            self.played[label] = self.played.get(label, 0) + launches
        lost = set(measured.failures)
        self.pairs = [pair for pair in self.pairs if lost.isdisjoint((pair.over, pair.under))]
        self.next_number += launches
        self.seconds += measured.seconds
        self.timed_seconds += measured.timed_seconds


def standing(
    comparison: Comparison, again: Launch, measured: Measured, baselines: Mapping[str, str], eligible: Collection[str]
) -> Standing:
    """Look at a comparison once, after its planned launches.

    ``again`` is what another launch would repeat, ``baselines`` maps a backend to the label that it is compared with,
    ``eligible`` are the labels that may be recommended: the fastest of them must be told from the others.
    """
    times = {label_of(benchmark): by_launch(benchmark) for benchmark in measured.benchmarks}
    tables = tables_of(times, baselines, eligible)
    pairs = [pair for under, rows in tables.items() for pair in unclear(times, rows, under)]
    pairs += [pair for pair in twins(times) if half_width(estimated(times, pair)) > WIDTH]
    return Standing(comparison, again, measured.walls, times, tables, pairs, measured.launches)


def twins(times: Times) -> list[Pair]:
    """Each twin that was measured, and what it is the copy of."""
    pairs = [Pair(str(label), str(label.original)) for label in map(parsed, times) if label.twin]
    return [pair for pair in pairs if pair.under in times]


def tables_of(times: Times, baselines: Mapping[str, str], eligible: Collection[str]) -> dict[str, list[str]]:
    """Which rows are judged together against what: all against the baseline, the eligible against their fastest."""
    tables: dict[str, list[str]] = {}
    for backend, baseline in baselines.items():
        here = [str(label) for label in map(parsed, times) if label.backend == backend and label.competes]
        if baseline not in here:
            continue
        tables[baseline] = [label for label in here if label != baseline]
        able = [label for label in here if label in eligible]
        leader = min(able, key=lambda label: estimated(times, Pair(label, baseline)).centre, default=baseline)
        if leader != baseline:
            tables[leader] = [label for label in able if label not in (leader, baseline)]
    return tables


def unclear(times: Times, rows: Iterable[str], under: str) -> list[Pair]:
    """The pairs that are neither narrow nor clear after the planned launches."""
    far = CLEAR * edge(times, under)
    return [
        pair
        for pair, found in judged(times, rows, under).items()
        if not (half_width(found.estimate) <= WIDTH or beyond(found.estimate, found.p, far))
    ]


def still_open(times: Times, rows: Iterable[str], under: str) -> list[Pair]:
    """The pairs that a report would call not resolved."""
    return [pair for pair, found in judged(times, rows, under).items() if found.word in OPEN]


def judged(times: Times, rows: Iterable[str], under: str) -> dict[Pair, Judgement]:
    """What a report says of each row of a table."""
    return judge({Pair(row, under): launch_log_ratios(times[row], times[under]) for row in rows}, edge(times, under))


def edge(times: Times, under: str) -> float:
    """What a difference must exceed on the loop of a label, given what the twin shows there."""
    backend = parsed(under).backend
    here = [estimated(times, pair) for pair in twins(times) if parsed(pair.under).backend == backend]
    return edge_of(max((reach(found) or 0.0 for found in here), default=None))


def estimated(times: Times, pair: Pair) -> Estimate:
    """The ratio of a pair over all launches that both took part in; zero of a label to itself."""
    return estimate(launch_log_ratios(times[pair.over], times[pair.under]) or [0.0])


def half_width(found: Estimate) -> float:
    """Half the width of an interval; infinite where there is none."""
    return (found.interval.high - found.interval.low) / 2 if found.interval else inf


def most_worth(standings: Iterable[Standing]) -> Standing | None:
    """The comparison that gets the next launches; None when all are narrow enough."""
    best = max(standings, key=lambda one: one.worth, default=None)
    return best if best and best.worth > 0 else None


def play(one: Standing, left: float) -> Measured | None:
    """Play a batch of launches of a comparison; None if not even one fits into the seconds that are left."""
    launch = one.next_launch()
    count = min(AHEAD, int(left / one.seconds_of(launch)))
    if count < 1:
        return None
    measured = launch_again(launch, one.next_number, count)
    one.add(measured, count)
    return measured


def label_of(benchmark: pyperf.Benchmark) -> str:
    """The variant's label: the first word of the benchmark's name."""
    return str(benchmark.get_name()).partition(" ")[0]


def by_launch(benchmark: pyperf.Benchmark) -> dict[int, Sequence[float]]:
    """The values of each launch, round by round."""
    return {int(run.get_metadata()["launch"]): run.values for run in benchmark.get_runs()}
