"""Write and read one run directory: ``results/<machine>/<run>/``.

``machine.json`` says where, ``suite.json`` what (with the words and sources, so that reports need nothing else), and
``<family>/<workload>.json`` holds the times as a native pyperf suite, which pyperf's own commands read; what is
measured beside time is in ``<family>/<workload>.<reading>.json``. Every file is replaced atomically after each
comparison, so that a reader never sees half of one and a killed run keeps what it had.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NotRequired, Self, TypedDict, cast, get_args

import pyperf

from results.environment import ConditionsRecord, EnvironmentRecord
from results.environment import read as read_environment
from results.files import TEMPORARY, replace
from results.files import RecordError as RecordError
from results.files import one_line as one_line
from results.files import read_object as read_object
from results.files import replace_json as replace_json
from results.safety import FILE as SAFETY_FILE
from results.safety import SafetyRecord, UnaskedRecord
from results.safety import read as read_safety

FORMAT = 2
HERE = Path(__file__).parent
REFERENCE = "reference"

State = Literal[
    "mistake",  # its file says something that cannot be; the reason names the file, the constant and the remedy
    "not here",  # the backend, the package or the Python is missing on this machine
    "not offered",  # the alternative lacks what the workload needs
    "raised",
    "wrong answer",
    "left something behind",
    "died",
    "hung",
    "too slow",  # one block takes longer than the preset allows
    "not measured",  # interrupted, or out of budget
]
Clock = Literal["wall", "cpu"]
Unit = Literal["second", "ratio", "count"]
FAILED: frozenset[State] = frozenset(("raised", "wrong answer", "left something behind", "died", "hung"))


class KnownFailureRecord(TypedDict):
    """A broken promise that the alternative declares; ``applies_to`` lists the backends of this run where it holds."""

    promise: str
    python: str
    evidence: str
    applies_to: list[str]


class AlternativeRecord(TypedDict):
    """What the report says of an alternative, and the source that ran."""

    title: str
    doc: str
    path: str
    source: str
    sha256: str
    library: str
    kind: str
    requires: list[str]
    versions: dict[str, str]
    caveats: list[str]
    known_failures: list[KnownFailureRecord]


class ReadingRecord(TypedDict):
    """Something measured beside time: ``title`` is its column's heading, ``better`` says which way is good."""

    name: str
    title: str
    unit: Unit
    better: Literal["lower", "higher", "neither"]


class WorkloadRecord(TypedDict):
    """A question about cost: ``axis`` is what n counts, ``operation`` the unit of every time, ``scale`` all points.

    ``clock`` says whether times are the wall's or the processor's; records of before it was introduced have neither
    that nor ``readings``.
    """

    question: str
    axis: str
    operation: str
    scale: list[int]
    tallies: list[str]
    clock: NotRequired[Clock]
    readings: NotRequired[list[ReadingRecord]]


class NeighbourRecord(TypedDict):
    """A family that is easily taken for another, and what one wants who should go there: a phrase behind "to"."""

    family: str
    why: str


class FamilyRecord(TypedDict):
    """A family: the contract's text, the baseline of each backend, its workloads and alternatives.

    ``group`` is a reader's word that families may share; records of before it was introduced have neither that nor
    ``neighbours``, which may name families that the run does not hold.
    """

    doc: str
    group: NotRequired[str]
    neighbours: NotRequired[list[NeighbourRecord]]
    baseline: dict[str, str]
    workloads: dict[str, WorkloadRecord]
    alternatives: dict[str, AlternativeRecord]


class BackendRecord(TypedDict):
    """An event loop: ``problem`` says why it could not run here, or is empty."""

    library: str
    distribution: str
    version: str
    why: str
    problem: str


class ExtraRecord(TypedDict):
    """The launches beyond the planned ones: how many each label took part in, and what they took."""

    launches: dict[str, int]
    seconds: float
    timed_seconds: float


