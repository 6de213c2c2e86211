"""Write and read one run directory: ``results/<machine>/<run>/``.

``machine.json`` says where, ``suite.json`` what (with the words and sources, so that reports need nothing else), and
``<family>/<workload>.json`` holds the times as a native pyperf suite, which pyperf's own commands read; what is
measured beside time is in ``<family>/<workload>.<reading>.json``. Every file is replaced atomically after each
comparison, so that a reader never sees half of one and a killed run keeps what it had. Where several environments took
turns, ``environments/<name>/`` is such a directory for each but the first, whose record is the run's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pyperf

from results.coherence import contradictions, unknown_subjects
from results.commands import installed
from results.discoveries import Discoveries
from results.discoveries import read as read_discoveries
from results.environment import EnvironmentRecord
from results.environment import read as read_environment
from results.files import TEMPORARY, check_format, replace
from results.files import RecordError as RecordError
from results.files import one_line as one_line
from results.files import read_object as read_object
from results.files import replace_json as replace_json
from results.safety import FILE as SAFETY_FILE
from results.safety import SafetyRecord
from results.safety import read as read_safety
from results.shapes import shaped, shown
from results.suite import ComparisonRecord, FamilyRecord, MachineRecord, PassRecord, SuiteRecord
from results.times import read_times

FORMAT = 2
HERE = Path(__file__).parent
INSTALLED = Path("loopmark-results")  # where the installed program records: nothing of a reader's has that name
REFERENCE = "reference"
ENVIRONMENTS = "environments"
OURS = re.compile(r"\d{4}-\d\d-\d\dT\d{6}(-[0-9a-f]{4})?")  # the names that runs are given


def root() -> Path:
    """Where runs are recorded, and looked for, unless somebody says otherwise: here, or in the folder at hand."""
    return INSTALLED if installed() else HERE


@dataclass
class Run:
    """One run as read back: ``problems`` names every file that could not be used, one line each.

    ``readings`` are the suites of what was measured beside time, by family, workload and reading, or pass. ``extra``
    holds the times of launches beyond the planned ones, and ``extra_readings`` what was read in them. ``safety`` is
    None when nothing was tested, or what was found cannot be read; ``environment`` when nobody looked, ``discoveries``
    when nobody wrote any. ``elsewhere`` has a run for each other environment that took turns in its launches.
    """

    path: Path
    machine: dict[str, Any]
    suite: SuiteRecord
    benchmarks: dict[tuple[str, str], pyperf.BenchmarkSuite]
    readings: dict[tuple[str, str, str], pyperf.BenchmarkSuite] = field(default_factory=dict)
    extra: dict[tuple[str, str], pyperf.BenchmarkSuite] = field(default_factory=dict)
    extra_readings: dict[tuple[str, str, str], pyperf.BenchmarkSuite] = field(default_factory=dict)
    safety: SafetyRecord | None = None
    environment: EnvironmentRecord | None = None
    discoveries: Discoveries | None = None
    problems: list[str] = field(default_factory=list)
    elsewhere: dict[str, "Run"] = field(default_factory=dict)


class Writer:
    """The open record of a run that is being measured; ``elsewhere`` has one for each other environment, by name."""

    def __init__(self, directory: Path, machine: dict[str, Any], suite: SuiteRecord) -> None:
        """Start the run's directory; raises OSError if it cannot be written, RecordError if nobody could read it."""
        self.directory = directory
        self.suite = suite
        self.elsewhere: dict[str, Writer] = {}
        self._benchmarks: dict[Path, list[pyperf.Benchmark]] = {}
        directory.mkdir(parents=True, exist_ok=True)
        shaped(machine, MachineRecord, directory / "machine.json")
        replace_json(directory / "machine.json", machine)
        self.save()

    @classmethod
    def reopen(cls, directory: Path) -> Self:
        """Go on with a record as a killed process has left it; raises RecordError if it is damaged."""
        suite = read_suite(directory / "suite.json")
        writer = cls(directory, read_machine(directory), suite)
        for half_written in directory.rglob(f"{TEMPORARY}*"):
            half_written.unlink()
        for path in directory.glob("*/*.json"):
            writer._benchmarks[path] = _finished(suite, path)
        for comparison in suite["comparisons"]:
            writer._check(comparison)
        writer.elsewhere = {name: cls.reopen(path) for name, path in environments_in(directory).items()}
        return writer

    def add_environment(self, name: str, machine: dict[str, Any], suite: SuiteRecord) -> None:
        """Start the record of another environment, within this one; raises as this one's start does."""
        suite["run"] = {**self.suite["run"], "environment": name}
        self.elsewhere[name] = Writer(self.directory / ENVIRONMENTS / name, machine, suite)

    def save(self) -> None:
        """Write ``suite.json`` as it is now; raises RecordError, and keeps the old one, if it is no record."""
        path = self.directory / "suite.json"
        shaped(self.suite, SuiteRecord, path)  # what cannot be read back would cost the record that is there
        replace_json(path, self.suite)

    def add(
        self,
        comparison: ComparisonRecord,
        benchmarks: Iterable[pyperf.Benchmark],
        readings: Mapping[str, Iterable[pyperf.Benchmark]] | None = None,
    ) -> None:
        """Keep a finished comparison: its times and readings first, then the entry that says they are there."""
        family, workload = comparison["family"], comparison["workload"]
        for reading, found in {"": benchmarks, **(readings or {})}.items():
            path = self.directory / family / file_name(workload, reading)
            known = self._benchmarks.setdefault(path, [])
            known.extend(found)
            if known:
                replace_suite(path, pyperf.BenchmarkSuite(known))
        self.suite["comparisons"].append(comparison)
        self.save()

    def add_extra(
        self,
        comparison: ComparisonRecord,
        benchmarks: Iterable[pyperf.Benchmark],
        readings: Mapping[str, Iterable[pyperf.Benchmark]],
    ) -> None:
        """Keep launches beyond the planned ones, beside them: the planned ones stay equally many for every variant."""
        for reading, found in {"": benchmarks, **readings}.items():
            path = self.directory / comparison["family"] / file_name(comparison["workload"], reading, extra=True)
            known = self._benchmarks.setdefault(path, [])
            by_name = {benchmark.get_name(): benchmark for benchmark in known}
            for benchmark in found:
                if benchmark.get_name() in by_name:
                    by_name[benchmark.get_name()].add_runs(benchmark)
                else:
                    known.append(benchmark)
            if known:
                replace_suite(path, pyperf.BenchmarkSuite(known))
        self.save()

    def add_passes(
        self,
        comparison: ComparisonRecord,
        passes: Mapping[str, PassRecord],
        benchmarks: Mapping[str, Iterable[pyperf.Benchmark]],
    ) -> None:
        """Keep what passes gave that were taken beside the times of a comparison: each has a file of its own."""
        for name, found in benchmarks.items():
            path = self.directory / comparison["family"] / file_name(comparison["workload"], name)
            new = {benchmark.get_name(): benchmark for benchmark in found}
            # A killed process may have written the file, and not the entry that says so: then they are there again.
            known = [one for one in self._benchmarks.get(path, []) if one.get_name() not in new]
            self._benchmarks[path] = [*known, *new.values()]
            if self._benchmarks[path]:
                replace_suite(path, pyperf.BenchmarkSuite(self._benchmarks[path]))
        comparison.setdefault("passes", {}).update(passes)
        self.save()

    def _check(self, comparison: ComparisonRecord) -> None:
        """Raises RecordError if times of a comparison are not there that the suite tells of."""
        path = self.directory / comparison["family"] / comparison["workload"]
        expected = {f"{label} n={comparison['n']}" for label in comparison["loops"]}
        planned, extra = (
            {benchmark.get_name() for benchmark in self.held(comparison, extra=extra)} for extra in (False, True)
        )
        if missing := (expected | extra) - planned:
            raise RecordError(f"{path}.json: holds no times of {min(missing)}: this run cannot be gone on with")

    def held(self, comparison: ComparisonRecord, *, extra: bool = False) -> list[pyperf.Benchmark]:
        """The times of a comparison: of its planned launches, or of those beyond."""
        path = self.directory / comparison["family"] / file_name(comparison["workload"], extra=extra)
        known = self._benchmarks.get(path, [])
        return [benchmark for benchmark in known if int(benchmark.get_metadata()["n"]) == comparison["n"]]


