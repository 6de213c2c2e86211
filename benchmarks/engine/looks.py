"""What the times of a comparison say while it is still being measured: who leaves, and what is open.

A report asks the same questions of the finished record, by the same rules, which are those of ``results.verdicts``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from statistics import fmean

import pyperf

from results.labels import parsed
from results.statistics import BAND, Estimate, launch_log_ratios
from results.verdicts import OPEN, Judgement, edge_of, judge, noise, reach

SCREENING = 2  # launches, after which rows may leave
# Half an interval this narrow is narrow enough; so is this share of what lies between the ratio and equality: that
# something takes three times as long is known well enough to within a tenth.
WIDTH = BAND / 2
SHARE = 0.1

Times = Mapping[str, Mapping[int, Sequence[float]]]  # label -> launch -> values, round by round


@dataclass(frozen=True, slots=True)
class Pair:
    """Two labels of one backend whose ratio is asked for."""

    over: str
    under: str


@dataclass(frozen=True, slots=True)
class Contender:
    """An alternative that somebody may pick: ``lacks`` names the needs that it does not keep and its caveats.

    It is ``usual`` if it suits most programs.
    """

    lane: str
    lacks: frozenset[str] = frozenset()
    usual: bool = True

    def makes_needless(self, other: "Contender") -> bool:
        """Whether nobody who could take the other would miss it, if this one were as fast."""
        return self.lane == other.lane and self.lacks <= other.lacks


@dataclass(frozen=True, slots=True)
class Readers:
    """What the readers of a comparison will ask: ``baselines`` maps a backend to the label that it is compared with.

    ``contenders`` are the labels that may be picked.
    """

    baselines: Mapping[str, str]
    contenders: Mapping[str, Contender]


NOBODY = Readers({}, {})


def log_ratios(times: Times, pair: Pair) -> list[float]:
    """One for each launch of both; the copies of a label count together, but for a twin and its original."""
    over, under = parsed(pair.over), parsed(pair.under)
    if over.twin or under.twin:
        return launch_log_ratios([times[pair.over]], [times[pair.under]])
    return launch_log_ratios(_copies(times, pair.over), _copies(times, pair.under))


def _copies(times: Times, label: str) -> list[Mapping[int, Sequence[float]]]:
    return [values for other, values in times.items() if str(parsed(other).original) == label]


def twins(times: Times) -> list[Pair]:
    """Each twin that was measured, and what it is the copy of."""
    pairs = [
        Pair(str(label), str(label.original)) for label in map(parsed, times) if label.twin and not label.environment
    ]
    return [pair for pair in pairs if pair.under in times]


def tables_of(times: Times, readers: Readers) -> dict[str, list[str]]:
    """Which rows are judged together against what: all against the baseline, those who may win against their fastest.

    That is the fastest of those that suit most programs.
    """
    tables: dict[str, list[str]] = {}
    for backend, baseline in readers.baselines.items():
        here = _rows_on(times, backend)
        if baseline not in here:
            continue
        tables[baseline] = [label for label in here if label != baseline]
        able = [label for label in here if (found := readers.contenders.get(label)) and found.usual]
        leader = min(able, key=lambda label: centre(times, Pair(label, baseline)), default=baseline)
        if leader != baseline:
            tables[leader] = [label for label in able if label not in (leader, baseline)]
    return tables


def _rows_on(times: Times, backend: str) -> list[str]:
    return [str(label) for label in map(parsed, times) if label.backend == backend and label.competes]


def needed(times: Times, playing: Collection[str], readers: Readers, played: int) -> set[str]:
    """Who of those who still play is to be in another launch after so many: ``SCREENING`` at least."""
    if played > SCREENING:
        return staying(times, tables_of(times, readers), playing)
    left = set(playing) - leaving(times, readers)
    asked = left - set(readers.baselines.values())
    return left if any(parsed(label).competes for label in asked) else set()


def leaving(times: Times, readers: Readers) -> set[str]:
    """Who may leave after the first launches: told from the baseline, and needed by nobody who picks.

    A contender is needed unless another one of its lane, which lacks nothing that it has, is clearly faster.
    """
    gone: set[str] = set()
    for baseline in readers.baselines.values():
        if baseline not in times:
            continue
        rows = [label for label in _rows_on(times, parsed(baseline).backend) if label != baseline]
        clear = [pair.over for pair, found in judged(times, rows, baseline).items() if found.coarse]
        gone |= {label for label in clear if label not in readers.contenders}
        rivals = [pair for label in clear for pair in _rival(times, label, readers)]
        found = judge({pair: log_ratios(times, pair) for pair in rivals}, edge(times, baseline))
        gone |= {pair.over for pair, one in found.items() if one.coarse and one.word == "slower"}
    return gone


def _rival(times: Times, label: str, readers: Readers) -> list[Pair]:
    """A contender, and the fastest of those that would make it needless."""
    mine = readers.contenders.get(label)
    if mine is None:
        return []
    others = [
        other
        for other in _rows_on(times, parsed(label).backend)
        if other != label and other in readers.contenders and readers.contenders[other].makes_needless(mine)
    ]
    fastest = min(others, key=lambda other: centre(times, Pair(other, label)), default=None)
    return [Pair(label, fastest)] if fastest else []


def staying(times: Times, tables: Mapping[str, Sequence[str]], playing: Collection[str]) -> set[str]:
    """Who of those who still play is needed in another launch: both sides of each pair that is wide."""
    found = wide(times, tables)
    return {label for pair in found if pair.over in playing for label in (pair.over, pair.under)}


def wide(times: Times, tables: Mapping[str, Sequence[str]]) -> set[Pair]:
    """Which pairs of these tables, and which twins, are not known well enough."""
    found = noises(times)
    for under, rows in tables.items():
        found |= judged(times, rows, under)
    return {pair for pair, one in found.items() if not narrow(one.estimate)}


def narrow(found: Estimate) -> bool:
    """Whether an interval is narrow enough. It is asked how wide it is and where, and never on which side of an edge.

    Near equality, where verdicts are made, ``WIDTH`` decides alone.
    """
    return half_width(found) <= max(WIDTH, SHARE * abs(found.centre))


def still_open(times: Times, rows: Iterable[str], under: str) -> list[Pair]:
    """The pairs that a report would call not resolved."""
    return [pair for pair, found in judged(times, rows, under).items() if found.word in OPEN]


def judged(times: Times, rows: Iterable[str], under: str) -> dict[Pair, Judgement]:
    """What a report says of each row of a table."""
    pairs = [Pair(row, under) for row in rows]
    return judge({pair: log_ratios(times, pair) for pair in pairs}, edge(times, under))


def edge(times: Times, under: str) -> float:
    """What a difference must exceed on the loop of a label, given what the twin shows there."""
    backend = parsed(under).backend
    here = noises({label: values for label, values in times.items() if parsed(label).backend == backend})
    return edge_of(max((reach(found.estimate) or 0.0 for found in here.values()), default=None))


def noises(times: Times) -> dict[Pair, Judgement]:
    """What each twin shows."""
    found = {}
    for pair in twins(times):
        rows = [label for label in _rows_on(times, parsed(pair.under).backend) if label != pair.under]
        beside = [launch_log_ratios([times[row]], [times[pair.under]]) for row in rows]
        if judgement := noise(log_ratios(times, pair), beside):
            found[pair] = judgement
    return found


def centre(times: Times, pair: Pair) -> float:
    """The ratio of a pair over all launches that both took part in; zero of a label to itself."""
    return fmean(log_ratios(times, pair) or [0.0])


def half_width(found: Estimate) -> float:
    """Half the width of an interval; infinite where there is none."""
    return (found.interval.high - found.interval.low) / 2 if found.interval else inf


def times_of(benchmarks: Iterable[pyperf.Benchmark]) -> dict[str, dict[int, Sequence[float]]]:
    """What these say of a comparison, one for each of its variants."""
    return {label_of(benchmark): by_launch(benchmark) for benchmark in benchmarks}


def label_of(benchmark: pyperf.Benchmark) -> str:
    """The variant's label: the first word of the benchmark's name."""
    return str(benchmark.get_name()).partition(" ")[0]


def by_launch(benchmark: pyperf.Benchmark) -> dict[int, Sequence[float]]:
    """The values of each launch, round by round."""
    return {int(run.get_metadata()["launch"]): run.values for run in benchmark.get_runs()}
