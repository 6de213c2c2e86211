"""Synthetic runs: times from a seeded generator, written as a real run is written."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyperf

from results import environment, safety
from results.labels import NOTHING
from results.record import Writer
from results.safety import FindingRecord, PromiseRecord, SafetyRecord
from results.suite import AbsenceRecord, AlternativeRecord, ComparisonRecord, FamilyRecord, NeedRecord, SuiteRecord

SOURCE = '"""Doc."""\n\n\nasync def job(n: int) -> str:\n    # A comment\n    return f"done {n}"\n'
FITTING = '\n\n# --- how it fits the contract ---\n\nKIND = "own"\n'
BASELINES = {"asyncio": "usual", "uvloop": "usual", "trio": "trio_usual"}

NEEDS: list[NeedRecord] = [
    {"name": "order", "phrase": "needs first come, first served", "usual": True, "promises": ["in_order"]},
    {"name": "threads", "phrase": "uses it from two threads", "usual": False, "promises": ["threads"]},
    {"name": "loops", "phrase": "uses it again in another loop", "usual": False, "promises": ["loops"]},
]


@dataclass(frozen=True)
class Fake:
    """An alternative of a synthetic run: its time at n = 100 relative to 10 µs, and how it grows per operation."""

    factor: float = 1.0
    exponent: float = 0.0
    kind: str = "idiom"
    title: str = "One way of doing it"
    doc: str = "One way of doing it.\n\nChoose it when you like it.\nIt costs what it costs."
    caveats: tuple[str, ...] = ()
    breaks: tuple[tuple[str, str], ...] = ()  # (promise, backend)
    backends: tuple[str, ...] = ("asyncio", "uvloop")
    source: str = SOURCE
    fitting: str = ""  # what follows the source in its file; without it the record is of before there were two parts
    versions: tuple[tuple[str, str], ...] = ()
    requires: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()  # the workloads it can run; all if none
    readings: tuple[tuple[str, float], ...] = ()  # what is measured beside its time


def alternative_record(name: str, fake: Fake) -> AlternativeRecord:
    """What the suite says of a fake."""
    record: AlternativeRecord = {
        "title": fake.title,
        "doc": fake.doc,
        "path": f"patterns/demo/{name}.py",
        "source": fake.source + fake.fitting,
        "sha256": "0" * 64,
        "library": "asyncio",
        "kind": fake.kind,
        "requires": list(fake.requires),
        "versions": dict(fake.versions),
        "caveats": list(fake.caveats),
        "known_failures": [
            {
                "promise": promise,
                "python": "",
                "evidence": EVIDENCE,
                "applies_to": [backend],
            }
            for promise, backend in fake.breaks
        ],
    }
    if fake.fitting:
        record["pattern_lines"] = len(fake.source.splitlines())
    return record


def family_record(
    fakes: Mapping[str, Fake], workloads: Sequence[str], points: Sequence[int], settings: Mapping[str, Any]
) -> FamilyRecord:
    """What the suite says of the one family; older records know neither ``clock``, ``readings`` nor ``needs``."""
    asked: Any = {"axis": "tasks", "operation": "job", "scale": list(points), "tallies": ["calls"]}
    asked |= {key: settings[key] for key in ("clock", "readings", "null") if key in settings}
    questions: Any = {name: {**asked, "question": f"What does {name} cost?"} for name in workloads}
    record: FamilyRecord = {
        "doc": settings.get("question", "Do a thing.\n\nIt is promised that the thing gets done."),
        "baseline": {backend: name for backend, name in BASELINES.items() if name in fakes},
        "workloads": questions,
        "alternatives": {name: alternative_record(name, fake) for name, fake in fakes.items()},
    }
    if "needs" in settings:
        record["needs"] = settings["needs"]
    return record


def suite_record(
    fakes: Mapping[str, Fake], workloads: Sequence[str], points: Sequence[int], settings: Mapping[str, Any]
) -> SuiteRecord:
    """A suite with one family, before anything is measured."""
    backends = dict.fromkeys(["asyncio", "uvloop", "trio"])
    return {
        "format": 2,
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
            "options": settings.get("options", {}),
        },
        "families": {"demo": family_record(fakes, workloads, points, settings)},
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


PROMISES: Mapping[str, PromiseRecord] = {
    "no_leaks": {
        "sentence": "Nothing is left behind, whoever is cancelled.",
        "harm": "Tasks pile up until the memory is gone.",
        "example": "task = start()\ntask.cancel()  # it goes on",
        "fact": False,
    },
    "wakes_next": {
        "sentence": "A cancelled waiter wakes the next one.",
        "harm": "Nobody is woken, and everybody waits for ever.",
        "example": "await lock.acquire()",
        "fact": False,
    },
    "fifo": {"sentence": "First come, first served.", "harm": "Some wait longer.", "example": "", "fact": True},
}
EVIDENCE = "seen at https://example.org/issue/1."


def finding(alternative: str, backend: str, name: str, **changes: Any) -> FindingRecord:
    """A cell: 50 trials and no failure, or a yes for a fact, but for the changes."""
    found: Any = {
        "family": "demo",
        "alternative": alternative,
        "backend": backend,
        "promise": name,
        "state": "yes" if name in PROMISES and PROMISES[name]["fact"] else "pass",
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
        command = safety.trial_command("demo", alternative, backend, [name], 2, 5)
        found |= {"trials": 3, "seed": 2, "tick": 5, "reason": "one task is left", "reproduce": command}
        found |= {"traceback": ["patterns/demo/it.py:7 in wait", "BrokenPromiseError: one task is left"]}
    return {**found, **changes}  # type: ignore[typeddict-item]


def safety_record(fakes: Mapping[str, Fake], *changed: FindingRecord, **changes: Any) -> SafetyRecord:
    """What was found of the fakes: all that they do not declare passes, but for the changed cells."""
    found = {}
    for name, fake in fakes.items():
        for backend in fake.backends:
            for question in [*PROMISES, *(name for name, _ in fake.breaks if name not in PROMISES)]:
                declared = (question, backend) in fake.breaks
                told = {"state": "FAIL", "declared": True, "evidence": EVIDENCE} if declared else {}
                found[name, backend, question] = finding(name, backend, question, **told)
    found |= {(cell["alternative"], cell["backend"], cell["promise"]): cell for cell in changed}
    whole: Any = {
        "format": safety.FORMAT,
        "python": "CPython 3.13.0 on linux",
        "versions": {"python": "3.13.0", "pyperf": "2.10.0"},
        "seeds": 50,
        "seconds": 12.3,
        "promises": {"demo": PROMISES},
        "findings": list(found.values()),
    }
    return {**whole, **changes}  # type: ignore[typeddict-item]


def seconds(fake: Fake, backend: str, n: int) -> float:
    """The time of one operation: 10 µs at n = 100 times the fake's factor, a fifth less on uvloop."""
    return float(1e-5 * fake.factor * (n / 100) ** fake.exponent * (0.8 if backend == "uvloop" else 1.0))


