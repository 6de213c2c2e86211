"""The arithmetic of a verdict: pure functions, exact where exactness is possible.

The replicate is the launch, not the value: values of one process share its memory layout and its hash seed. Launches
are few, so nothing here leans on a normal distribution: the centre is the Hodges-Lehmann estimate, the interval is the
exact Wilcoxon signed-rank interval, and its level is the one it really has. Ratios live on the log scale throughout.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement
from statistics import fmean, median
from typing import TypeVar

LEVEL = 0.95
BAND = math.log(1.03)  # ratios within 3 % either way make no difference in practice
FEWEST_LAUNCHES = 6  # with five, the widest possible interval has a level of 93.75 %

Row = TypeVar("Row", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the centre lies, at ``level``: at least the level that was asked for."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A centre on the log scale; ``interval`` is None when there are too few launches for one."""

    centre: float
    interval: Interval | None
    launches: int


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """``y = scale * x ** exponent``; ``misfit`` is the largest factor by which a point is off, minus one."""

    exponent: float
    scale: float
    misfit: float


def launch_log_ratios(over: Mapping[int, Sequence[float]], under: Mapping[int, Sequence[float]]) -> list[float]:
    """One log ratio per launch that both took part in: the median over the rounds of ``log(over / under)``.

    Both map a launch to its values, round by round; rounds are paired, and one that only one of them has is left out.
    """
    return [
        median(math.log(one / other) for one, other in zip(over[launch], under[launch], strict=False))
        for launch in sorted(over.keys() & under.keys())
        if over[launch] and under[launch]
    ]


def walsh_averages(values: Sequence[float]) -> list[float]:
    """The means of all pairs, each value with itself included, in ascending order."""
    return sorted((one + other) / 2 for one, other in combinations_with_replacement(values, 2))


@cache
def _tail_counts(launches: int) -> tuple[int, ...]:
    """How many of the ``2 ** launches`` sign patterns have a positive rank sum of at most 0, 1, 2, ..."""
    ways = [1]
    for rank in range(1, launches + 1):
        longer = ways + [0] * rank
        for total, count in enumerate(ways):
            longer[total + rank] += count
        ways = longer
    tail, seen = [], 0
    for count in ways:
        seen += count
        tail.append(seen)
    return tuple(tail)


def signed_rank_tail(launches: int, at_most: int) -> float:
    """The chance that the signed-rank sum is ``at_most`` or less when the centre is zero, by counting."""
    return 0.0 if at_most < 0 else _tail_counts(launches)[at_most] / 2**launches


def estimate(values: Sequence[float], level: float = LEVEL) -> Estimate:
    """The Hodges-Lehmann estimate, the median of the Walsh averages, and its exact interval.

    Raises ``statistics.StatisticsError`` if there is no value.
    """
    averages = walsh_averages(values)
    return Estimate(median(averages), signed_rank_interval(values, level), len(values))


