"""What a run went through, in words: disturbed rounds, and the machine as it was before the run began."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from reports.reading.measured import Measurements
from reports.reading.wording import listed, plural, significant
from results.environment import ConditionsRecord, LookRecord
from results.suite import ComparisonRecord


def disturbed(comparison: ComparisonRecord) -> str:
    """``9 of 2,500 turns (0.36 %) were disturbed: ...``, for the comparison's table; empty where nobody counted."""
    counted = _counted(comparison.get("conditions", []))
    if not counted:
        return ""
    turns, hit = sum(one["turns"] for one in counted), sum(one["disturbed_turns"] for one in counted)
    if not hit:
        return f"None of {plural(turns, 'turn')} was disturbed."
    share = f"{significant(100 * hit / turns, 2)} %"
    return (
        f"{hit:,} of {plural(turns, 'turn')} ({share}) {'was' if hit == 1 else 'were'} disturbed: something else took "
        "part of the processor. They count like all others."
    )


def _counted(conditions: Iterable[ConditionsRecord]) -> list[ConditionsRecord]:
    return [one for one in conditions if "disturbed_rounds" in one and "disturbed_turns" in one]


def facts(measurements: Measurements) -> list[tuple[str, str]]:
    """Names and values for the provenance list; a run that nobody watched has none."""
    conditions = [
        one for comparison in measurements.run.suite["comparisons"] for one in comparison.get("conditions", [])
    ]
    rows = [("While measuring", _while_measuring(conditions))]
    if found := measurements.run.environment:
        rows[:0] = [("Before measuring", "; then, when it went on: ".join(map(_look, found["looks"])))]
    return [(name, value) for name, value in rows if value]


def _look(look: LookRecord) -> str:
    by_severity: dict[str, list[str]] = defaultdict(list)
    for one in look["disturbances"]:
        by_severity[one["severity"]].append(one["what"])
    return "; ".join(f"{severity}: {', '.join(things)}" for severity, things in by_severity.items()) or "quiet"


def _while_measuring(conditions: Sequence[ConditionsRecord]) -> str:
    parts = []
    if counted := _counted(conditions):
        turns, hit = sum(one["turns"] for one in counted), sum(one["disturbed_turns"] for one in counted)
        share = f" ({significant(100 * hit / turns, 2)} %)" if turns else ""
        parts.append(f"{hit:,} of {plural(turns, 'turn')}{share} disturbed")
    if shares := [one["cpu_share"] for one in conditions if "cpu_share" in one]:
        parts.append(f"processor's time over the wall's {_range(shares)} by launch")
    if switches := [one["switches"] for one in conditions if "switches" in one]:
        parts.append(plural(sum(switches), "involuntary switch"))
    if stolen := [one["steal_seconds"] for one in conditions if "steal_seconds" in one]:
        parts.append(f"{sum(stolen):.1f} s stolen by the host")
    if loads := [one["load"] for one in conditions if "load" in one]:
        parts.append(f"load {_range(loads)}, ourselves included")
    return listed(parts)


def _range(values: Sequence[float]) -> str:
    low, high = f"{min(values):.2f}", f"{max(values):.2f}"
    return low if low == high else f"{low} to {high}"


def system(measurements: Measurements) -> str:
    """What pyperf said of the system's settings before the run, or went on; empty if nobody asked."""
    found = measurements.run.environment
    return "\n\n".join(dict.fromkeys(look["system"] for look in found["looks"])) if found else ""