class ComparisonRecord(TypedDict):
    """How one comparison was measured; ``loops`` is per variant label, ``timed_seconds`` the time inside blocks.

    ``untimed`` calls come before the loops of each block; records of before that was done have none.

    ``conditions`` has an entry per launch that was watched; records of before that was done have none. ``walls`` is
    what a block of each label takes, in seconds, where further launches could repeat it.
    """

    family: str
    workload: str
    n: int
    launches: int
    rounds: int
    loops: dict[str, int]
    untimed: NotRequired[dict[str, int]]
    twin_of: str
    seconds: float
    timed_seconds: float
    extra: NotRequired[ExtraRecord]
    walls: NotRequired[dict[str, float]]
    conditions: NotRequired[list[ConditionsRecord]]


class AbsenceRecord(TypedDict):
    """A row without a number: ``n`` is None when it holds for every point of the axis.

    ``declared`` is true when the alternative's known failures name it; ``seconds`` is one operation's time where a
    single look was had (too slow).
    """

    family: str
    workload: str
    n: int | None
    alternative: str
    backend: str
    state: State
    reason: str
    declared: bool
    seconds: float | None


class RunRecord(TypedDict):
    """The run itself. ``state`` is running, complete or interrupted; times are ISO 8601 in UTC.

    What going on with it takes: the ``options`` that it was asked for with, the hash of the ``code`` that measured,
    whether its safety was ``checked`` to the end, and when it was ``resumed``. ``seconds`` is what measuring has taken,
    without the safety check.
    """

    id: str
    command: str
    preset: str
    engine: str
    seed: int
    started: str
    finished: str
    state: str
    seconds: float
    commit: str
    dirty: bool
    options: NotRequired[dict[str, Any]]
    code: NotRequired[str]
    checked: NotRequired[bool]
    resumed: NotRequired[list[str]]


class SuiteRecord(TypedDict):
    """Everything of a run but its times.

    ``unasked`` are those that could be asked nothing at all; records of before that was noted have none.
    """

    format: int
    run: RunRecord
    families: dict[str, FamilyRecord]
    backends: dict[str, BackendRecord]
    versions: dict[str, str]
    comparisons: list[ComparisonRecord]
    absences: list[AbsenceRecord]
    unasked: NotRequired[list[UnaskedRecord]]


@dataclass
class Run:
    """One run as read back: ``problems`` names every file that could not be used, one line each.

    ``readings`` are the suites of what was measured beside time, by family, workload and reading. ``extra`` holds the
    times of launches beyond the planned ones; their readings stay in their files. ``safety`` is None when nothing was
    tested, or what was found cannot be read; ``environment`` when nobody looked.
    """

    path: Path
    machine: dict[str, Any]
    suite: SuiteRecord
    benchmarks: dict[tuple[str, str], pyperf.BenchmarkSuite]
    readings: dict[tuple[str, str, str], pyperf.BenchmarkSuite] = field(default_factory=dict)
    extra: dict[tuple[str, str], pyperf.BenchmarkSuite] = field(default_factory=dict)
    safety: SafetyRecord | None = None
    environment: EnvironmentRecord | None = None
    problems: list[str] = field(default_factory=list)


class Writer:
    """The open record of a run that is being measured."""

    def __init__(self, directory: Path, machine: dict[str, Any], suite: SuiteRecord) -> None:
        """Start the run's directory; raises OSError if it cannot be written."""
        self.directory = directory
        self.suite = suite
        self._benchmarks: dict[Path, list[pyperf.Benchmark]] = {}
        directory.mkdir(parents=True, exist_ok=True)
        replace_json(directory / "machine.json", machine)
        self.save()

    @classmethod
    def reopen(cls, directory: Path) -> Self:
        """Go on with a record as a killed process has left it; raises RecordError if it is damaged."""
        suite = read_suite(directory / "suite.json")
        writer = cls(directory, read_object(directory / "machine.json"), suite)
        for half_written in directory.rglob(f"{TEMPORARY}*"):
            half_written.unlink()
        for path in directory.glob("*/*.json"):
            writer._benchmarks[path] = _finished(suite, path)
        return writer

    def save(self) -> None:
        """Write ``suite.json`` as it is now."""
        replace_json(self.directory / "suite.json", self.suite)

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

    def held(self, comparison: ComparisonRecord, *, extra: bool = False) -> list[pyperf.Benchmark]:
        """The times of a comparison: of its planned launches, or of those beyond."""
        path = self.directory / comparison["family"] / file_name(comparison["workload"], extra=extra)
        known = self._benchmarks.get(path, [])
        return [benchmark for benchmark in known if int(benchmark.get_metadata()["n"]) == comparison["n"]]


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
    suite = read_suite(directory / "suite.json")
    match suite:
        case {"run": {"state": "running"}}:
            suite["run"]["state"] = "interrupted"
    run = Run(directory, {}, suite, {})
    try:
        run.machine = read_object(directory / "machine.json")
    except RecordError as error:
        run.problems.append(str(error))
    return run