def signed_rank_interval(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """The narrowest pair of Walsh averages, equally far from both ends, that reaches ``level``; None if none does."""
    launches, averages = len(values), walsh_averages(values)
    cut = -1
    while 2 * signed_rank_tail(launches, cut + 1) <= 1 - level + 1e-12:
        cut += 1
    if cut < 0:
        return None
    return Interval(averages[cut], averages[-1 - cut], 1 - 2 * signed_rank_tail(launches, cut))


def two_sided_p(values: Sequence[float], centre: float) -> float:
    """The exact p of the signed-rank test that the values lie around ``centre``.

    It is the other face of ``signed_rank_interval``: at most 0.05 exactly when ``centre`` is outside the 95 % interval.
    """
    averages = walsh_averages(values)
    above = sum(average > centre for average in averages)
    below = sum(average < centre for average in averages)
    return min(1.0, 2 * signed_rank_tail(len(values), len(averages) - max(above, below)))


@cache
def _rank_sum_tail_counts(few: int, many: int) -> tuple[int, ...]:
    """Of the ways to deal ranks to two samples, how many give a Mann-Whitney count of at most 0, 1, 2, ..."""
    # ways[size][count]: subsets of the ranks seen so far, by size and by how many of the others lie below them
    ways = [[1]] + [[0] for _ in range(few)]
    for rank in range(few + many):
        for size in range(min(few, rank + 1), 0, -1):
            below = rank - (size - 1)
            taken = [0] * below + ways[size - 1]
            longer = max(len(taken), len(ways[size]))
            old = ways[size] + [0] * (longer - len(ways[size]))
            ways[size] = [one + other for one, other in zip(old, taken + [0] * (longer - len(taken)), strict=True)]
    tail, seen = [], 0
    for count in ways[few]:
        seen += count
        tail.append(seen)
    return tuple(tail[: few * many + 1])


def rank_sum_tail(few: int, many: int, at_most: int) -> float:
    """The chance that the Mann-Whitney count is ``at_most`` or less when both samples have one centre, by counting."""
    return 0.0 if at_most < 0 else _rank_sum_tail_counts(few, many)[at_most] / math.comb(few + many, few)


def shift(before: Sequence[float], after: Sequence[float], level: float = LEVEL) -> Estimate:
    """How far the second of two independent samples lies above the first: the median of all differences.

    That is the estimate of Hodges and Lehmann, with the exact interval of Mann and Whitney; None if there are too few
    values for ``level``. The samples need not be of one size; ``launches`` of the estimate is the smaller size. Raises
    ``statistics.StatisticsError`` if one is empty.
    """
    differences = sorted(late - early for early in before for late in after)
    cut = -1
    while 2 * rank_sum_tail(len(before), len(after), cut + 1) <= 1 - level + 1e-12:
        cut += 1
    interval = None
    if cut >= 0:
        reached = 1 - 2 * rank_sum_tail(len(before), len(after), cut)
        interval = Interval(differences[cut], differences[-1 - cut], reached)
    return Estimate(median(differences), interval, min(len(before), len(after)))


def shift_p(before: Sequence[float], after: Sequence[float], by: float) -> float:
    """The exact p of the rank-sum test that the second sample lies ``by`` above the first."""
    differences = [late - early for early in before for late in after]
    above = sum(difference > by for difference in differences)
    below = sum(difference < by for difference in differences)
    return min(1.0, 2 * rank_sum_tail(len(before), len(after), len(differences) - max(above, below)))


def edge_p(centre: float, band: float, p_at: Callable[[float], float]) -> float:
    """The p against the edge of the band that the centre has passed; 1 for a centre within the band."""
    return 1.0 if abs(centre) <= band else p_at(math.copysign(band, centre))


def within(found: Estimate, band: float) -> bool:
    """Whether the interval lies inside the band."""
    return found.interval is not None and found.interval.low >= -band and found.interval.high <= band


def beyond(found: Estimate, p: float, edge: float) -> bool:
    """Whether the interval lies wholly on one side of an edge, and the adjusted p agrees."""
    interval = found.interval
    return interval is not None and p <= 1 - LEVEL and (interval.low > edge or interval.high < -edge)


def holm(p_values: Mapping[Row, float]) -> dict[Row, float]:
    """Each p, adjusted so that the chance of any false alarm among them all stays at the level it is held against."""
    adjusted, highest = {}, 0.0
    for done, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        highest = max(highest, min(1.0, p * (len(p_values) - done)))
        adjusted[name] = highest
    return adjusted


def power_law(points: Mapping[int, float]) -> PowerLaw | None:
    """The least-squares line through ``(log x, log y)``; None with fewer than three points."""
    if len(points) < 3:
        return None
    logs = [(math.log(x), math.log(y)) for x, y in points.items()]
    middle_x, middle_y = fmean(x for x, _ in logs), fmean(y for _, y in logs)
    spread = sum((x - middle_x) ** 2 for x, _ in logs)
    exponent = sum((x - middle_x) * (y - middle_y) for x, y in logs) / spread
    offset = middle_y - exponent * middle_x
    misfit = max(abs(y - offset - exponent * x) for x, y in logs)
    return PowerLaw(exponent, math.exp(offset), math.expm1(misfit))


def crossing(xs: Sequence[float], first: Sequence[float], second: Sequence[float]) -> float | None:
    """Where two lines of positive values cross, straight on log-log paper between points; None if they do not."""
    gaps = [math.log(one / other) for one, other in zip(first, second, strict=True)]
    for left, right in zip(range(len(xs)), range(1, len(xs)), strict=False):
        if gaps[left] * gaps[right] < 0:
            share = gaps[left] / (gaps[left] - gaps[right])
            return math.exp(math.log(xs[left]) + share * math.log(xs[right] / xs[left]))
    return None
