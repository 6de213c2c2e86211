"""The words for ratios: the one rule by which a run spends its time, and a report speaks.

The interval that is printed is the plain 95 % one, for one row. A table has many rows, so the words "faster" and
"slower" ask for more: the test against the edge of the band, adjusted by Holm over the rows of the table, must stay at
0.05. That test is the interval seen from the other side, so the two can differ in one way only: an interval outside the
band whose word is still "not resolved", and then ``why`` says so. "Practically the same" claims no difference, so it
rests on the plain interval lying inside the band.

Where the same code, measured twice, may differ by more than the band, the edge lies there instead: beyond it a row is
faster or slower however loud the machine was, inside it a row is within the noise, and nothing is practically the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from results.statistics import (
    BAND,
    FEWEST_LAUNCHES,
    LEVEL,
    Estimate,
    Interval,
    Row,
    beyond,
    edge_p,
    estimate,
    holm,
    two_sided_p,
    within,
)

ALPHA = 1 - LEVEL
HOPELESS = 400  # launches beyond which more of them is no advice

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


def judge(samples: Mapping[Row, Sequence[float]], edge: float = BAND) -> dict[Row, Judgement]:
    """A word for each row of a table; ``samples`` maps it to its log ratios, one per launch."""
    estimates = {name: estimate(values) for name, values in samples.items() if values}
    adjusted = holm(
        {name: edge_p(found.centre, edge, partial(two_sided_p, samples[name])) for name, found in estimates.items()}
    )
    return {name: worded(found, adjusted[name], len(estimates), edge) for name, found in estimates.items()}


def worded(found: Estimate, adjusted: float, rows: int, edge: float = BAND) -> Judgement:
    """The word for an estimate, given its adjusted p and how many rows it was adjusted over."""
    interval = found.interval
    if interval is None:
        return Judgement("no interval", found, f"an interval takes at least {FEWEST_LAUNCHES} launches", adjusted)
    if within(found, edge):
        if edge <= BAND:
            return Judgement("practically the same", found, p=adjusted)
        return Judgement("within the noise here", found, f"differences under {_percent(edge)} are noise", adjusted)
    if beyond(found, adjusted, edge):
        return Judgement("faster" if interval.high < 0 else "slower", found, p=adjusted)
    return Judgement("not resolved", found, _what_would_resolve(found, interval, rows, edge), adjusted)


def _what_would_resolve(found: Estimate, interval: Interval, rows: int, edge: float) -> str:
    """How many more launches would probably narrow the interval to one side of an edge, in words."""
    if interval.high < -edge or interval.low > edge:
        needed = math.ceil(math.log2(2 * rows / ALPHA))
        more = max(1, needed - found.launches)
        return f"clear alone, not among {rows} rows at once: {_more(more)} may settle it"
    room = abs(abs(found.centre) - edge)
    half = (interval.high - interval.low) / 2
    needed = math.ceil(found.launches * (half / room) ** 2) if room else HOPELESS
    if needed >= HOPELESS:
        return f"it sits on the edge of the {'band' if edge <= BAND else 'noise'}: more launches will hardly settle it"
    return f"about {_more(max(1, needed - found.launches))} would settle it"


def _percent(size: float) -> str:
    return f"{100 * math.expm1(size):.2g} %"


def _more(launches: int) -> str:
    return "1 more launch" if launches == 1 else f"{launches:,} more launches"
