"""The noise floor of a loop in a comparison: what the baseline's twin shows, and what follows for the other rows.

The twin is the baseline itself in a second process, so its ratio is 1 but for noise. Where its interval leaves the
band, the machine may have made a difference out of nothing: a row must then lie beyond what the twin reaches. Only
where no twin has an interval although rows have, nothing tells noise from difference, and verdicts are withheld.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reports.reading.checks import LATENCIES, of_latencies, of_times, wrong
from reports.reading.measured import Comparison
from reports.reading.verdicts import Decision
from reports.reading.wording import percent_change, significant, speed_with_interval
from results.statistics import BAND, FEWEST_LAUNCHES
from results.verdicts import Judgement, edge_of, reach

NO_TWIN = "the baseline's second copy has no interval, so nothing tells noise from difference"


@dataclass(frozen=True, slots=True)
class Floor:
    """``twin`` is the judgement of the baseline's second copy; ``blind`` when rows have intervals and it has none.

    ``failed`` is the sanity check that its numbers do not pass, or empty.
    """

    twin: Judgement | None
    blind: bool = False
    failed: str = ""

    @property
    def limit(self) -> float | None:
        """The size, on the log scale, up to which a difference is noise here; None without an interval."""
        return reach(self.twin.estimate) if self.twin else None

    @property
    def edge(self) -> float:
        """What a difference must exceed, on the log scale."""
        return edge_of(self.limit)

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
        return self.failed or (NO_TWIN if self.blind else "")

    @property
    def fault(self) -> str:
        """What is wrong with the comparison itself: the same code certainly differed by more than the band."""
        if self.twin is None or self.twin.word not in ("faster", "slower"):
            return ""
        words = speed_with_interval(self.twin.centre, self.twin.low, self.twin.high)
        return f"the same code, measured twice, came out {words}"

    @property
    def consequence(self) -> str:
        """What would be more than noise, as a clause; empty if that is no more than the band."""
        return f"differences under {self.percent} are noise here" if self.loud else ""

    @property
    def interval(self) -> str:
        """The twin's ratio as ``+0.4 % [-0.8 to +1.2]``; empty without an interval."""
        if self.twin is None or self.twin.low is None or self.twin.high is None:
            return ""
        ends = f"{percent_change(self.twin.low)} to {percent_change(self.twin.high)}"
        return f"{percent_change(self.twin.centre)} % [{ends}]"

    def withhold(self, judgements: Mapping[str, Judgement]) -> dict[str, Judgement]:
        """The judgements of other rows of the comparison, without their words where nothing tells them from noise."""
        if not self.reason:
            return {**judgements}
        return {
            name: found if found.low is None else replace(found, word="withheld", why="")
            for name, found in judgements.items()
        }


def floor(comparison: Comparison, backend: str) -> Floor:
    """What the twin shows on a backend; a few looks without any interval need no floor, for they claim nothing."""
    twin = comparison.noise(backend)
    resolved = twin is not None and twin.low is not None
    launches = max((len(times) for times in comparison.times.values()), default=0)
    return Floor(twin, blind=not resolved and launches >= FEWEST_LAUNCHES, failed=wrong(of_times(comparison)))


def louder(*floors: Floor) -> float:
    """What a difference between rows of several floors must exceed, on the log scale: the loudest of them decides."""
    return max(one.edge for one in floors)


def floor_beside(comparison: Comparison, measure: str, backend: str) -> Floor:
    """That of something measured beside time, which has a twin and sanity checks of its own.

    Raises KeyError if it was not measured.
    """
    found = floor(comparison.measures[measure], backend)
    failed = wrong(of_latencies(comparison, backend)) if measure in LATENCIES else ""
    return replace(found, failed=failed) if failed else found


def under(decision: Decision, found: Floor) -> Decision:
    """The decision and what its noise is; without a floor only the ratios, and the reason why there is no verdict."""
    if not found.reason:
        return replace(decision, noise=found.percent if found.loud else "", fault=found.fault)
    return Decision(decision.baseline, to_baseline=found.withhold(decision.to_baseline), withheld=found.reason)
