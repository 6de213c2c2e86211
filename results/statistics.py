"""The arithmetic of a verdict: pure functions.

The replicate is the launch, not the value: values of one process share its memory layout and its hash seed. Launches
are few, so the variance of a row's launches is shrunk towards that of its table (a *moderated* t, after Smyth 2004):
the rows of a table are measured by the same means at the same moments, and five launches of one say little about how
much they scatter. Where there are launches enough, exact signed ranks, which need no distribution, are the cross-check.
Ratios live on the log scale throughout.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from itertools import combinations_with_replacement
from operator import sub
from statistics import fmean, median
from types import ModuleType
from typing import TypeVar

LEVEL = 0.95
COARSE_LEVEL = 0.99  # of what two launches say
BAND = math.log(1.03)  # ratios within 3 % either way make no difference in practice
FEWEST_LAUNCHES = 3  # below that, only what is far off can be told
FEWEST_FOR_RANKS = 6  # launches: with five, the widest possible exact interval has a level of 93.75 %

# What a table can say at most of how one of its rows scatters, in degrees of freedom, and how much of that its rows
# share, because they share the baseline. Of simulated tables of 2 to 12 rows and 2 to 10 launches, with normal noise or
# long tails, 1.8 to 5.6 % of the 95 % intervals missed; of a row three times as noisy as the others, 5 to 11 %.
MOST_WEIGHT = 8.0
SHARED = 0.25

Row = TypeVar("Row", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the centre lies, at ``level``: at least the level that was asked for."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A centre on the log scale; ``interval`` is None when one launch is all there is."""

    centre: float
    interval: Interval | None
    launches: int


@dataclass(frozen=True, slots=True)
class Pool:
    """How the rows of a table scatter: the variance of a typical one, worth ``weight`` degrees of freedom."""

    variance: float = 0.0
    weight: float = 0.0


ALONE = Pool()


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """``y = scale * x ** exponent``; ``misfit`` is the largest factor by which a point is off, minus one."""

    exponent: float
    scale: float
    misfit: float


Launches = Mapping[int, Sequence[float]]  # launch -> values, round by round


def launch_log_ratios(over: Sequence[Launches], under: Sequence[Launches]) -> list[float]:
    """One log ratio per launch that both took part in: the median over the rounds of ``log(over / under)``.

    Either side is one or several copies of the same code, whose mean counts. Rounds are paired, and one that not all
    of them have is left out; so is a copy that lacks a launch in which another took part.
    """
    return paired(launch_logs(over), launch_logs(under))


def launch_logs(copies: Sequence[Launches]) -> dict[int, list[float]]:
    """The logarithms of copies of the same code, launch by launch: of each round, the mean over the copies."""
    launches = sorted({launch for values in copies for launch in values if values[launch]})
    return {launch: _mean_logs(copies, launch) for launch in launches}


def paired(over: Launches, under: Launches) -> list[float]:
    """The same from logarithms: who asks for many ratios takes those of each side once."""
    return [median(map(sub, over[launch], under[launch])) for launch in over if launch in under]


def _mean_logs(copies: Iterable[Launches], launch: int) -> list[float]:
    """Of each round, the mean over the copies."""
    taken = [[math.log(value) for value in values[launch]] for values in copies if values.get(launch)]
    return taken[0] if len(taken) == 1 else [fmean(together) for together in zip(*taken, strict=False)]


def pooled(samples: Iterable[Sequence[float]]) -> Pool:
    """How the rows of a table scatter, whose log ratios these are, one per launch.

    The variance is the median of the rows', each divided by what a variance of 1 shows in so few launches, at the
    median. The weight grows with rows and launches. It stays below ``MOST_WEIGHT``, since rows differ, and below what
    so many rows with a baseline in common can tell.
    """
    rows = [(variance(values), len(values) - 1) for values in samples if len(values) > 1]
    if len(rows) < 2:
        return ALONE
    others = len(rows) - 1
    told = others * fmean(free for _, free in rows) / (1 + others * SHARED)
    typical = median(found / (1 - 2 / (9 * free)) ** 3 for found, free in rows)
    return Pool(typical, MOST_WEIGHT * told / (MOST_WEIGHT + told))


def variance(values: Sequence[float]) -> float:
    """That of a sample of two or more; the standard library's works with fractions, and takes ten times as long."""
    centre = fmean(values)
    return math.fsum([(value - centre) ** 2 for value in values]) / (len(values) - 1)


@dataclass(frozen=True, slots=True)
class _Moderated:
    """The mean of a row's launches, its standard error, and the degrees of freedom of that."""

    centre: float
    error: float
    freedom: float


