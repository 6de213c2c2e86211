"""The noise floor of a comparison: what the baseline's twin shows, and what follows for the other rows.

The twin is the baseline itself in a second process, so its ratio is 1 but for noise. Where its interval leaves the
band, the machine may have made a difference out of nothing, and could as well have made, or hidden, any other of that
size: no row of that comparison gets a verdict. Ratios and intervals stay, for they are what was measured.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reports.reading.measured import Comparison
from reports.reading.verdicts import Decision
from reports.reading.wording import percent_change, significant, speed_with_interval
from results.statistics import BAND, FEWEST_LAUNCHES
from results.verdicts import Judgement

NOISE = "noise here"
BEYOND = "more than the noise here"
NO_TWIN = "the baseline's second copy has no interval, so nothing tells noise from difference"


@dataclass(frozen=True, slots=True)
class Floor:
    """``twin`` is the judgement of the baseline's second copy; ``blind`` when rows have intervals and it has none.

    ``limit`` is the size, on the log scale, up to which a difference is noise here: the far end of the twin's interval.
    """

    twin: Judgement | None
    blind: bool = False

    @property
    def limit(self) -> float | None:
        """None without an interval."""
        if self.twin is None or self.twin.low is None or self.twin.high is None:
            return None
        return max(abs(self.twin.low), abs(self.twin.high))

    @property
    def loud(self) -> bool:
        """Whether the same code, measured twice, may have differed by more than the band."""
        return self.limit is not None and self.limit > BAND

    @property
    def percent(self) -> str:
        """The limit as a percentage: ``7.9 %``; empty without one."""
        return "" if self.limit is None else f"{significant(100 * math.expm1(self.limit), 2)} %"

    @property
    def reason(self) -> str:
        """Why verdicts are withheld; empty if they are not."""
        if self.loud and self.twin:
            words = speed_with_interval(self.twin.centre, self.twin.low, self.twin.high)
            return f"the same code, measured twice, came out {words}"
        return NO_TWIN if self.blind else ""

    @property
    def consequence(self) -> str:
        """What would be more than noise, as a clause; empty if nothing is known or nothing is withheld."""
        return f"differences under {self.percent} are noise here" if self.loud else ""

    @property
    def interval(self) -> str:
        """The twin's ratio as ``+0.4 % [-0.8 to +1.2]``; empty without an interval."""
        if self.twin is None or self.twin.low is None or self.twin.high is None:
            return ""
        ends = f"{percent_change(self.twin.low)} to {percent_change(self.twin.high)}"
        return f"{percent_change(self.twin.centre)} % [{ends}]"

    def withhold(self, judgements: Mapping[str, Judgement]) -> dict[str, Judgement]:
        """The judgements of other rows of the comparison, without their words where the floor takes them away."""
        return {name: self._withheld(found) for name, found in judgements.items()} if self.reason else {**judgements}

    def _withheld(self, found: Judgement) -> Judgement:
        if found.low is None or found.high is None:
            return found
        if self.limit is None:
            return replace(found, word="withheld", why="")
        beyond = found.low > self.limit or found.high < -self.limit
        return replace(found, word="withheld", why=BEYOND if beyond else NOISE)


def floor(comparison: Comparison) -> Floor:
    """What the twin shows of a comparison; a few looks without any interval need no floor, for they claim nothing."""
    twin = comparison.noise()
    resolved = twin is not None and twin.low is not None
    launches = max((len(times) for times in comparison.times.values()), default=0)
    return Floor(twin, blind=not resolved and launches >= FEWEST_LAUNCHES)


def under(decision: Decision, found: Floor) -> Decision:
    """The decision if the floor allows one; otherwise the ratios, and the reason why they come without a verdict."""
    if not found.reason:
        return decision
    return Decision(
        decision.baseline,
        to_baseline=found.withhold(decision.to_baseline),
        withheld=_clause(found),
        noise=found.percent,
    )


def _clause(found: Floor) -> str:
    return ", so ".join(filter(None, [found.reason, found.consequence]))
