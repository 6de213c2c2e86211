"""How cost grows with n: fitted exponents, and where one line overtakes another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from reports.reading.floor import floor
from reports.reading.measured import Comparison, Variant
from reports.reading.wording import MINUS, significant
from results.statistics import Interval, crossing, estimate, power_law
from results.verdicts import judge

BENT = 0.25  # a point this far off the line: the exponent is a summary, not a law


@dataclass(frozen=True, slots=True)
class Growth:
    """The time of one operation as a power of n."""

    points: tuple[tuple[int, float], ...]
    exponent: float
    interval: Interval | None
    misfit: float

    @property
    def exponent_text(self) -> str:
        """The exponent with a real minus: ``-0.02``."""
        return with_minus(self.exponent)

    @property
    def interval_text(self) -> str:
        """``0.80-0.85``, or nothing."""
        found = self.interval
        return f"{with_minus(found.low)} to {with_minus(found.high)}" if found else ""

    @property
    def bent(self) -> bool:
        """Whether a straight line describes the points badly."""
        return self.misfit > BENT


def with_minus(value: float) -> str:
    """Two decimals and a real minus."""
    text = f"{abs(value):.2f}"
    return text if value >= 0 or float(text) == 0 else f"{MINUS}{text}"


def times_by_n(points: Mapping[int, Comparison], variant: Variant) -> dict[int, float]:
    """The time of one operation at every n where the variant was measured."""
    return {n: entry.seconds(variant) for n, entry in points.items() if variant in entry.times}


def spans_by_n(points: Mapping[int, Comparison], variant: Variant) -> dict[int, Interval]:
    """Where the time of one operation lies at every n that has two launches or more, 95 times of 100."""
    found = {n: points[n].launch_medians(variant) for n in times_by_n(points, variant)}
    estimates = {n: estimate([log(value) for value in values]).interval for n, values in found.items() if values}
    return {n: Interval(exp(one.low), exp(one.high), one.level) for n, one in estimates.items() if one}


def growth(points: Mapping[int, Comparison], variant: Variant) -> Growth | None:
    """The fitted exponent; None with fewer than three points.

    Launches of different n are independent, so the first of each, the second of each and so on give one slope each,
    and the interval over those slopes is as exact as that of a ratio.
    """
    times = times_by_n(points, variant)
    law = power_law(times)
    if law is None:
        return None
    launches = [points[n].launch_medians(variant) for n in times]
    laws = [power_law(dict(zip(times, values, strict=True))) for values in zip(*launches, strict=False)]
    slopes = [entry.exponent for entry in laws if entry]
    return Growth(tuple(times.items()), law.exponent, estimate(slopes).interval if slopes else None, law.misfit)


@dataclass(frozen=True, slots=True)
class Crossover:
    """What is the fastest at each end, in words; ``sure`` if two of them change places in between for certain."""

    text: str
    names: tuple[str, str]
    sure: bool


def crossover(points: Mapping[int, Comparison], backend: str, names: Sequence[str], axis: str) -> Crossover | None:
    """Where the fastest at the small end is overtaken by the fastest at the large end; None if there is but one end.

    They cross for sure only if both ends are resolved: the one ahead there is faster by more than the band and noise.
    """
    ends = [n for n in points if any(Variant(name, backend) in points[n].times for name in names)]
    if len(ends) < 2:
        return None
    first, last = ends[0], ends[-1]
    leaders = (_fastest(points[first], backend, names), _fastest(points[last], backend, names))
    small, large = (Variant(name, backend) for name in leaders)
    suits = "Of what suits most programs"
    if small == large:
        text = f"{suits}, `{leaders[0]}` takes the least at {first:,} {axis} and at {last:,}: no crossing."
        return Crossover(text, leaders, sure=False)
    shared = [n for n in ends if {small, large} <= points[n].times.keys()]
    place = crossing(shared, *([points[n].seconds(variant) for n in shared] for variant in (small, large)))
    if place is None or not (_leads(points[first], small, large) and _leads(points[last], large, small)):
        text = f"{suits}, `{leaders[0]}` takes the least at {first:,} {axis}, `{leaders[1]}` at {last:,}"
        return Crossover(f"{text}: by too little to say where they cross.", leaders, sure=False)
    text = (
        f"`{leaders[0]}` is the fastest at {first:,} {axis}, `{leaders[1]}` at {last:,}: "
        f"they cross at about {significant(place, 1)} {axis}."
    )
    return Crossover(text, leaders, sure=True)


def _fastest(comparison: Comparison, backend: str, names: Sequence[str]) -> str:
    measured = [name for name in names if Variant(name, backend) in comparison.times]
    return min(measured, key=lambda name: comparison.seconds(Variant(name, backend)))


def _leads(comparison: Comparison, one: Variant, other: Variant) -> bool:
    noise = floor(comparison, one.backend)
    found = judge({"pair": comparison.log_ratios(one, other)}, noise.edge, comparison.pool(other)).get("pair")
    return found is not None and found.word == "faster" and not noise.reason


def law_of(found: Growth) -> str:
    """``∝ n^1.02 [0.98 to 1.06]``, the end label of a line; one that is none says so."""
    interval = f" [{found.interval_text}]" if found.interval_text else ""
    return f"∝ n^{found.exponent_text}{interval}{', bent' if found.bent else ''}"
