"""Synthetic runs: times from a seeded generator, written as a real run is written."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyperf
import pytest

from results import safety
from results.record import AbsenceRecord, AlternativeRecord, SuiteRecord, Writer
from results.safety import FindingRecord, PropertyRecord, SafetyRecord
from tests.reports.parsed import built

SOURCE = '"""Doc."""\n\n\nasync def job(n: int) -> str:\n    # A comment\n    return f"done {n}"\n'


@dataclass(frozen=True)
class Fake:
    """An alternative of a synthetic run: its time at n = 100 relative to 10 µs, and how it grows per operation."""

    factor: float = 1.0
    exponent: float = 0.0
    kind: str = "idiom"
    title: str = "One way of doing it"
    doc: str = "One way of doing it.\n\nChoose it when you like it.\nIt costs what it costs."
    caveats: tuple[str, ...] = ()
    breaks: tuple[tuple[str, str], ...] = ()  # (property, backend)
    backends: tuple[str, ...] = ("asyncio", "uvloop")
    source: str = SOURCE
    versions: tuple[tuple[str, str], ...] = ()
    requires: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()  # the workloads it can run; all if none


def alternative_record(name: str, fake: Fake) -> AlternativeRecord:
    """What the suite says of a fake."""
    return {
        "title": fake.title,
        "doc": fake.doc,
        "path": f"patterns/demo/{name}.py",
        "source": fake.source,
        "sha256": "0" * 64,
        "library": "asyncio",
        "kind": fake.kind,
        "requires": list(fake.requires),
        "versions": dict(fake.versions),
        "caveats": list(fake.caveats),
        "known_failures": [
            {
                "property": promise,
                "python": "",
                "evidence": EVIDENCE,
                "applies_to": [backend],
            }
            for promise, backend in fake.breaks
        ],
    }


def suite_record(
    fakes: Mapping[str, Fake], workloads: Sequence[str], points: Sequence[int], settings: Mapping[str, Any]
) -> SuiteRecord:
    """A suite with one family, before anything is measured."""
    backends = dict.fromkeys(["asyncio", "uvloop", "trio"])
    return {
        "format": 1,
        "run": {
            "id": "2026-01-02T030405Z",
            "command": "python -m benchmarks run --family demo --seed 7",
            "preset": settings.get("preset", "standard"),
            "engine": "turns",
            "seed": 7,
            "started": "2026-01-02T03:04:05+00:00",
            "finished": "2026-01-02T03:14:05+00:00",
            "state": settings.get("state", "complete"),
            "seconds": 600.0,
            "commit": "c0ffee",
            "dirty": False,
        },
        "families": {
            "demo": {
                "doc": settings.get("question", "Do a thing.\n\nIt is promised that the thing gets done."),
                "baseline": {"asyncio": "usual", "uvloop": "usual", "trio": "trio_usual"},
                "workloads": {
                    name: {
                        "question": f"What does {name} cost?",
                        "axis": "tasks",
                        "operation": "job",
                        "scale": list(points),
                        "tallies": ["calls"],
                    }
                    for name in workloads
                },
                "alternatives": {name: alternative_record(name, fake) for name, fake in fakes.items()},
            }
        },
        "backends": {
            name: {
                "library": "trio" if name == "trio" else "asyncio",
                "distribution": "" if name == "asyncio" else name,
                "version": "" if name == "asyncio" else "1.2.3",
                "why": "a loop",
                "problem": "",
            }
            for name in backends
        },
        "versions": {"python": "3.13.0", "pyperf": "2.10.0"},
        "comparisons": [],
        "absences": list(settings.get("absences", ())),
    }


PROPERTIES: Mapping[str, PropertyRecord] = {
    "no_leaks": {
        "promise": "Nothing is left behind, whoever is cancelled.",
        "harm": "Tasks pile up until the memory is gone.",
        "example": "task = start()\ntask.cancel()  # it goes on",
        "fact": False,
    },
    "wakes_next": {
        "promise": "A cancelled waiter wakes the next one.",
        "harm": "Nobody is woken, and everybody waits for ever.",
        "example": "await lock.acquire()",
        "fact": False,
    },
    "fifo": {"promise": "First come, first served.", "harm": "Some wait longer.", "example": "", "fact": True},
}
EVIDENCE = "seen at https://example.org/issue/1."


def finding(alternative: str, backend: str, name: str, **changes: Any) -> FindingRecord:
    """A cell: 50 trials and no failure, or a yes for a fact, but for the changes."""
    found: Any = {
        "family": "demo",
        "alternative": alternative,
        "backend": backend,
        "property": name,
        "state": "yes" if name in PROPERTIES and PROPERTIES[name]["fact"] else "pass",
        "trials": 50,
        "seed": None,
        "tick": None,
        "reason": "",
        "traceback": [],
        "reproduce": "",
        "declared": False,
        "evidence": "",
    }
    if changes.get("state") == "FAIL":
        command = safety.command("demo", alternative, backend, [name], 2, 5)
        found |= {"trials": 3, "seed": 2, "tick": 5, "reason": "one task is left", "reproduce": command}
        found |= {"traceback": ["patterns/demo/it.py:7 in wait", "BrokenPromiseError: one task is left"]}
    return {**found, **changes}  # type: ignore[typeddict-item]


def safety_record(fakes: Mapping[str, Fake], *changed: FindingRecord, **changes: Any) -> SafetyRecord:
    """What was found of the fakes: all that they do not declare passes, but for the changed cells."""
    found = {}
    for name, fake in fakes.items():
        for backend in fake.backends:
            for question in [*PROPERTIES, *(name for name, _ in fake.breaks if name not in PROPERTIES)]:
                declared = (question, backend) in fake.breaks
                told = {"state": "FAIL", "declared": True, "evidence": EVIDENCE} if declared else {}
                found[name, backend, question] = finding(name, backend, question, **told)
    found |= {(cell["alternative"], cell["backend"], cell["property"]): cell for cell in changed}
    whole: Any = {
        "format": safety.FORMAT,
        "python": "CPython 3.13.0 on linux",
        "versions": {"python": "3.13.0", "pyperf": "2.10.0"},
        "seeds": 50,
        "seconds": 12.3,
        "properties": {"demo": PROPERTIES},
        "findings": list(found.values()),
    }
    return {**whole, **changes}  # type: ignore[typeddict-item]


def write_run(
    directory: Path,
    fakes: Mapping[str, Fake],
    workloads: Sequence[str] = ("busy",),
    points: Sequence[int] = (10, 100, 1000),
    launches: int = 10,
    rounds: int = 5,
    noise: float = 0.01,
    twin_factor: float = 1.0,
    **settings: Any,
) -> Path:
    """Write a run whose times are those of the fakes, up to a little seeded noise, and return its directory.

    ``safety`` among the settings is its record of findings; None leaves the run without one.
    """
    machine = {"cpu_model_name": "Test CPU", "cpu_count": 2, "platform": "Linux-test", "memory_bytes": 2**33}
    writer = Writer(directory, machine, suite_record(fakes, workloads, points, settings))
    variants = [(name, backend, False) for name, fake in fakes.items() for backend in fake.backends]
    if ("usual", "asyncio", False) in variants:
        variants.append(("usual", "asyncio", True))
    for workload in workloads:
        for n in points:
            draw = random.Random(f"{workload} {n}")
            benchmarks = [
                pyperf.Benchmark(
                    [
                        pyperf.Run(
                            [
                                1e-5
                                * fakes[name].factor
                                * (twin_factor if twin else 1.0)
                                * (n / 100) ** fakes[name].exponent
                                * (0.8 if backend == "uvloop" else 1.0)
                                * math.exp(draw.gauss(0, noise))
                                for _ in range(rounds)
                            ],
                            metadata={
                                "name": f"demo/{workload}/{name}{'#twin' if twin else ''}@{backend} n={n}",
                                "family": "demo",
                                "workload": workload,
                                "n": n,
                                "alternative": name,
                                "backend": backend,
                                "twin": int(twin),
                                "launch": launch,
                                "tally calls": 1.5,
                                "loops": 1,
                                "inner_loops": 1,
                            },
                            collect_metadata=False,
                        )
                        for launch in range(launches)
                    ]
                )
                for name, backend, twin in variants
                if not fakes[name].offers or workload in fakes[name].offers
            ]
            writer.add(
                {
                    "family": "demo",
                    "workload": workload,
                    "n": n,
                    "launches": launches,
                    "rounds": rounds,
                    "loops": {},
                    "twin_of": "usual@asyncio",
                    "seconds": 1.0,
                    "timed_seconds": 0.5,
                },
                benchmarks,
            )
    writer.save()
    found = settings.get("safety", safety_record(fakes))
    if found is not None:
        safety.write(directory / safety.FILE, found)
    return directory


def absence(alternative: str, state: str, reason: str, **changes: Any) -> AbsenceRecord:
    """A row without a number."""
    row: Any = {
        "family": "demo",
        "workload": "busy",
        "n": None,
        "alternative": alternative,
        "backend": "asyncio",
        "state": state,
        "reason": reason,
        "declared": False,
        "seconds": None,
    }
    return {**row, **changes}  # type: ignore[typeddict-item]


@pytest.fixture(name="fake", scope="session")
def fixture_fake() -> Callable[..., Fake]:
    """Make an alternative of a synthetic run."""
    return Fake


@pytest.fixture(name="absent", scope="session")
def fixture_absent() -> Callable[..., AbsenceRecord]:
    """Make a row without a number."""
    return absence


@pytest.fixture(name="write", scope="session")
def fixture_write() -> Callable[..., Path]:
    """Write a synthetic run."""
    return write_run


@pytest.fixture(name="found", scope="session")
def fixture_found() -> Callable[..., FindingRecord]:
    """Make a finding."""
    return finding


@pytest.fixture(name="safety_of", scope="session")
def fixture_safety_of() -> Callable[..., SafetyRecord]:
    """Make a record of findings."""
    return safety_record


@pytest.fixture(name="usual_run", scope="session")
def fixture_usual_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with everything in it: a winner, ties, an unsafe one, a trap, caveats, absences, three loops."""
    fakes = {
        "usual": Fake(backends=("asyncio", "uvloop")),
        "quick": Fake(0.5, exponent=-0.1, kind="own", title="`quick`: fast"),
        "twin_of_quick": Fake(0.5, exponent=0.3, kind="package"),
        "careless": Fake(0.3, breaks=(("no_leaks", "asyncio"), ("no_leaks", "uvloop"))),
        "pitfall": Fake(3.0, kind="trap"),
        "less": Fake(0.25, caveats=("No order is kept.",)),
        "trio_usual": Fake(1.5, backends=("trio",)),
        "hangs": Fake(backends=()),
        "absent": Fake(backends=()),
    }
    absences = [
        absence("hangs", "hung", "no answer within 10 s"),
        absence("absent", "not here", "left_pad is not installed"),
        absence("quick", "too slow", "one block takes 2 s", n=10_000),
        absence("usual", "not measured", "the budget of 10 s was spent", n=10_000),
    ]
    return write_run(tmp_path_factory.mktemp("run"), fakes, workloads=("busy", "mostly_idle"), absences=absences)


@pytest.fixture(name="report", scope="session")
def fixture_report(tmp_path_factory: pytest.TempPathFactory, usual_run: Path) -> Path:
    """Its report."""
    return built(usual_run, tmp_path_factory.mktemp("html"))
