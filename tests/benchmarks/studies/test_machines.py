"""The study of several hosts: what its figures are of, and that the same is measured on them as here."""

from pathlib import Path

import pytest

from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.studies.machines import ONCE, Cost, seconds_at
from results.record import read, run_directories


def test_the_best_of_each_way_counts() -> None:
    """A neighbour may have been in the way of the others."""
    found = Cost.of({"": [11.0, 10.0], "local:1": [10.4, 13.0], "local:2": [5.0, 9.0]})

    assert found.overhead == pytest.approx(0.04)
    assert found.speed_up == pytest.approx(2.0)


def test_the_same_is_measured_here_and_on_a_host(tmp_path: Path) -> None:
    """Every comparison, wherever."""
    plan = make_plan(Filters(("locks",), ("contended",), ("asyncio",), ("own_lock",), (1, 10)), ONCE)
    found = []
    for where in ("", "local:1"):
        assert seconds_at(where, plan, tmp_path / f"results{where}") > 0
        found.append(read(next(run_directories(tmp_path / f"results{where}"))).suite["comparisons"])
    here, there = ({(entry["n"], *entry["loops"]) for entry in entries} for entries in found)

    assert len(here) == 2
    assert here == there
    assert [entry.get("host") for entry in found[1]] == ["local-1"] * 2