def environments_in(directory: Path) -> dict[str, Path]:
    """Where the records of the other environments of a run are, by name."""
    return {path.parent.name: path.parent for path in sorted(directory.glob(f"{ENVIRONMENTS}/*/suite.json"))}


def file_name(workload: str, reading: str = "", *, extra: bool = False) -> str:
    """The file of a workload's times, or of one of its readings; of the planned launches, or of those beyond."""
    return ".".join(filter(None, (workload, reading, "extra" if extra else "", "json")))


def replace_suite(path: Path, suite: pyperf.BenchmarkSuite) -> None:
    """Write a pyperf suite, atomically."""
    replace(path, lambda temporary: suite.dump(str(temporary), compact=True, replace=True))


def glance(directory: Path) -> Run:
    """Read what a run is and what it compared, without its times and findings; raises RecordError like ``read``.

    A run that is not complete is interrupted, for whoever reads it now: a killed one had no time to say so.
    """
    suite, problems = _suite_in(directory / "suite.json")
    if suite["run"]["state"] == "running":
        suite["run"]["state"] = "interrupted"
    run = Run(directory, {}, suite, {}, problems=problems)
    try:
        run.machine = read_machine(directory)
    except RecordError as error:
        run.problems.append(str(error))
    return run


def read(directory: Path, only: str = "") -> Run:
    """Read a run; raises RecordError if ``suite.json`` cannot be used, and lists what else cannot in ``problems``.

    ``only`` names the one family whose times are wanted; all of them are without it.
    """
    run = glance(directory)
    suite = run.suite
    measured = {(entry["family"], entry["workload"]) for entry in suite["comparisons"]}
    for family, workload in sorted(key for key in measured if key[0] == (only or key[0])):
        folder = directory / family
        try:
            planned = run.benchmarks[family, workload] = _suite(suite, folder / file_name(workload))
            if (path := folder / file_name(workload, extra=True)).exists():
                run.extra[family, workload] = _beyond(planned, _suite(suite, path), path)
            for name in [*_readings(suite, family, workload), *_passes(suite, family, workload)]:
                key = family, workload, name
                planned = run.readings[key] = _suite(suite, folder / file_name(workload, name))
                if (path := folder / file_name(workload, name, extra=True)).exists():
                    run.extra_readings[key] = _beyond(planned, _suite(suite, path), path)
        except RecordError as error:
            run.problems.append(str(error))
    try:
        run.safety = safety_of(suite, directory / SAFETY_FILE)
    except RecordError as error:
        run.problems.append(str(error))
    try:
        run.environment = read_environment(directory)
    except RecordError as error:
        run.problems.append(str(error))
    try:
        run.discoveries = read_discoveries(directory)
    except RecordError as error:
        run.problems.append(str(error))
    for name, path in environments_in(directory).items():
        try:
            run.elsewhere[name] = read(path, only)
            run.problems += run.elsewhere[name].problems
        except RecordError as error:
            run.problems.append(str(error))
    return run


