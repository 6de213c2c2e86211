"""Where the numbers come from: the machine, the versions, the command, and the files with their hashes."""

from dataclasses import dataclass

from reports.reading.floor import floor
from reports.reading.measured import Measurements
from reports.reading.raw import RawFile
from reports.reading.wording import TIMES, listed, plural
from reports.views import conditions
from reports.views.anchors import slug
from results.commands import command
from results.record import file_name
from results.safety import hindrance

PRELIMINARY = {
    "smoke": "each variant ran once, only to see that it works",
    "quick": "one point of each scale, with a small budget",
}
GIB = 2**30
PACKED = ".gz"  # a record is ten times as large otherwise, and pyperf reads it as it is


@dataclass(frozen=True, slots=True)
class Copy:
    """A file of the run, and where the report keeps its copy, packed."""

    raw: RawFile
    target: str


@dataclass(frozen=True, slots=True)
class About:
    """What every page says of its run: where and how it was measured, what is wrong with it, how to repeat it.

    ``alone`` repeats the page's family without the others of the run; it is empty where there are none.
    """

    context: list[str]
    preliminary: str
    problems: tuple[str, ...]
    unasked: tuple[str, ...]
    facts: list[tuple[str, str]]
    system: str
    command: str
    alone: str
    check: str
    files: list[Copy]


def about(measurements: Measurements, family: str | None = None) -> About:
    """Gather it, for a family's page or for one about the whole run, which leaves the times to the families' pages."""
    return About(
        context=context(measurements, family),
        preliminary=preliminary(measurements),
        problems=tuple(measurements.problems),
        unasked=unasked(measurements),
        facts=facts(measurements),
        system=conditions.system(measurements),
        command=measurements.run.suite["run"]["command"],
        alone=_alone(measurements, family or ""),
        check=check_command(measurements, family or ""),
        files=copies(measurements, family or ""),
    )


def copies(measurements: Measurements, family: str | None = None) -> list[Copy]:
    """The files behind a family's page, behind the whole report, or with an empty name only those of the run itself."""
    return [Copy(raw, _target(raw)) for raw in measurements.raw if family is None or raw.family in ("", family)]


def _target(raw: RawFile) -> str:
    if not raw.family:
        return f"data/{raw.path.name}{PACKED}"
    name = file_name(slug(raw.workload), slug(raw.reading) if raw.reading else "", extra=raw.extra)
    return f"data/{slug(raw.family)}/{name}{PACKED}"


def facts(measurements: Measurements) -> list[tuple[str, str]]:
    """Names and values for the provenance list; what is not known is left out."""
    run, machine = measurements.run.suite["run"], measurements.run.machine
    memory = machine.get("memory_bytes")
    python = " ".join(str(machine.get(key, "")) for key in ("python_implementation", "python_version")).strip()
    state = f"{run['state']}, {run['preset']} preset, {run['engine']} engine, seed {run['seed']}"
    rows = [
        ("Run", f"{run['id']} ({state})"),
        ("Measured", f"{run['started']} to {run['finished'] or 'an unknown end'}, {run['seconds']:.0f} s"),
        (
            "Source",
            f"commit {run['commit']}{', with uncommitted changes' if run['dirty'] else ''}" if run["commit"] else "",
        ),
        ("CPU", f"{machine.get('cpu_model_name', '')}, {plural(int(machine.get('cpu_count', 1)), 'core')}"),
        ("CPU settings", ", ".join(str(machine[key]) for key in ("cpu_config", "cpu_freq", "aslr") if key in machine)),
        ("Memory", f"{memory / GIB:.0f} GiB" if isinstance(memory, int | float) else ""),
        ("System", str(machine.get("platform", ""))),
        ("Load before", f"{machine['load_avg_1min']} (1 minute)" if "load_avg_1min" in machine else ""),
        ("Python", python),
        ("Python build", str(machine.get("python_build", ""))),
        (
            "Versions",
            ", ".join(f"{name} {version}" for name, version in sorted(measurements.run.suite["versions"].items())),
        ),
        ("Safety", _safety_fact(measurements)),
    ]
    rows += conditions.facts(measurements)
    always = ("Run", "Measured", "Versions", "Safety", "Before measuring", "While measuring")
    return [(name, value) for name, value in rows if (value and machine) or name in always]


def _safety_fact(measurements: Measurements) -> str:
    safety = measurements.run.safety
    if safety is None:
        return "not tested"
    kept = f" ({safety['kept']} from an earlier check)" if safety.get("kept") else ""
    amount = f"{plural(len(safety['findings']), 'finding')}{kept}, {plural(safety['seeds'], 'seed')}"
    return f"{amount}, {safety['seconds']:.0f} s, {safety['python']}"


