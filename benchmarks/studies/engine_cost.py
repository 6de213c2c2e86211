"""What measuring costs and how sharp it is on this machine: ``python -m benchmarks.studies.engine_cost``.

Prints the share of wall time inside timed blocks, the cost of one more worker, and how narrow the intervals of six
alternatives on one loop get in 20 seconds, quiet and with a busy neighbour on each core, beside pyperf's stock order.
"""

import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from statistics import fmean, median, stdev

import psutil
from rich.table import Table

import patterns
from benchmarks.engine.engines import Measured, Terms, first_launch, measure_in_turns
from benchmarks.engine.host import Host, run_session
from benchmarks.engine.looks import Times, half_width, label_of, times_of
from benchmarks.engine.readers import baseline_labels
from benchmarks.engine.turns import imports_of
from benchmarks.plan.comparisons import Comparison, make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS, Preset
from benchmarks.plan.subjects import subjects
from benchmarks.run import ENGINES
from benchmarks.studies.command import run_study
from results.labels import parsed
from results.statistics import estimate, launch_log_ratios
from results.terminal import Terminal

# The first that offers itself.
FAMILY, (WORKLOAD, SIX) = next((name, sharp) for name in patterns.families() if (sharp := subjects(name).sharp))
SECONDS = 20.0
SHARP = Preset("sharp", SECONDS, 12, 12, 100, (1, 100), 1.0)
SEED = 1
BASELINE = baseline_labels(FAMILY)["asyncio"]
TWIN = str(parsed(BASELINE)._replace(twin=1))


def comparison(filters: Filters, n: int) -> Comparison:
    """The family's workload at one n."""
    filters = replace(filters, families=(FAMILY,), workloads=(WORKLOAD,), points=(n,))
    return make_plan(filters, SHARP).comparisons[0]


def share_of_time() -> tuple[float, int]:
    """The share of wall time inside timed blocks if a comparison gets its part of the standard preset, and its size."""
    standard = PRESETS["standard"]
    everything = make_plan(Filters(), standard).comparisons
    mine = comparison(Filters(), 100)
    weights = {
        entry.label: entry.under(standard).weight(entry.n, len(entry.variants), entry.waits) for entry in everything
    }
    budget = standard.seconds * weights[mine.label] / sum(weights.values())
    (measured,) = measure_in_turns([mine], [Terms(standard, budget, SEED)])
    return measured.timed_seconds / measured.seconds, len(measured.benchmarks)


def worker_cost(few: int = 2, many: int = 30, repeats: int = 5) -> float:
    """Seconds of wall time that one more worker adds to a launch, its turns left out."""
    full = comparison(Filters(), 1)
    medians = {}
    for count in (few, many):
        part = replace(full, variants=full.variants[:count])
        preset = Preset("once", 1.0, 1, 1, 1, (1,), 10.0, calibrated=False)
        took = []
        for number in range(repeats):
            launch = first_launch(part, Terms(preset, 1.0, SEED + number))
            with Host(launch.seed, imports_of(part.variants)) as host:
                host.wait()
                started = time.perf_counter()
                (outcome,) = run_session([launch], host)
            took.append(time.perf_counter() - started - outcome.round_seconds)
        medians[len(part.variants)] = median(took)
    (fewer, less), (more, longer) = medians.items()
    return (longer - less) / (more - fewer)


# An hour at most, should whoever wanted them be killed.
BURN = "import time; end = time.monotonic() + 3600\nwhile time.monotonic() < end: pass"


@contextmanager
def busy_neighbours() -> Iterator[list[subprocess.Popen[bytes]]]:
    """A process on each core that never rests, and which processes these are; RuntimeError if one did not last."""
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(psutil.cpu_count() or 1)]
    try:
        yield burners
        if any(burner.poll() is not None for burner in burners):
            raise RuntimeError("a busy neighbour has ended by itself: nobody knows how busy the machine was")
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def interval_of_turns(measured: Measured, baseline: str) -> dict[str, tuple[float, float]]:
    """The log ratio to the baseline and the half-width of its interval, by label."""
    return intervals(times_of(measured.benchmarks), baseline)


def intervals(times: Times, baseline: str) -> dict[str, tuple[float, float]]:
    """The log ratio to the baseline and the half-width of its interval, by label."""
    found = {
        label: estimate(launch_log_ratios([mine], [times[baseline]]))
        for label, mine in times.items()
        if label != baseline
    }
    return {label: (one.centre, half_width(one)) for label, one in found.items()}


def interval_of_stock(measured: Measured, baseline: str) -> dict[str, tuple[float, float]]:
    """The same from pyperf's point of view: all values pooled, the mean, and 1.96 standard errors."""
    values = {label_of(benchmark): benchmark.get_values() for benchmark in measured.benchmarks}
    under = values[baseline]
    return {
        label: (
            math.log(fmean(mine) / fmean(under)),
            1.96 * math.hypot(_relative_error(mine), _relative_error(under)),
        )
        for label, mine in values.items()
        if label != baseline
    }


def _relative_error(values: tuple[float, ...]) -> float:
    return stdev(values) / math.sqrt(len(values)) / fmean(values)


def sharpness(console: Terminal) -> None:
    """Both engines on the same six alternatives, alternately, quiet and disturbed; prints a table."""
    six = comparison(Filters(backends=("asyncio",), alternatives=SIX), 100)
    terms = Terms(SHARP, SECONDS, SEED)
    table = Table(
        "machine",
        "engine",
        "seconds",
        "half-width: median",
        "widest",
        "twin - 1",
        "largest error",
        title_justify="left",
    )
    truth: dict[str, float] = {}
    for machine in ("quiet", "busy"):
        for engine in ("turns", "pyperf"):
            with busy_neighbours() if machine == "busy" else nullcontext():
                (measured,) = ENGINES[engine]([six], [terms])
            found = (interval_of_turns if engine == "turns" else interval_of_stock)(measured, BASELINE)
            truth = truth or {label: centre for label, (centre, _) in found.items()}
            widths = [width for _, width in found.values()]
            twin, _ = found[TWIN]
            error = max(abs(centre - (0.0 if label == TWIN else truth[label])) for label, (centre, _) in found.items())
            cells = [f"{measured.seconds:.1f}", *(f"{100 * value:.2f} %" for value in (median(widths), max(widths)))]
            table.add_row(
                machine, engine, *cells, f"{100 * math.expm1(twin):+.2f} %", f"{100 * math.expm1(error):.2f} %"
            )
    console.print(table)


def main() -> None:
    """Measure what a launch costs and how sharp it is; about three minutes."""
    console = Terminal(width=110)
    share, count = share_of_time()
    console.print(
        f"inside timed blocks at the standard preset (n = 100, {count} variants): {100 * share:.0f} % of wall time"
    )
    console.print(f"one more worker in a launch: {1000 * worker_cost():.1f} ms")
    console.print(
        f"six alternatives on asyncio, {SECONDS:.0f} s each way; largest error is against the first row's ratios"
    )
    sharpness(console)


if __name__ == "__main__":
    run_study(main)
