"""What the numbers allow us to say: words for ratios, and which alternative to pick.

The interval that is printed is the plain 95 % one, for one row. A table has many rows, so the words "faster" and
"slower" ask for more: the test against the edge of the band, adjusted by Holm over the rows of the table, must stay at
0.05. That test is the interval seen from the other side, so the two can differ in one way only: an interval outside the
band whose word is still "not resolved", and then ``why`` says so. "Practically the same" claims no difference, so it
rests on the plain interval lying inside the band.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from reports.wording import plural
from results.statistics import (
    BAND,
    FEWEST_LAUNCHES,
    LEVEL,
    Estimate,
    Interval,
    beyond,
    edge_p,
    estimate,
    holm,
    two_sided_p,
    within,
)

ALPHA = 1 - LEVEL
HOPELESS = 400  # launches beyond which more of them is no advice

Word = Literal["faster", "slower", "practically the same", "not resolved", "no interval", "withheld"]
TIED: frozenset[Word] = frozenset(("practically the same", "not resolved"))
Ratios = Callable[[str, str], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A ratio of times, on the log scale, and the word for it; ``why`` says what an open one is waiting for."""

    word: Word
    estimate: Estimate
    why: str = ""

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


@dataclass(frozen=True, slots=True)
class Lead:
    """How far the next is behind the leader in launches that did not choose either; ``before`` in those that did."""

    following: str
    before: Judgement
    again: Judgement

    @property
    def gone(self) -> bool:
        """Whether a lead that was certain did not show again."""
        return self.before.word == "slower" and self.again.word != "slower"


@dataclass(frozen=True, slots=True)
class Broken:
    """Why an alternative is out: the promise's name, what it promises, and how we know that it does not hold.

    ``failed`` a safety check, ``declared`` by its file and not tested, or ``measured``: seen while times were taken.
    """

    name: str
    words: str
    how: Literal["failed", "declared", "measured"] = "failed"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alternative with times: ``broken`` lists the promises it does not keep here, as far as we know.

    ``untested`` counts the promises that nobody tested here, although others were.
    """

    name: str
    kind: str = "idiom"
    caveats: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    untested: int = 0

    @property
    def recommendable(self) -> bool:
        """Whether it may be picked at all: nothing broken, and not one of the traps."""
        return not self.broken and self.kind != "trap"

    @property
    def promises_all(self) -> bool:
        """Whether it keeps the whole contract."""
        return self.recommendable and not self.caveats


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict of one comparison on one backend.

    ``leader`` is the fastest that promises everything, ``pick`` the same unless the baseline ties with it: nobody
    should change code for a tie. ``to_baseline`` and ``to_pick`` judge every row; ``same`` and ``open`` tie with the
    leader, the pick and the leader left out. ``with_caveat`` and ``unsafe`` are faster than the pick, but promise less
    or break a promise. ``withheld`` says why there is no verdict although there are ratios, ``noise`` how large a
    difference must be to be more than noise, as a percentage or nothing. ``lead`` is None where no launches were left
    to measure it again.
    """

    baseline: str | None
    pick: str | None = None
    leader: str | None = None
    to_baseline: Mapping[str, Judgement] = field(default_factory=dict)
    to_leader: Mapping[str, Judgement] = field(default_factory=dict)
    to_pick: Mapping[str, Judgement] = field(default_factory=dict)
    same: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    with_caveat: str | None = None
    unsafe: str | None = None
    resolved: bool = True  # False: too few launches for any interval
    withheld: str = ""
    noise: str = ""
    lead: Lead | None = None

    @property
    def tied(self) -> tuple[str, ...]:
        """Everything that ties with the leader, the pick left out."""
        leader = (self.leader,) if self.leader and self.leader != self.pick else ()
        return (*leader, *self.same, *self.open)


def judge(samples: Mapping[str, Sequence[float]], band: float = BAND) -> dict[str, Judgement]:
    """A word for each row of a table; ``samples`` maps its name to its log ratios, one per launch."""
    estimates = {name: estimate(values) for name, values in samples.items() if values}
    adjusted = holm(
        {name: edge_p(found.centre, band, partial(two_sided_p, samples[name])) for name, found in estimates.items()}
    )
    return {name: worded(found, adjusted[name], len(estimates), band) for name, found in estimates.items()}


def worded(found: Estimate, adjusted: float, rows: int, band: float = BAND) -> Judgement:
    """The word for an estimate, given its adjusted p and how many rows it was adjusted over."""
    interval = found.interval
    if interval is None:
        return Judgement("no interval", found, f"an interval takes at least {FEWEST_LAUNCHES} launches")
    if within(found, band):
        return Judgement("practically the same", found)
    if beyond(found, adjusted, band):
        return Judgement("faster" if interval.high < 0 else "slower", found)
    return Judgement("not resolved", found, _what_would_resolve(found, interval, rows, band))


