"""Extra launches: what is left of the time goes to the comparisons whose verdicts are open, and to their rows only.

After the planned launches each comparison is looked at once. A row stays in play unless its interval is narrow already,
or so far from the band that no further launch will bring it back. From then on a row leaves when its interval is narrow
enough, never because a test came out one way or the other: stopping at the first significant look would find
differences that are not there. Which comparison is served next depends on how many verdicts are open and on what a
launch costs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchmarks.engine.allocation import choose_rounds
from benchmarks.engine.engines import AHEAD, Measured, launch_again
from benchmarks.engine.looks import (
    Pair,
    Readers,
    Times,
    by_launch,
    edge,
    judged,
    label_of,
    narrow,
    noises,
    still_open,
    tables_of,
    times_of,
    wide,
)
from benchmarks.engine.turns import Launch
from benchmarks.plan.comparisons import Comparison
from results.statistics import beyond
from results.verdicts import FAR

LAUNCH_SECONDS = 1.4  # of rounds in an extra launch: more than twice what starting it takes
# A disturbed block spoils its round, one in four where neighbours are loud. The median of five shrugs two of them off;
# of two or three rounds it does not, and such a launch says nothing about a few percent.
FEWEST_ROUNDS = 5
# What a launch may settle counts; a row that has its word and is only wide still counts for something.
WORTH_OPEN, WORTH_WIDE = 1.0, 0.1
MOST = 4  # times the planned launches: what is not narrow by then sits on an edge


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
        found = wide(self.times, self.tables)
        return [pair for pair in self.pairs if pair in found]

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
        return launch.cost.of_launch({label: self.walls[label] for label in launch.loops}, launch.rounds)

    def next_launch(self) -> Launch:
        """The launch that holds the rows which are still in play, and what they are compared with."""
        wide = self.wide()
        wanted = {label for pair in wide for label in (pair.over, pair.under)}
        variants = [variant for variant in self.launch.variants if variant.label in wanted]
        round_seconds = self.launch.cost.of_round(self.walls[variant.label] for variant in variants)
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


def standing(comparison: Comparison, again: Launch, measured: Measured, readers: Readers) -> Standing:
    """Look at a comparison once, after its planned launches; ``again`` is what another launch would repeat."""
    times = times_of(measured.benchmarks)
    tables = tables_of(times, readers)
    pairs = [pair for under, rows in tables.items() for pair in unclear(times, rows, under)]
    pairs += [pair for pair, found in noises(times).items() if not narrow(found.estimate)]
    return Standing(comparison, again, measured.walls, times, tables, pairs, measured.launches)


def unclear(times: Times, rows: Iterable[str], under: str) -> list[Pair]:
    """The pairs that are neither narrow nor clear after the planned launches.

    A pair wholly beyond so many times the edge is clear: so far off that the look spends no error.
    """
    far = FAR * edge(times, under)
    return [
        pair
        for pair, found in judged(times, rows, under).items()
        if not (narrow(found.estimate) or beyond(found.estimate, found.p, far))
    ]


def most_worth(standings: Iterable[Standing]) -> Standing | None:
    """The comparison that gets the next launches; None when all are narrow enough."""
    best = max(standings, key=lambda one: one.worth, default=None)
    return best if best and best.worth > 0 else None


def next_batch(one: Standing, left: float) -> tuple[Launch, int] | None:
    """The next launches of a comparison, and how many; None if not even one fits into the seconds that are left."""
    launch = one.next_launch()
    count = min(AHEAD, int(left / one.seconds_of(launch)))
    return (launch, count) if count >= 1 else None


def play(one: Standing, left: float) -> Measured | None:
    """Play a batch of launches of a comparison; None if not even one fits into the seconds that are left."""
    if not (batch := next_batch(one, left)):
        return None
    launch, count = batch
    measured = launch_again(launch, one.next_number, count)
    one.add(measured, count)
    return measured
