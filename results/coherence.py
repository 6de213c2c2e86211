"""What the parts of a record say of each other: each name that one part uses is described by another.

Numbers, too: some cannot be together, whatever was measured.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from results.labels import parsed
from results.safety import SafetyRecord
from results.suite import ComparisonRecord, FamilyRecord, SuiteRecord

EVENTS = 1000  # operations that arrive in a block of latencies: the slowest 1 % are ten of them
ROUNDING = 0.01  # clocks are read one after the other
TOLERANCE = 0.05  # of Little's law


def impossible_shares(shares: Mapping[int, float]) -> Iterator[str]:
    """A line for each launch whose one core had more processor time than there was: ``shares`` of the wall's time."""
    for launch, share in shares.items():
        if share > 1 + ROUNDING:
            yield f"launch {launch} used {share:.2f} s of processor time per second"


def impossible_latencies(found: Mapping[str, float]) -> Iterator[str]:
    """A line for each thing that cannot be of a row's latencies in a launch.

    ``p50`` and ``p99`` are percentiles and ``mean`` is the mean, in seconds; ``arrivals`` come per second, and so many
    are ``in_flight`` on average, which must be the product of the two.
    """
    if found["p50"] > found["p99"]:
        yield f"half took up to {found['p50']:.3g} s, and 99 of 100 up to {found['p99']:.3g} s"
    expected = found["arrivals"] * found["mean"]
    if abs(found["in_flight"] - expected) > TOLERANCE * expected:
        yield f"{found['in_flight']:.3g} were under way, and by Little's law {expected:.3g}"


def contradictions(suite: SuiteRecord) -> Iterator[str]:
    """A line for each, which begins with the place in ``suite.json``."""
    try:
        datetime.fromisoformat(suite["run"]["started"])
    except ValueError:
        yield f"$.run.started: {suite['run']['started'][:40]!r} is no moment"
    for name, family in suite["families"].items():
        yield from _of_family(suite, f"$.families.{name}", family)
    seen = set()
    for number, entry in enumerate(suite["comparisons"]):
        place = f"$.comparisons[{number}]"
        key = entry["family"], entry["workload"], entry["n"]
        if key in seen:
            yield f"{place}: {'/'.join(key[:2])} n={key[2]} is there twice"
        seen.add(key)
        yield from _undescribed(suite, place, *key[:2]) or _of_comparison(suite, place, entry)
    for number, row in enumerate(suite["absences"]):
        yield from _undescribed(
            suite, f"$.absences[{number}]", row["family"], row["workload"], row["alternative"], row["backend"]
        )


def _of_family(suite: SuiteRecord, place: str, family: FamilyRecord) -> Iterator[str]:
    for backend, name in family["baseline"].items():
        if backend not in suite["backends"]:
            yield f"{place}.baseline: {_no('backend', backend)}"
        if name not in family["alternatives"]:
            yield f"{place}.baseline.{backend}: {_no('alternative', name)}"


def _of_comparison(suite: SuiteRecord, place: str, entry: ComparisonRecord) -> Iterator[str]:
    """Labels that nobody has, and tables of labels that should be one."""
    loops, walls = entry["loops"], entry.get("walls", {})
    extra = entry["extra"]["launches"] if "extra" in entry else {}
    twins = [entry["twin_of"]] if entry["twin_of"] else []
    tables: dict[str, Iterable[str]] = {"loops": loops, "walls": walls, "extra.launches": extra, "twin_of": twins}
    for name, found in entry.get("passes", {}).items():
        tables[f"passes.{name}"] = [*found["measured"], *found["missing"]]
        if name not in suite.get("passes", {}):
            yield f"{place}.passes: {_no('pass', name)}"
    for what, table in tables.items():
        for label in map(parsed, table):
            known = "" if label.is_null else label.alternative
            yield from _undescribed(suite, f"{place}.{what}", entry["family"], entry["workload"], known, label.backend)
    if walls and walls.keys() != loops.keys():
        yield f"{place}.walls: its labels are not those of loops"


def _undescribed(
    suite: SuiteRecord, place: str, family: str, workload: str, alternative: str = "", backend: str = ""
) -> list[str]:
    """What of the names of a place the suite does not describe; empty ones are not asked for."""
    if family not in suite["families"]:
        return [f"{place}: {_no('family', family)}"]
    described = suite["families"][family]
    if workload and workload not in described["workloads"]:
        return [f"{place}: {_no('workload', workload)} of {family}"]
    if alternative and alternative not in described["alternatives"]:
        return [f"{place}: {_no('alternative', alternative)} of {family}"]
    return [f"{place}: {_no('backend', backend)}"] if backend and backend not in suite["backends"] else []


def unknown_subjects(suite: SuiteRecord, safety: SafetyRecord) -> Iterator[str]:
    """A line for each finding of nobody whom the suite describes, which begins with the place in ``safety.json``."""
    for number, found in enumerate(safety["findings"]):
        yield from _undescribed(
            suite, f"$.findings[{number}]", found["family"], "", found["alternative"], found["backend"]
        )


def _no(what: str, name: str) -> str:
    return f"nothing describes the {what} {name[:60]!r}"
