"""Runs as one tidy pandas frame: a row per value."""

import math
from collections.abc import Iterable

import pandas as pd
import pyperf

from results.environment import DISTURBED, flagged_rounds
from results.record import Run
from results.times import MEASURE, TALLY, VARYING, WORK

COLUMNS = ["family", "workload", "n", "alternative", "backend", "twin", "launch", "round", "value", "disturbed"]


def frame(run: Run) -> pd.DataFrame:
    """Every value of a run, one row each.

    Columns: ``family``, ``workload``, ``n``, ``alternative``, ``backend``, ``twin`` (the baseline's second copy),
    ``launch`` and ``round`` (values of the same launch and round were measured next to each other), ``value``, the
    seconds that one operation took, and ``disturbed``: whether others had part of the processor meanwhile, None where
    that is not known. Launches beyond the planned ones are among them, with higher numbers.
    """
    rows = [
        row
        for (family, workload), suite in (*run.benchmarks.items(), *run.extra.items())
        for benchmark in suite.get_benchmarks()
        for row in _rows(family, workload, benchmark)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def readings(run: Run) -> pd.DataFrame:
    """What was measured beside time: the same columns and ``reading``; ``value`` is in the unit of that reading.

    A pass may have measured several things, each of which is a reading here.
    """
    rows = [
        (*row, benchmark.get_metadata().get(MEASURE, reading))
        for (family, workload, reading), suite in (*run.readings.items(), *run.extra_readings.items())
        for benchmark in suite.get_benchmarks()
        for row in _rows(family, workload, benchmark)
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS, "reading"])


def _rows(family: str, workload: str, benchmark: pyperf.Benchmark) -> list[tuple[object, ...]]:
    return [
        (
            family,
            workload,
            int(metadata["n"]),
            metadata["alternative"],
            metadata["backend"],
            bool(metadata["twin"]),
            int(metadata["launch"]),
            number,
            value,
            None if flags is None else number in flags,
        )
        for measured in benchmark.get_runs()
        for metadata in [measured.get_metadata()]
        for flags in [flagged_rounds(metadata.get(DISTURBED))]
        for number, value in enumerate(measured.values)
    ]


def tallies(run: Run) -> pd.DataFrame:
    """What the workloads counted, per operation: columns up to ``backend`` as above, then ``tally``, ``value``."""
    return _tallies((*key, suite) for key, suite in run.benchmarks.items())


def work(run: Run) -> pd.DataFrame:
    """What a pass counted of an operation's work: the columns of ``tallies``; no number (NaN) where a count varies."""
    return _tallies(
        (family, workload, suite) for (family, workload, name), suite in run.readings.items() if name == WORK
    )


def _tallies(suites: Iterable[tuple[str, str, pyperf.BenchmarkSuite]]) -> pd.DataFrame:
    rows = [
        (
            family,
            workload,
            int(metadata["n"]),
            metadata["alternative"],
            metadata["backend"],
            key.removeprefix(TALLY),
            math.nan if key.removeprefix(TALLY) in varying else number,
        )
        for family, workload, suite in suites
        for benchmark in suite.get_benchmarks()
        for measured in benchmark.get_runs()[:1]
        for metadata in [measured.get_metadata()]
        for varying in [str(metadata.get(VARYING, "")).split(", ")]
        if not metadata["twin"]
        for key, number in metadata.items()
        if key.startswith(TALLY)
    ]
    return pd.DataFrame(rows, columns=["family", "workload", "n", "alternative", "backend", "tally", "value"])
