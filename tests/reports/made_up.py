"""A run in which everything was measured: what the project plans for its families, with numbers from a generator.

Nothing of it says anything about speed. It is as large as a record can be: every alternative has a number in each
workload that it offers, at every point of the axis, in each pass, and in launches that did not choose it.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyperf

from benchmarks.engine.beside import measures
from benchmarks.engine.described import suite
from benchmarks.engine.passes import PASSES
from benchmarks.engine.settings import Settings
from benchmarks.engine.work import ARMED, CALLBACKS, CHECKPOINTS, FUTURES, STEPS, TASKS, TURNS
from benchmarks.plan.availability import applies, crossed
from benchmarks.plan.comparisons import Comparison, make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import MIDDLE, PRESETS
from benchmarks.plan.promises import promises
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions
from results import safety
from results.files import replace_json
from results.record import file_name, replace_suite
from results.suite import ComparisonRecord, PassRecord, ReadingRecord
from results.times import MEASURE, TALLY, WORK

PRESET = PRESETS["standard"]
LAUNCHES, BEYOND, ROUNDS = 5, 5, 2
NOISE = 0.015
SPREAD, APART = 0.5, 0.3  # how far alternatives lie from each other, and each in one place from what it is elsewhere
LAWS = (0.0, 0.02, 0.3, 0.9, 1.1)  # powers of n that a time may have
RATE = 9000.0  # operations a second that arrive
SCALES = {"memory": 1500.0}  # of a measure; any other is 10 µs, as a time is
LATENCIES = {"p50": 1.0, "mean": 1.1, "p95": 1.5, "p99": 2.0}  # times the median
EXACT = ("mean", "arrivals", "in_flight")  # what Little's law holds between
COUNTS: Mapping[str, Sequence[str]] = {
    "trio": (TURNS, STEPS, TASKS, CHECKPOINTS),
    "asyncio": (TURNS, CALLBACKS, TASKS, FUTURES, ARMED),
}
MACHINE = {
    "cpu_model_name": "A made-up processor with a name as long as names are",
    "cpu_count": 2,
    "platform": "Linux-6.1.0-x86_64-with-glibc2.36",
    "memory_bytes": 2**33,
    "python_implementation": "cpython",
    "python_version": "3.13.0 (64-bit)",
}


def write_made_up(directory: Path, families: Sequence[str] = (), points: Sequence[int] = ()) -> Path:
    """Write it, of these families, or of all, and at these points, or at all of them; return its directory."""
    filters = Filters(families=tuple(families), points=tuple(points))
    plan = make_plan(filters, PRESET)
    found = suite(plan, Settings(PRESET, "turns", PRESET.seconds, 1, directory))
    found["absences"] = list(plan.absences)
    found["run"] |= {"id": "2026-01-02T030405Z", "command": "python -m benchmarks run", "state": "complete"}
    found["run"] |= {
        "started": "2026-01-02T03:04:05+00:00",
        "finished": "2026-01-02T04:04:05+00:00",
        "commit": "c0ffee",
    }
    files: dict[Path, list[pyperf.Benchmark]] = defaultdict(list)
    for comparison in plan.comparisons:
        folder = directory / comparison.family
        for (reading, extra), benchmarks in _benchmarks(comparison).items():
            files[folder / file_name(comparison.workload, reading, extra=extra)] += benchmarks
        found["comparisons"].append(_record(comparison))
    for path, benchmarks in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_suite(path, pyperf.BenchmarkSuite(benchmarks))
    replace_json(directory / "machine.json", MACHINE)
    replace_json(directory / "suite.json", found)
    safety.write(directory / safety.FILE, _findings(filters, found["versions"]))
    return directory


def _record(comparison: Comparison) -> ComparisonRecord:
    labels = [variant.label for variant in comparison.variants]
    record: ComparisonRecord = {
        "family": comparison.family,
        "workload": comparison.workload,
        "n": comparison.n,
        "launches": LAUNCHES,
        "rounds": ROUNDS,
        "loops": dict.fromkeys(labels, 1),
        "twin_of": comparison.twin_of,
        "seconds": 1.0,
        "timed_seconds": 0.5,
        "extra": {"launches": dict.fromkeys(labels, BEYOND), "seconds": 1.0, "timed_seconds": 0.5},
        "conditions": [{"launch": 0, "rounds": ROUNDS, "turns": 120, "disturbed_rounds": [1], "disturbed_turns": 9}],
    }
    if comparison.n == MIDDLE:
        for name in PRESET.passes:
            measured = labels if _makes_sense(comparison, name) else []
            passed: PassRecord = {"launches": 2, "seconds": 1.0, "measured": measured, "missing": {}}
            record.setdefault("passes", {})[name] = passed
    return record


def _makes_sense(comparison: Comparison, name: str) -> bool:
    return not PASSES[name].why_not(comparison.family, comparison.workload, comparison.n)


def _benchmarks(comparison: Comparison) -> dict[tuple[str, bool], list[pyperf.Benchmark]]:
    """Those of a comparison, by what they are of: nothing for times; and whether they are of launches beyond."""
    found: dict[tuple[str, bool], list[pyperf.Benchmark]] = defaultdict(list)
    own = [reading.record for reading in questions(comparison.family).workload(comparison.workload).readings]
    for variant in comparison.variants:
        typical = _typical(variant)
        found["", False].append(_benchmark(variant, typical, range(LAUNCHES)))
        found["", True].append(_benchmark(variant, typical, range(LAUNCHES, LAUNCHES + BEYOND)))
        for one in own:
            found[one["name"], False].append(_benchmark(variant, _typical(variant, one), range(LAUNCHES)))
        for name, measured in measures().items() if comparison.n == MIDDLE else ():
            for one in measured if _makes_sense(comparison, name) else ():
                found[name, False].append(_benchmark(variant, _typical(variant, one), range(2), one))
            if name == WORK:
                found[name, False].append(_benchmark(variant, 1.0, range(1), _WORK, **_counts(variant)))
    return found


_WORK: ReadingRecord = {"name": WORK, "title": "blocks counted", "unit": "count", "better": "neither"}


def _benchmark(
    variant: Variant, typical: float, launches: range, one: ReadingRecord | None = None, **more: float
) -> pyperf.Benchmark:
    draw = random.Random(f"{variant.label}{typical}{launches}")
    noise = 0.0 if one and one["name"] in EXACT else NOISE
    told: dict[str, Any] = {"name": variant.benchmark, **more}
    if one:
        told |= {"name": f"{variant.benchmark}: {one['title']}", MEASURE: one["name"]}
    return pyperf.Benchmark(
        [
            pyperf.Run(
                [typical * math.exp(draw.gauss(0, noise)) for _ in range(ROUNDS)],
                metadata={**variant.metadata, **told, "launch": launch},
                collect_metadata=False,
            )
            for launch in launches
        ]
    )


def _typical(variant: Variant, one: ReadingRecord | None = None) -> float:
    """The same of a twin; each alternative grows in its own way."""
    name = one["name"] if one else ""
    if name == "arrivals":
        return RATE
    if name == "in_flight":
        return RATE * LATENCIES["mean"] * _typical(variant, {**one, "name": "p50"}) if one else 0.0
    kind = "latency" if name in LATENCIES else name
    who, where = f"{variant.family} {variant.alternative}", f"{variant.workload} {variant.backend} {kind}"
    here = random.Random(f"{who} {where}")
    apart = random.Random(f"{who} {kind}").gauss(0, SPREAD) + here.gauss(0, APART)
    law = random.Random(f"{who} {variant.workload}").choice(LAWS)
    return SCALES.get(name, 1e-5) * LATENCIES.get(name, 1.0) * math.exp(apart) * math.pow(variant.n / MIDDLE, law)


def _counts(variant: Variant) -> dict[str, float]:
    draw = random.Random(variant.label)
    names = COUNTS["trio" if variant.backend == "trio" else "asyncio"]
    return {f"{TALLY}{name}": draw.choice((0, 1.01, 2.04, 13.2, 101)) for name in names}


def _findings(filters: Filters, versions: Mapping[str, str]) -> safety.SafetyRecord:
    pairs = list(crossed(filters, everywhere=False))
    found: Any = {
        "format": safety.FORMAT,
        "python": "CPython 3.13.0 on linux",
        "versions": versions,
        "seeds": 20,
        "seconds": 60.0,
        "promises": {
            family: {
                one.name: dict(zip(("sentence", "harm", "example"), one.parts, strict=True)) | {"fact": one.fact}
                for one in promises(family)
            }
            for family in dict.fromkeys(alternative.family for alternative, _ in pairs)
        },
        "findings": [entry for alternative, backend in pairs for entry in _found(alternative, backend.name)],
    }
    return found  # type: ignore[no-any-return]


def _found(alternative: Any, backend: str) -> Iterator[dict[str, Any]]:
    """What each promise found: its file is right about all that it says of itself."""
    for one in promises(alternative.family):
        known = [entry for entry in alternative.known_failures if entry.promise == one.name and applies(entry, backend)]
        names = alternative.family, alternative.name, backend
        cell: dict[str, Any] = dict(zip(("family", "alternative", "backend"), names, strict=True))
        cell |= {"promise": one.name, "state": "yes" if one.fact else "pass", "trials": 240, "seed": None, "tick": None}
        cell |= {"reason": "", "traceback": [], "reproduce": "", "declared": bool(known), "evidence": ""}
        if known:
            where = f"benchmarks/families/{alternative.family}/promises.py:120 in {one.name}"
            cell |= {"state": "FAIL", "seed": 3, "tick": 14, "evidence": known[0].evidence}
            cell |= {"reason": "a waiter was left that nobody would ever have woken", "traceback": [where] * 3}
            cell["reproduce"] = safety.trial_command(*names, [one.name], 3, 14)
        yield cell