def read_suite(path: Path) -> SuiteRecord:
    """Read ``suite.json`` alone, as it is; raises RecordError if any of it cannot be used."""
    suite, problems = _suite_in(path)
    if problems:
        raise RecordError(problems[0])
    return suite


def _suite_in(path: Path) -> tuple[SuiteRecord, list[str]]:
    """A suite, and a line for each family that had to be left out; raises RecordError if more of it cannot be used."""
    value = read_object(path)
    check_format(path, value, FORMAT)
    problems, damaged = [], set()
    families = value.get("families")
    if isinstance(families, dict):
        for name in [*families]:
            try:
                shaped(families[name], FamilyRecord, f"{path}: family {shown(name)} is left out")
            except RecordError as error:
                problems.append(str(error))
                damaged.add(name)
                del families[name]
    suite = shaped(value, SuiteRecord, path)
    suite["comparisons"] = [entry for entry in suite["comparisons"] if entry["family"] not in damaged]
    suite["absences"] = [row for row in suite["absences"] if row["family"] not in damaged]
    if wrong := next(contradictions(suite), None):
        raise RecordError(f"{path}: {wrong}")
    return suite, problems


def read_machine(directory: Path) -> dict[str, Any]:
    """What is known of the machine, more than the type describes; raises RecordError if it cannot be used."""
    path = directory / "machine.json"
    found = read_object(path)
    shaped(found, MachineRecord, path)
    return found


