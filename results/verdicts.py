"""The words for ratios: the one rule by which a run spends its time, and a report speaks.

The interval that is printed is the plain 95 % one, for one row. A table has many rows, so the words "faster" and
"slower" ask for more: the test against the edge of the band, adjusted by Holm over the rows of the table, must stay at
0.05. That test is the interval seen from the other side, so the two can differ in one way only: an interval outside the
band whose word is still "not resolved", and then ``why`` says so. "Practically the same" claims no difference, so it
rests on the plain interval lying inside the band.

Where the same code, measured twice, may differ by more than the band, the edge lies there instead: beyond it a row is
faster or slower however loud the machine was, inside it a row is within the noise, and nothing is practically the same.

A row of two launches gets a word only where it lies beyond twice the edge, at 99 %: it is *coarse*, and how far it lies
is said by the near end of that interval, "at least".
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from results.statistics import (
    BAND,
    COARSE_LEVEL,
    FEWEST_FOR_RANKS,
    FEWEST_LAUNCHES,
    LEVEL,
    Estimate,
    Interval,
    Pool,
    Row,
    beyond,
    centre_p,
    edge_p,
    estimate,
    holm,
    pooled,
    signed_rank_interval,
    within,
)

HOPELESS = 400  # launches beyond which more of them is no advice
FAR = 2  # times the edge: what two launches must show to be believed
ENOUGH = "two launches were enough to tell"

Word = Literal[
    "faster", "slower", "practically the same", "within the noise here", "not resolved", "no interval", "withheld"
]
TIED: frozenset[Word] = frozenset(("practically the same", "within the noise here", "not resolved"))
OPEN: frozenset[Word] = frozenset(("within the noise here", "not resolved", "no interval"))


@dataclass(frozen=True, slots=True)
class Judgement:
    """A ratio of times, on the log scale, and the word for it; ``why`` says what an open one is waiting for.

    ``p`` is that of the test against the edge, adjusted over the rows of the table.
    """

    word: Word
    estimate: Estimate
    why: str = ""
    p: float = 1.0

    @property
    def coarse(self) -> bool:
        """Whether two launches were enough: then the near end of the interval is what is known, "at least"."""
        return self.estimate.launches < FEWEST_LAUNCHES and self.word in ("faster", "slower")

    @property
    def least(self) -> float:
        """How far from equality it lies at least: the near end of the interval, on the log scale; 0 without one."""
        interval = self.estimate.interval
        return min(abs(interval.low), abs(interval.high)) if interval and interval.low * interval.high > 0 else 0.0

    @property
    def tiny(self) -> bool:
        """Whether there is a difference for sure, and it makes none in practice."""
        return self.word == "practically the same" and self.least > 0

    @property
    def centre(self) -> float:
        """The log ratio itself."""
        return self.estimate.centre

    @property
    def low(self) -> float | None:
        """The lower end of the interval, if there is one."""
        return self.estimate.interval.low if self.estimate.interval else None

    @property
    def high(self) -> float | None:
        """The upper end of the interval, if there is one."""
        return self.estimate.interval.high if self.estimate.interval else None


def reach(found: Estimate) -> float | None:
    """How far from equality a pair may lie: the far end of its interval, on the log scale; None without one."""
    return max(abs(found.interval.low), abs(found.interval.high)) if found.interval else None


def edge_of(noise: float | None) -> float:
    """What a difference must exceed: the band, or the noise where that reaches further."""
    return max(BAND, noise or 0.0)


def judge(samples: Mapping[Row, Sequence[float]], edge: float = BAND, pool: Pool | None = None) -> dict[Row, Judgement]:
    """A word for each row of a table; ``samples`` maps it to its log ratios, one per launch.

    How they scatter is learned from the table itself, unless another ``pool`` is given.
    """
    pool = pooled(samples.values()) if pool is None else pool
    estimates = {name: estimate(values, pool, level_of(len(values))) for name, values in samples.items() if values}
    adjusted = holm(
        {
            name: edge_p(found.centre, reached(found, edge), partial(centre_p, samples[name], pool=pool))
            for name, found in estimates.items()
        }
    )
    return {name: worded(found, adjusted[name], len(estimates), edge) for name, found in estimates.items()}


def noise(twin: Sequence[float], beside: Iterable[Sequence[float]]) -> Judgement | None:
    """What the same code shows, measured twice: 1, but for noise; None if it was not measured twice.

    ``beside`` are the log ratios of the other rows of its loop to one copy: they show how such ratios scatter.
    """
    if not twin:
        return None
    pool = pooled([twin, *beside])
    found = estimate(twin, pool)
    return worded(found, edge_p(found.centre, BAND, partial(centre_p, twin, pool=pool)), 1)


def level_of(launches: int) -> float:
    """The level of the interval that so many launches give."""
    return LEVEL if launches >= FEWEST_LAUNCHES else COARSE_LEVEL


def reached(found: Estimate, edge: float) -> float:
    """What a difference must exceed after so many launches."""
    return edge if found.launches >= FEWEST_LAUNCHES else FAR * edge


def worded(found: Estimate, adjusted: float, rows: int, edge: float = BAND) -> Judgement:
    """The word for an estimate, given its adjusted p and how many rows it was adjusted over."""
    interval = found.interval
    if interval is None:
        return Judgement("no interval", found, "an interval takes at least two launches", adjusted)
    if beyond(found, adjusted, reached(found, edge)):
        why = ENOUGH if found.launches < FEWEST_LAUNCHES else ""
        return Judgement("faster" if interval.high < 0 else "slower", found, why, adjusted)
    if found.launches < FEWEST_LAUNCHES:
        why = f"two launches tell only what lies beyond {_percent(reached(found, edge))}"
        return Judgement("not resolved", found, why, adjusted)
    if within(found, edge):
        if edge <= BAND:
            return Judgement("practically the same", found, p=adjusted)
        return Judgement("within the noise here", found, f"differences under {_percent(edge)} are noise", adjusted)
    return Judgement("not resolved", found, _what_would_resolve(found, interval, rows, edge), adjusted)


def agrees_with_ranks(values: Sequence[float], word: Word, edge: float) -> bool | None:
    """Whether exact signed ranks do not contradict a word; None where there are too few launches for them.

    They ask for more than the moderated t, so that they may leave open what is settled here: only another word is a
    contradiction.
    """
    if len(values) < FEWEST_FOR_RANKS or word not in ("faster", "slower", "practically the same"):
        return None
    interval = signed_rank_interval(values)
    assert interval is not None
    contradicts = {
        "faster": interval.low > -edge,
        "slower": interval.high < edge,
        "practically the same": interval.low > edge or interval.high < -edge,
    }
    return not contradicts[word]


def _what_would_resolve(found: Estimate, interval: Interval, rows: int, edge: float) -> str:
    """How many more launches would probably narrow the interval to one side of an edge, in words."""
    if interval.high < -edge or interval.low > edge:
        return f"clear alone, not among {rows} rows at once: a few more launches may settle it"
    room = abs(abs(found.centre) - edge)
    half = (interval.high - interval.low) / 2
    needed = math.ceil(found.launches * (half / room) ** 2) if room else HOPELESS
    if needed >= HOPELESS:
        return f"it sits on the edge of the {'band' if edge <= BAND else 'noise'}: more launches will hardly settle it"
    return f"about {_more(max(1, needed - found.launches))} would settle it"


def _percent(size: float) -> str:
    percent = 100 * math.expm1(size)
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %"


def _more(launches: int) -> str:
    return "1 more launch" if launches == 1 else f"{launches:,} more launches"
