"""Runs as one tidy pandas frame: a row per value."""

import pandas as pd
import pyperf

from results.environment import DISTURBED, flagged_rounds
from results.record import Run

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
    """What was measured beside time: the same columns and ``reading``; ``value`` is in the unit of that reading."""
    rows = [
        (*row, reading)
        for (family, workload, reading), suite in run.readings.items()
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
    rows = [
        (
            family,
            workload,
            int(metadata["n"]),
            metadata["alternative"],
            metadata["backend"],
            key.removeprefix("tally "),
            number,
        )
        for (family, workload), suite in run.benchmarks.items()
        for benchmark in suite.get_benchmarks()
        for measured in benchmark.get_runs()[:1]
        for metadata in [measured.get_metadata()]
        if not metadata["twin"]
        for key, number in metadata.items()
        if key.startswith("tally ")
    ]
    return pd.DataFrame(rows, columns=["family", "workload", "n", "alternative", "backend", "tally", "value"])
