"""Sanity checks: what numbers must be if nothing went wrong while they were measured. One that fails ends verdicts."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from reports.reading.measured import Comparison, Variant
from reports.reading.wording import plural
from results.coherence import TOLERANCE, impossible_latencies, impossible_shares

LATENCIES = ("p50", "p99", "mean", "arrivals", "in_flight")
MOST_FAULTS = 3  # that a line spells out: where something is wrong with one row, it may be with all of them


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, of how much, and what is wrong with that; nothing if all is well."""

    what: str
    of: str
    wrong: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The outcome, for a line."""
        rest = len(self.wrong) - MOST_FAULTS
        said = [*self.wrong[:MOST_FAULTS], *([f"and {rest:,} more like these"] if rest > 0 else [])]
        return f"{self.what}: no, {'; '.join(said)}" if self.wrong else f"{self.what} ({self.of})"


def of_times(comparison: Comparison) -> list[Check]:
    """Those of a comparison's blocks; none where nobody watched the processor."""
    shares = {one["launch"]: one["cpu_share"] for one in comparison.record.get("conditions", []) if "cpu_share" in one}
    if not shares:
        return []
    what = "no block used more processor time than it took"
    return [Check(what, plural(len(shares), "launch"), tuple(impossible_shares(shares)))]


def of_latencies(comparison: Comparison, backend: str) -> list[Check]:
    """Those of a loop's operations that arrived one by one; none where there were none."""
    rows = _latencies(comparison, backend)
    if not rows:
        return []
    what = f"medians are below the slowest 1 %, and Little's law holds within {100 * TOLERANCE:.0f} %"
    wrong = [f"{variant.label}: {fault}" for variant, found in rows for fault in impossible_latencies(found)]
    return [Check(what, plural(len({variant for variant, _ in rows}), "row"), tuple(wrong))]


def _latencies(comparison: Comparison, backend: str) -> list[tuple[Variant, dict[str, float]]]:
    """What each launch gave each row: its five numbers, as medians over the rounds."""
    measures = [comparison.measures[name] for name in LATENCIES if name in comparison.measures]
    if len(measures) < len(LATENCIES):
        return []
    return [
        (variant, {name: median(one.times[variant][launch]) for name, one in zip(LATENCIES, measures, strict=True)})
        for variant in measures[0].on(backend)
        for launch in measures[0].times[variant]
        if all(launch in one.times.get(variant, {}) for one in measures)
    ]


def said(comparison: Comparison, backend: str) -> str:
    """All checks of a comparison on a loop, in a line; empty where nothing could be checked."""
    return "; ".join(one.words for one in (*of_times(comparison), *of_latencies(comparison, backend)))


def wrong(checks: list[Check]) -> str:
    """Why there can be no verdict: the first thing that is wrong, or nothing."""
    return next(_wrongs(checks), "")


def _wrongs(checks: list[Check]) -> Iterator[str]:
    yield from (f"a sanity check failed: {fault}" for one in checks for fault in one.wrong)