def read(directory: Path) -> Run:
    """Read a run; raises RecordError if ``suite.json`` cannot be used, and lists what else cannot in ``problems``."""
    run = glance(directory)
    suite = run.suite
    for family, workload in sorted({(entry["family"], entry["workload"]) for entry in suite["comparisons"]}):
        folder = directory / family
        try:
            run.benchmarks[family, workload] = _suite(suite, folder / file_name(workload))
            if (path := folder / file_name(workload, extra=True)).exists():
                run.extra[family, workload] = _benchmarks(path)
            for name in _readings(suite, family, workload):
                run.readings[family, workload, name] = _suite(suite, folder / file_name(workload, name))
        except RecordError as error:
            run.problems.append(str(error))
    try:
        run.safety = read_safety(directory / SAFETY_FILE)
    except RecordError as error:
        run.problems.append(str(error))
    try:
        run.environment = read_environment(directory)
    except RecordError as error:
        run.problems.append(str(error))
    return run


def read_suite(path: Path) -> SuiteRecord:
    """Read ``suite.json`` alone, as it is; raises RecordError if it cannot be used."""
    value = read_object(path)
    if value.get("format") != FORMAT:
        raise RecordError(f"{path}: format {value.get('format')!r} is not {FORMAT}: written by another version")
    missing = SuiteRecord.__required_keys__ - value.keys()
    if missing:
        raise RecordError(f"{path}: not a suite of ours: {', '.join(sorted(missing))} missing")
    unknown = {entry["state"] for entry in value["absences"]} - set(get_args(State))
    if unknown:
        raise RecordError(f"{path}: unknown state {', '.join(sorted(unknown))}")
    return cast("SuiteRecord", value)


def _readings(suite: SuiteRecord, family: str, workload: str) -> list[str]:
    known = suite["families"].get(family, {"workloads": {}})["workloads"]
    return [reading["name"] for reading in known[workload].get("readings", [])] if workload in known else []


def _finished(suite: SuiteRecord, path: Path) -> list[pyperf.Benchmark]:
    """What a file holds of the comparisons of the suite: more was written if the process was killed just then."""
    family, workload = path.parent.name, path.name.partition(".")[0]
    ours = [entry for entry in suite["comparisons"] if (entry["family"], entry["workload"]) == (family, workload)]
    points = {entry["n"] for entry in ours}
    return [one for one in _benchmarks(path).get_benchmarks() if int(one.get_metadata()["n"]) in points]


def _suite(suite: SuiteRecord, path: Path) -> pyperf.BenchmarkSuite:
    found = _finished(suite, path)
    if not found:
        raise RecordError(f"{path}: holds nothing that was finished")
    return pyperf.BenchmarkSuite(found)


def _benchmarks(path: Path) -> pyperf.BenchmarkSuite:
    try:
        return pyperf.BenchmarkSuite.load(str(path))
    # pyperf raises whatever its parsing ran into: KeyError, TypeError, ValueError, OSError.
    except Exception as error:
        raise RecordError(f"{path}: not a pyperf suite: {one_line(error)}") from error


def run_directories(root: Path = HERE) -> Iterator[Path]:
    """Every run directory under ``root``, the newest first, the reference run last."""
    found = [path.parent for path in root.glob("*/*/suite.json")]
    yield from sorted(found, key=lambda path: (path.parent.name != REFERENCE, path.name), reverse=True)
