"""How a comparison is carried out: in turns (the default), or in pyperf's stock order (to cross-check)."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import pyperf

from benchmarks.allocation import Preset
from benchmarks.blocks import Variant
from benchmarks.plan import Comparison
from benchmarks.turns import Failure, Launch, Outcome

# What pyperf lets through to a worker; everything else (debug switches, a hash seed frozen by tox) stays outside.
KEPT = (
    "PATH",
    "HOME",
    "TEMP",
    "TMPDIR",
    "COMSPEC",
    "SystemRoot",
    "SystemDrive",
    "PYTHONPATH",
    "PYTHON_CPU_COUNT",
    "PYTHON_GIL",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
)
STOCK_VALUES = 3
# What a launch takes before its first turn, to leave room for it in the budget; `benchmarks.engine_cost` measures both.
START_SECONDS = 0.25
WORKER_SECONDS = 0.006


@dataclass(frozen=True, slots=True)
class Terms:
    """What a comparison is measured under: about ``budget`` seconds in all, random orders drawn from ``seed``.

    ``hang_limit`` is the seconds that one turn may take before its variant counts as hung, ``method`` how workers are
    started: fork, spawn, or an empty string for the best that the platform has.
    """

    preset: Preset
    budget: float
    seed: int
    hang_limit: float = 10.0
    method: str = ""


@dataclass
class Measured:
    """What a comparison gave: one pyperf benchmark per variant that lasted, a failure for every other."""

    benchmarks: list[pyperf.Benchmark] = field(default_factory=list)
    failures: dict[str, Failure] = field(default_factory=dict)
    loops: dict[str, int] = field(default_factory=dict)
    launches: int = 0
    rounds: int = 0
    timed_seconds: float = 0.0
    seconds: float = 0.0


def measure_in_turns(comparison: Comparison, terms: Terms) -> Measured:
    """Measure a comparison in its preset's number of launches, with workers that take turns."""
    started = time.perf_counter()
    measured = Measured()
    kept: dict[str, pyperf.Benchmark] = {}
    launch = first_launch(comparison, terms)
    launches = terms.preset.launches_at(comparison.n)
    for number in range(launches):
        outcome = run_launch(replace(launch, number=number, seed=terms.seed + number))
        measured.failures |= {failure.label: failure for failure in outcome.failures}
        for label, text in outcome.benchmarks.items():
            benchmark = pyperf.Benchmark.loads(text)
            if label in kept:
                kept[label].add_runs(benchmark)
            else:
                kept[label] = benchmark
        measured.timed_seconds += outcome.timed_seconds
        living = [variant for variant in launch.variants if variant.label not in measured.failures]
        launch = replace(launch, variants=living, rounds=outcome.rounds, loops=outcome.loops)
        if not living:
            break
    measured.benchmarks = [benchmark for label, benchmark in kept.items() if label not in measured.failures]
    measured.loops = {label: launch.loops[label] for label in kept if label not in measured.failures}
    measured.launches, measured.rounds = launches, launch.rounds
    measured.seconds = time.perf_counter() - started
    return measured


def first_launch(comparison: Comparison, terms: Terms) -> Launch:
    """The launch that calibrates; the later ones repeat it with what it chose."""
    preset, count = terms.preset, len(comparison.variants)
    return Launch(
        variants=list(comparison.variants),
        number=0,
        seed=terms.seed,
        rounds=preset.rounds,
        budget=max(0.1, terms.budget / preset.launches_at(comparison.n) - START_SECONDS - WORKER_SECONDS * count),
        turn_limit=terms.hang_limit,
        slow_limit=preset.slow_limit,
        loops={} if preset.calibrated else {variant.label: 1 for variant in comparison.variants},
        method=terms.method,
    )