def _moderated(values: Sequence[float], pool: Pool) -> _Moderated:
    """The pool counts less for a row that scatters more than it says: such a row must not borrow a narrow interval."""
    free, own = len(values) - 1, variance(values)
    weight = pool.weight if own <= pool.variance else pool.weight * pool.variance / own
    shrunk = (free * own + weight * pool.variance) / (free + weight)
    return _Moderated(fmean(values), math.sqrt(shrunk / len(values)), free + weight)


def estimate(values: Sequence[float], pool: Pool = ALONE, level: float = LEVEL) -> Estimate:
    """The mean of one row's log ratios, and its interval by the moderated t.

    Raises ``statistics.StatisticsError`` if there is no value.
    """
    if len(values) < 2:
        return Estimate(fmean(values), None, len(values))
    found = _moderated(values, pool)
    half = found.error * _quantile(found.freedom, (1 + level) / 2)
    return Estimate(found.centre, Interval(found.centre - half, found.centre + half, level), len(values))


def centre_p(values: Sequence[float], centre: float, pool: Pool = ALONE) -> float:
    """The p of the moderated t test that the values lie around ``centre``, both sides; 1 for a single value.

    It is the other face of ``estimate``: at most 0.05 exactly when ``centre`` is outside the 95 % interval.
    """
    if len(values) < 2:
        return 1.0
    found = _moderated(values, pool)
    return _tails(found.centre - centre, found.error, found.freedom)


def _tails(distance: float, error: float, freedom: float) -> float:
    """The chance of a t as large as this, on both sides."""
    if not error:
        return float(not distance)
    return 2 * _below(freedom, -abs(distance) / error)


@lru_cache(maxsize=10_000)  # most rows of a table have the same freedom
def _quantile(freedom: float, level: float) -> float:
    """The t below which there is so much of the distribution."""
    return float(_special().stdtrit(freedom, level))


def _below(freedom: float, t: float) -> float:
    """How much of the distribution there is below a t."""
    return float(_special().stdtr(freedom, t))


@cache
def _special() -> ModuleType:
    """It takes most of the time that a command needs to start, and most commands judge nothing."""
    return import_module("scipy.special")


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


def signed_rank_interval(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """The narrowest pair of Walsh averages, equally far from both ends, that reaches ``level``; None if none does."""
    launches, averages = len(values), walsh_averages(values)
    cut = -1
    while 2 * signed_rank_tail(launches, cut + 1) <= 1 - level + 1e-12:
        cut += 1
    if cut < 0:
        return None
    return Interval(averages[cut], averages[-1 - cut], 1 - 2 * signed_rank_tail(launches, cut))


def shift(before: Sequence[float], after: Sequence[float], pools: tuple[Pool, Pool] = (ALONE, ALONE)) -> Estimate:
    """How far the mean of the second of two independent rows lies above that of the first, with its interval.

    Each has the pool of its own table; the degrees of freedom are Welch's. ``launches`` is the smaller size; without
    two launches of both there is no interval. Raises ``statistics.StatisticsError`` if one is empty.
    """
    launches = min(len(before), len(after))
    if launches < 2:
        return Estimate(fmean(after) - fmean(before), None, launches)
    moved = _moved(before, after, pools)
    half = moved.error * _quantile(moved.freedom, (1 + LEVEL) / 2)
    return Estimate(moved.centre, Interval(moved.centre - half, moved.centre + half, LEVEL), launches)


def shift_p(
    before: Sequence[float], after: Sequence[float], by: float, pools: tuple[Pool, Pool] = (ALONE, ALONE)
) -> float:
    """The p of the test that the second row lies ``by`` above the first: the other face of ``shift``."""
    if min(len(before), len(after)) < 2:
        return 1.0
    moved = _moved(before, after, pools)
    return _tails(moved.centre - by, moved.error, moved.freedom)


def _moved(before: Sequence[float], after: Sequence[float], pools: tuple[Pool, Pool]) -> _Moderated:
    early, late = _moderated(before, pools[0]), _moderated(after, pools[1])
    squares = early.error**2, late.error**2
    error = math.sqrt(sum(squares))
    parts = squares[0] ** 2 / early.freedom + squares[1] ** 2 / late.freedom
    return _Moderated(late.centre - early.centre, error, sum(squares) ** 2 / parts if parts else early.freedom)


def edge_p(centre: float, band: float, p_at: Callable[[float], float]) -> float:
    """The p against the edge of the band that the centre has passed; 1 for a centre within the band."""
    return 1.0 if abs(centre) <= band else p_at(math.copysign(band, centre))


def within(found: Estimate, band: float) -> bool:
    """Whether the interval lies inside the band."""
    return found.interval is not None and found.interval.low >= -band and found.interval.high <= band


def beyond(found: Estimate, p: float, edge: float) -> bool:
    """Whether the interval lies wholly on one side of an edge, and the adjusted p agrees at its level."""
    interval = found.interval
    return interval is not None and p <= 1 - interval.level and (interval.low > edge or interval.high < -edge)


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
