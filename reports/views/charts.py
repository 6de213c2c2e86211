"""What charts show, as plain marks: drawing them is a page's business."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reports.reading.wording import speed_of
from results.verdicts import Judgement

MOST_SERIES = 6  # that colours and shapes can tell apart
UNSAFE = ", unsafe"


@dataclass(frozen=True, slots=True)
class Dot:
    """A row of a ratio chart: ``value``, ``low`` and ``high`` are ratios; without a value only the texts are drawn.

    ``launches`` are the ratios of each launch, of which the value is the mean.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    note: str
    unsafe: bool = False
    launches: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A series of a growth chart: seconds per operation at each n, with the label and the ``law`` at its right end.

    ``spans`` are the ends of the intervals, for each n that has one.
    """

    label: str
    points: tuple[tuple[int, float], ...]
    unsafe: bool = False
    law: str = ""
    spans: tuple[tuple[int, float, float], ...] = ()


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

    ``out`` is who suits no program, ``lacks`` the ends of the ids of the needs that rule the others out, ``named`` who
    has a label. ``beaten`` are what those lack that are better in both: as long as none of that is needed, one of
    them is left that beats it.
    """

    label: str
    x: float
    y: float
    lane: int
    out: bool
    unsafe: bool
    named: bool
    lacks: tuple[str, ...] = ()
    beaten: tuple[tuple[str, ...], ...] = ()

    @property
    def always_beaten(self) -> bool:
        """Whether somebody who suits every program is better in both."""
        return () in self.beaten

    def stands(self, needs: Collection[str]) -> bool:
        """Whether it suits programs that have these needs, and nobody who does is better in both."""
        fits = not self.out and not set(self.lacks) & set(needs)
        return fits and all(set(lacks) & set(needs) for lacks in self.beaten)

    @property
    def css(self) -> str:
        """Its classes, by which a style sheet knows when to hide it, and when to show that it is beaten."""
        return " ".join([*map(lacking, self.lacks), *map(beaten_by, self.beaten)])


def lacking(need: str) -> str:
    """The class of what does not keep a need."""
    return f"b-{need}"


def beaten_by(lacks: Sequence[str]) -> str:
    """The class of what is beaten by somebody who lacks these."""
    return "__".join(["d", *lacks])


@dataclass(frozen=True, slots=True)
class TradeChart:
    """One measure against another, both on log axes; ``usual`` are the needs that most programs have."""

    caption: Caption
    marks: tuple[Mark, ...]
    usual: tuple[str, ...]
    axes: tuple[str, str]

    @property
    def front(self) -> tuple[Mark, ...]:
        """Those that nobody beats in both for some programs, by the first measure."""
        found = (mark for mark in self.marks if not mark.out and not mark.always_beaten)
        return tuple(sorted(found, key=lambda mark: (mark.x, mark.y, mark.label)))


@dataclass(frozen=True, slots=True)
class Tail:
    """How long operations took: ``latencies`` are that of half of all, of 95 of a hundred if known, and of 99.

    ``events`` is how many operations say so.
    """

    label: str
    latencies: tuple[float, ...]
    events: int
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class TailChart:
    """A line for each alternative from its median to its slowest 1 %, in seconds, on one log axis."""

    caption: Caption
    rows: tuple[Tail, ...]


Chart: TypeAlias = RatioChart | LoopsChart | GrowthChart | TradeChart | TailChart


def judged_dot(name: str, found: Judgement, unsafe: bool, launches: Sequence[float] = ()) -> Dot:
    """The row of a ratio that was judged: its note is the difference, or the word for it.

    ``launches`` are its log ratios, one for each.
    """
    low, high = (None if end is None else math.exp(end) for end in (found.low, found.high))
    note = speed_of(found).partition(" [")[0] if found.word in ("faster", "slower") else found.word
    return Dot(
        name,
        math.exp(found.centre),
        low,
        high,
        f"{note}{UNSAFE if unsafe else ''}",
        unsafe,
        tuple(map(math.exp, launches)),
    )