def _what_would_resolve(found: Estimate, interval: Interval, rows: int, band: float) -> str:
    """How many more launches would probably narrow the interval to one side of an edge, in words."""
    if interval.high < -band or interval.low > band:
        needed = math.ceil(math.log2(2 * rows / ALPHA))
        more = max(1, needed - found.launches)
        return f"clear alone, not among {plural(rows, 'row')} at once: {plural(more, 'more launch')} may settle it"
    room = abs(abs(found.centre) - band)
    half = (interval.high - interval.low) / 2
    needed = math.ceil(found.launches * (half / room) ** 2) if room else HOPELESS
    if needed >= HOPELESS:
        return "it sits on the edge of the band: more launches will hardly settle it"
    return f"about {plural(max(1, needed - found.launches), 'more launch')} would settle it"


def decide(
    ratios: Ratios,
    candidates: Sequence[Candidate],
    baseline: str | None,
    band: float = BAND,
    planned: Ratios | None = None,
    beyond: Ratios | None = None,
) -> Decision:
    """Pick among the candidates; ``ratios(over, under)`` gives one log ratio of times per launch.

    The leader is chosen on the ``planned`` launches alone, and its lead is measured again on those ``beyond``: whoever
    is chosen for being the fastest was lucky more often than not. What does not show again counts as a tie.
    """
    names = [candidate.name for candidate in candidates]
    if baseline not in names:
        baseline = None
    to_baseline = judge({name: ratios(name, baseline) for name in names if name != baseline}, band) if baseline else {}
    decision = Decision(baseline, to_baseline=to_baseline)
    eligible = [candidate.name for candidate in candidates if candidate.promises_all]
    if not eligible:
        return decision
    leader = _fastest(planned or ratios, eligible)
    to_leader = judge({name: ratios(name, leader) for name in names if name != leader}, band)
    if baseline in to_leader and leader in to_baseline:
        to_leader[str(baseline)] = _mirrored(to_baseline[leader])
    lead = _lead(planned or ratios, beyond, leader, eligible, band) if beyond else None
    if lead and lead.gone:
        to_leader[lead.following] = replace(
            to_leader[lead.following], word="not resolved", why="the lead did not show again in launches of its own"
        )
    tied = {name: to_leader[name].word for name in eligible if name in to_leader and to_leader[name].word in TIED}
    pick = baseline if baseline in tied else leader
    decision = replace(
        decision,
        pick=pick,
        leader=leader,
        to_leader=to_leader,
        to_pick=to_leader if pick == leader else to_baseline,
        same=tuple(name for name, word in tied.items() if word == "practically the same" and name != pick),
        open=tuple(name for name, word in tied.items() if word == "not resolved" and name != pick),
        resolved=all(judgement.word != "no interval" for judgement in to_leader.values()),
        lead=lead,
    )
    less = [candidate.name for candidate in candidates if candidate.recommendable and candidate.caveats]
    worse = [candidate.name for candidate in candidates if not candidate.recommendable]
    return replace(decision, with_caveat=_faster(decision, less), unsafe=_faster(decision, worse))


def _fastest(ratios: Ratios, names: Sequence[str]) -> str:
    """The name with the smallest estimated ratio to the first of them; the earlier of two equals."""
    centres = {names[0]: 0.0}
    centres |= {name: estimate(values).centre for name in names[1:] if (values := ratios(name, names[0]))}
    return min(centres, key=centres.__getitem__)


def _lead(planned: Ratios, beyond: Ratios, leader: str, eligible: Sequence[str], band: float) -> Lead | None:
    """The lead over the next, where both took part in launches enough beyond the planned ones."""
    before = judge({name: planned(name, leader) for name in eligible if name != leader}, band)
    following = min(before, key=lambda name: before[name].centre, default=None)
    if following is None or len(values := beyond(following, leader)) < FEWEST_LAUNCHES:
        return None
    return Lead(following, before[following], judge({following: values}, band)[following])


def _faster(decision: Decision, names: Sequence[str]) -> str | None:
    judged = {name: decision.to_pick[name] for name in names if name in decision.to_pick}
    faster = {name: judgement.centre for name, judgement in judged.items() if judgement.word == "faster"}
    return min(faster, key=faster.__getitem__, default=None)


def _mirrored(judgement: Judgement) -> Judgement:
    """The same judgement read the other way round."""
    words: dict[Word, Word] = {"faster": "slower", "slower": "faster"}
    found, interval = judgement.estimate, judgement.estimate.interval
    turned = Interval(-interval.high, -interval.low, interval.level) if interval else None
    return Judgement(
        words.get(judgement.word, judgement.word), Estimate(-found.centre, turned, found.launches), judgement.why
    )