def benchmark(names: Mapping[str, Any], values: Callable[[int], float], launches: int, rounds: int) -> pyperf.Benchmark:
    """A pyperf benchmark as launches make it; ``names`` are its metadata."""
    label = f"{names['alternative']}{'#twin' if names['twin'] else ''}@{names['backend']}"
    metadata = {"name": f"{label} n={names['n']}", "family": "demo", **names}
    metadata |= {"loops": 1, "inner_loops": 1}
    return pyperf.Benchmark(
        [
            pyperf.Run(
                [values(launch) for _ in range(rounds)], metadata={**metadata, "launch": launch}, collect_metadata=False
            )
            for launch in range(launches)
        ]
    )


def write_comparison(
    writer: Writer, fakes: Mapping[str, Fake], workload: str, n: int, settings: Mapping[str, Any]
) -> None:
    """Write one comparison: every variant that offers the workload, and what they were read to be beside that."""
    launches, rounds = settings["launches"], settings["rounds"]
    draw = random.Random(f"{workload} {n}{settings['drawn']}")

    def around(typical: float, _: int) -> float:
        return typical * math.exp(draw.gauss(0, settings["noise"]))

    def read(amount: float, launch: int) -> float:
        return amount * (100 if launch == 2 else 1)  # one launch is out of line, whatever the others say

    variants = [(name, backend, False) for name, fake in fakes.items() for backend in fake.backends]
    variants += [("usual", "asyncio", True)] if ("usual", "asyncio", False) in variants else []
    times: list[pyperf.Benchmark] = []
    readings: dict[str, list[pyperf.Benchmark]] = {}
    for name, backend, twin in variants:
        fake = fakes[name]
        if fake.offers and workload not in fake.offers:
            continue
        names = {"workload": workload, "n": n, "alternative": name, "backend": backend, "twin": int(twin)}
        typical = seconds(fake, backend, n) * (settings["twin_factor"] if twin and n in settings["loud_at"] else 1.0)
        times.append(benchmark({**names, "tally calls": 1.5}, partial(around, typical), launches, rounds))
        for reading, amount in fake.readings:
            found = benchmark(names, partial(read, amount * (2 if twin else 1)), launches, rounds)
            readings.setdefault(reading, []).append(found)
    if "own" in settings:
        names = {"workload": workload, "n": n, "alternative": NOTHING, "backend": "asyncio", "twin": 0}
        typical = seconds(fakes["usual"], "asyncio", n) * settings["own"]
        times.append(benchmark(names, partial(around, typical), launches, rounds))
    record: ComparisonRecord = {
        "family": "demo",
        "workload": workload,
        "n": n,
        "launches": launches,
        "rounds": rounds,
        "loops": {},
        "twin_of": "usual@asyncio",
        "seconds": 1.0,
        "timed_seconds": 0.5,
    }
    if "conditions" in settings:
        record["conditions"] = settings["conditions"]
    writer.add(record, times, readings)


def write_run(
    directory: Path,
    fakes: Mapping[str, Fake],
    workloads: Sequence[str] = ("busy",),
    points: Sequence[int] = (10, 100, 1000),
    **settings: Any,
) -> Path:
    """Write a run whose times are those of the fakes, up to a little seeded noise, and return its directory.

    ``safety`` among the settings is its record of findings; None leaves the run without one. ``readings`` are the
    records of what is measured beside time, ``clock`` is the workloads' own. The twin takes ``twin_factor`` times the
    baseline's time at the points of ``loud_at``. ``conditions`` are those of every comparison's launches, ``looks``
    those at the machine; a run has neither without them. ``null`` is what the workloads say of their null rows, which
    take ``own`` times the baseline's time; a run without ``own`` has none. ``needs`` are the family's. Noise is
    ``drawn`` otherwise for each word of that.
    """
    settings = {
        "launches": 10,
        "rounds": 5,
        "noise": 0.01,
        "twin_factor": 1.0,
        "loud_at": points,
        "drawn": "",
        **settings,
    }
    machine = {"cpu_model_name": "Test CPU", "cpu_count": 2, "platform": "Linux-test", "memory_bytes": 2**33}
    writer = Writer(directory, machine, suite_record(fakes, workloads, points, settings))
    for workload in workloads:
        for n in points:
            write_comparison(writer, fakes, workload, n, settings)
    writer.save()
    for look in settings.get("looks", ()):
        environment.add_look(directory, look)
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