def run_launch(launch: Launch) -> Outcome:
    """Play one launch in a process of its own; one that dies is tried again with spawned workers, then given up."""
    limit = 60 + 10 * launch.budget + launch.turn_limit * len(launch.variants)
    outcome = _run_launch(launch, limit)
    if isinstance(outcome, str) and launch.method != "spawn":
        # Importing or forking together may be what killed it: workers that import for themselves fail for themselves.
        outcome = _run_launch(replace(launch, method="spawn"), limit)
    if isinstance(outcome, str):
        failures = [Failure(variant.label, "died", outcome) for variant in launch.variants]
        return Outcome(loops={}, rounds=launch.rounds, failures=failures)
    return outcome


def _run_launch(launch: Launch, limit: float) -> Outcome | str:
    """The outcome, or why there is none."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.turns"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=clean_environment(launch.seed),
            start_new_session=True,
        )
        with _ended(process):
            try:
                text, _ = process.communicate(launch.to_json(), timeout=limit)
            except subprocess.TimeoutExpired:
                return f"the launch gave no answer within {limit:.0f} s"
        if process.returncode:
            return f"the launch ended with code {process.returncode}: {_last_line(errors)}"
        return Outcome.from_json(text)


@contextmanager
def _ended(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Make sure that nothing of the launch lives on, whatever ends the wait for it."""
    try:
        yield
    finally:
        if sys.platform == "win32":
            process.kill()
        else:
            with suppress(ProcessLookupError):  # the usual case: all have ended by themselves
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _last_line(errors: IO[str]) -> str:
    errors.seek(0)
    lines = errors.read().strip().splitlines()
    return lines[-1][:200] if lines else "it said nothing"


def clean_environment(seed: int) -> dict[str, str]:
    """The few variables that a measuring process sees, and the launch's own hash seed."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONHASHSEED": str(seed % 4294967295)}


def measure_in_stock_order(comparison: Comparison, terms: Terms) -> Measured:
    """Measure a comparison as pyperf does by itself: one variant after another, its processes in sequence.

    The number of processes is the preset's launches; pyperf calibrates the loops to fill the same budget.
    """
    started = time.perf_counter()
    launches = terms.preset.launches_at(comparison.n)
    measured = Measured(launches=launches, rounds=STOCK_VALUES)
    share = terms.budget / len(comparison.variants) / (launches + 1)
    shortest = min(0.1, max(0.001, (share - 0.25) / (STOCK_VALUES + 1) / 1.5))
    for variant in comparison.variants:
        benchmark = _stock(variant, launches, shortest, terms.hang_limit)
        if isinstance(benchmark, Failure):
            measured.failures[variant.label] = benchmark
            continue
        measured.benchmarks.append(benchmark)
        measured.loops[variant.label] = int(benchmark.get_loops())
        measured.timed_seconds += sum(
            value * benchmark.get_loops() * benchmark.get_inner_loops() for value in benchmark.get_values()
        )
    measured.seconds = time.perf_counter() - started
    return measured


def _stock(variant: Variant, processes: int, shortest: float, hang_limit: float) -> pyperf.Benchmark | Failure:
    name = f"{variant.family}/{variant.workload}/{variant.alternative}@{variant.backend}"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "benchmark.json"
        command = [sys.executable, "-m", "benchmarks.worker", name, "--n", str(variant.n), "--output", str(output)]
        command += [f"--processes={processes}", f"--values={STOCK_VALUES}", f"--min-time={shortest}", "--quiet"]
        limit = hang_limit + processes * (STOCK_VALUES + 2)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return Failure(variant.label, "hung", f"pyperf gave no answer within {limit:.0f} s")
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            return Failure(variant.label, "raised", said[-1][:200])
        return _numbered(pyperf.Benchmark.load(str(output)), variant)


def _numbered(benchmark: pyperf.Benchmark, variant: Variant) -> pyperf.Benchmark:
    """The same benchmark with its processes numbered as launches, under the variant's own name."""
    runs = [
        pyperf.Run(
            run.values,
            warmups=run.warmups,
            metadata={**run.get_metadata(), "launch": number, "twin": int(variant.twin), "name": variant.benchmark},
            collect_metadata=False,
        )
        for number, run in enumerate(run for run in benchmark.get_runs() if run.values)
    ]
    return pyperf.Benchmark(runs)