def unasked(measurements: Measurements) -> tuple[str, ...]:
    """A line for each file and family that could be asked nothing, though that is no lack of this machine."""
    records = measurements.run.suite.get("unasked", [])
    return tuple(dict.fromkeys(hindrance(record) for record in records if record["state"] != "not here"))


def _alone(measurements: Measurements, family: str) -> str:
    """The command that measures one family of several again."""
    suite = measurements.run.suite
    if not family or len(suite["families"]) < 2:
        return ""
    return command("benchmarks", "run", "--family", family, "--preset", suite["run"]["preset"])


def check_command(measurements: Measurements, family: str = "", loop: str = "") -> str:
    """The command that asks the same promises again; where no family or loop is given, of all that the run asked."""
    safety, suite = measurements.run.safety, measurements.run.suite
    options = suite["run"].get("options", {})
    some = options.get("family") or options.get("workload")
    asked = {
        "--family": [family] if family else suite["families"] if some else (),
        "--backend": [loop] if loop else options.get("backend"),
        "--alternative": options.get("alternative"),
        "--seeds": [str(safety["seeds"])] if safety else (),
        "--include": [line for line in options.get("include") or () if line.startswith(f"{family}=") or not family],
    }
    return command(
        "benchmarks", "check", *(word for name, its in asked.items() for one in its or () for word in (name, one))
    )


def check_differences(measurements: Measurements) -> str:
    """What was another version when safety was tested than when times were taken, as a sentence; usually nothing."""
    safety, measured = measurements.run.safety, measurements.run.suite["versions"]
    checked = safety["versions"] if safety else {}
    differing = [
        f"{name} {checked[name]} instead of {measured[name]}"
        for name in sorted(checked.keys() & measured.keys())
        if checked[name] != measured[name]
    ]
    return (
        f"Safety was tested with other versions than the times were taken with: {listed(differing)}."
        if differing
        else ""
    )


def context(measurements: Measurements, family: str | None = None) -> list[str]:
    """The line under the verdict: what, where, how much, and how quiet it was."""
    suite, machine = measurements.run.suite, measurements.run.machine
    versions = suite["versions"]
    loops = [f"{name} {entry['version']}" for name, entry in sorted(suite["backends"].items()) if entry["version"]]
    records = [entry.record for (one, _, _), entry in measurements.comparisons.items() if family in (None, one)]
    amount = ""
    if records:
        fewest, most = min(entry["launches"] for entry in records), max(entry["launches"] for entry in records)
        launches = plural(most, "launch") if fewest == most else f"{fewest} to {most} launches"
        rounds = sorted(entry["rounds"] for entry in records)
        least = f"{rounds[0]} to " if rounds[0] != rounds[-1] else ""
        amount = f"{launches} {TIMES} {least}{plural(rounds[-1], 'round')}"
    cores = machine.get("cpu_count")
    parts = [
        f"Python {versions['python']}" if "python" in versions else "",
        ", ".join(loops),
        f"{machine.get('cpu_model_name', '')}, {cores} cores" if cores else "",
        amount,
        suite["run"]["started"][:10],
    ]
    return [part for part in parts if part]


def preliminary(measurements: Measurements) -> str:
    """Why the numbers should not be quoted yet, or an empty string."""
    run = measurements.run.suite["run"]
    reasons = []
    if run["preset"] in PRELIMINARY:
        reasons.append(f"this is a {run['preset']} run: {PRELIMINARY[run['preset']]}")
    if run["state"] == "running":
        reasons.append("still measuring when this was drawn; what is missing will be added")
    elif run["state"] != "complete":
        reasons.append(f"the run is {run['state']}: some comparisons are missing")
    return f"Preliminary, do not quote: {'; '.join(reasons)}." if reasons else ""


@dataclass(frozen=True, slots=True)
class Noise:
    """What the baseline's hidden twin says of a comparison; ``limit`` is the percentage below which all is noise."""

    text: str
    limit: str

    @property
    def loud(self) -> bool:
        """Whether the same code, measured twice, differed by more than the band."""
        return bool(self.limit)


def noise(measurements: Measurements, key: tuple[str, str, int], loop: str) -> Noise | None:
    """The A/A check of a comparison on a loop; None if it had no twin, or too few launches for an interval."""
    found = floor(measurements.comparisons[key], loop)
    if found.limit is None:
        return None
    if not found.loud:
        return Noise(f"quiet (A/A {found.interval})", "")
    fault = f"; {found.fault}: a fault of this comparison" if found.fault else ""
    return Noise(f"loud (A/A {found.interval}): {found.consequence}{fault}", found.percent)
