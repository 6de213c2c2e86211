"""What charts show, as plain marks: drawing them is a page's business."""

import math
from dataclasses import dataclass
from typing import TypeAlias

from reports.reading.wording import speed_of
from results.verdicts import Judgement

MOST_SERIES = 6  # that colours and shapes can tell apart
UNSAFE = ", unsafe"


@dataclass(frozen=True, slots=True)
class Dot:
    """A row of a ratio chart: ``value``, ``low`` and ``high`` are ratios; without a value only the texts are drawn."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    note: str
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A series of a growth chart: seconds per operation at each n, with the label at its right end."""

    label: str
    points: tuple[tuple[int, float], ...]
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Caption:
    """What a chart is called: the id it has on the page, its name, and what it shows in a sentence."""

    identifier: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class RatioChart:
    """Ratios to the baseline on one log axis; ``band``, on the log scale, is where differences do not matter."""

    caption: Caption
    dots: tuple[Dot, ...]
    band: float


@dataclass(frozen=True, slots=True)
class LoopsChart:
    """Ratios to the same alternative on asyncio: a panel per loop, each with its title, one scale for all of them."""

    caption: Caption
    panels: tuple[tuple[str, tuple[Dot, ...]], ...]
    band: float


@dataclass(frozen=True, slots=True)
class GrowthChart:
    """Time per operation against n, both on log axes; ``unit`` is in seconds, ``axes`` says what both axes count."""

    caption: Caption
    lines: tuple[Line, ...]
    unit: float
    axes: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """An alternative by two measures, as ratios to the baseline: ``lane`` counts where it comes from, from 0.

    ``out`` is who does not suit most programs, ``named`` who has a label.
    """

    label: str
    x: float
    y: float
    lane: int
    out: bool
    unsafe: bool
    named: bool


@dataclass(frozen=True, slots=True)
class TradeChart:
    """One measure against another, both on log axes; no alternative beats one of the ``frontier`` in both."""

    caption: Caption
    marks: tuple[Mark, ...]
    frontier: tuple[tuple[float, float], ...]
    axes: tuple[str, str]


Chart: TypeAlias = RatioChart | LoopsChart | GrowthChart | TradeChart


def judged_dot(name: str, found: Judgement, unsafe: bool) -> Dot:
    """The row of a ratio that was judged: its note is the difference, or the word for it."""
    low, high = (None if end is None else math.exp(end) for end in (found.low, found.high))
    note = speed_of(found).partition(" [")[0] if found.word in ("faster", "slower") else found.word
    return Dot(name, math.exp(found.centre), low, high, f"{note}{UNSAFE if unsafe else ''}", unsafe)