def _readings(suite: SuiteRecord, family: str, workload: str) -> list[str]:
    known = suite["families"].get(family, {"workloads": {}})["workloads"]
    return [reading["name"] for reading in known[workload].get("readings", [])] if workload in known else []


def _passes(suite: SuiteRecord, family: str, workload: str) -> list[str]:
    """The passes of a workload that gave a number at one of its points at least."""
    ours = [entry for entry in suite["comparisons"] if (entry["family"], entry["workload"]) == (family, workload)]
    return sorted({name for entry in ours for name, found in entry.get("passes", {}).items() if found["measured"]})


def _finished(suite: SuiteRecord, path: Path) -> list[pyperf.Benchmark]:
    """What a file holds of the comparisons of the suite: more was written if the process was killed just then."""
    family, workload = path.parent.name, path.name.partition(".")[0]
    ours = [entry for entry in suite["comparisons"] if (entry["family"], entry["workload"]) == (family, workload)]
    points = {entry["n"] for entry in ours}
    described = suite["families"].get(family)
    found = read_times(path, described["alternatives"] if described else (), suite["backends"])
    return [one for one in found if int(one.get_metadata()["n"]) in points]


def _suite(suite: SuiteRecord, path: Path) -> pyperf.BenchmarkSuite:
    found = _finished(suite, path)
    if not found:
        raise RecordError(f"{path}: holds nothing that was finished")
    return pyperf.BenchmarkSuite(found)


def _beyond(planned: pyperf.BenchmarkSuite, extra: pyperf.BenchmarkSuite, path: Path) -> pyperf.BenchmarkSuite:
    """The launches beyond the planned ones; raises RecordError for those of a benchmark that has no planned ones."""
    if unplanned := set(extra.get_benchmark_names()) - set(planned.get_benchmark_names()):
        raise RecordError(f"{path}: benchmark {min(unplanned)!r} has no planned launches")
    return extra


def safety_of(suite: SuiteRecord, path: Path) -> SafetyRecord:
    """What was found of the alternatives of a suite; raises RecordError if it cannot be used."""
    safety = read_safety(path)
    if wrong := next(unknown_subjects(suite, safety), None):
        raise RecordError(f"{path}: {wrong}")
    return safety


def run_directories(root: Path = HERE) -> Iterator[Path]:
    """Every run directory under ``root``, the newest first, then those that somebody has named, the reference run last.

    Our names are moments, in order; any other name says nothing of when it was measured.
    """
    found = [path.parent for path in root.glob("*/*/suite.json")]
    yield from sorted(found, key=_place, reverse=True)


def _place(path: Path) -> tuple[bool, bool, str]:
    return path.parent.name != REFERENCE, bool(OURS.fullmatch(path.name)), path.name
