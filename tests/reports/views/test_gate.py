"""A run that is to fail for a slow or broken file of the reader's fails by intervals, and where nobody could judge."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reports.__main__ import app
from reports.reading.family import families_of
from reports.reading.measured import measurements
from reports.views.gate import failures
from results import record
from results.suite import OptionsRecord
from results.text import share_in
from tests.reports.synthetic import NEEDS

Make = Callable[..., Any]
ON = ("asyncio",)


def lines(folder: Path, write: Make, options: OptionsRecord, fakes: dict[str, Any], **how: Any) -> list[str]:
    """What such a run has to say of these alternatives in one workload."""
    run = write(folder, fakes, points=(100,), **{"noise": 0.002, **how})
    return list(failures(families_of(measurements(record.read(run))), options))


@pytest.mark.parametrize(
    ("factor", "share", "fails"),
    [(1.3, "10%", True), (1.3, "40%", False), (1.0, "10%", False), (0.5, "0.1%", False)],
)
def test_too_slow_is_whose_whole_interval_lies_beyond(
    tmp_path: Path, write: Make, fake: Make, factor: float, share: str, fails: bool
) -> None:
    """Against the pick of each question."""
    fakes = {"usual": fake(backends=ON), "mine": fake(factor, backends=ON, kind="yours")}
    found = lines(tmp_path, write, {"fail_if_slower": share}, fakes)

    assert [line.startswith("demo/mine@asyncio is slower than usual in ") for line in found] == [True] * len(found)
    assert bool(found) == fails
    assert all(f"by more than {share[:-1]} %: 1.3" in line for line in found)


def test_a_point_that_is_beyond_is_not_enough(tmp_path: Path, write: Make, fake: Make) -> None:
    """Where noise is loud, nobody knows whether it is slower."""
    fakes = {"usual": fake(backends=ON), "mine": fake(1.3, backends=ON, kind="yours")}

    assert lines(tmp_path, write, {"fail_if_slower": "25%"}, fakes, noise=0.3) == []


def test_what_nobody_could_compare_fails(tmp_path: Path, write: Make, fake: Make) -> None:
    """A gate that is open where nothing was measured guards nothing."""
    fakes = {"usual": fake(backends=ON), "mine": fake(1.3, backends=ON, kind="yours")}
    found = lines(tmp_path, write, {"fail_if_slower": "10%"}, fakes, launches=1)

    assert found
    assert all("could not be compared in " in line for line in found)


def test_broken_is_what_most_programs_rely_on(tmp_path: Path, write: Make, fake: Make) -> None:
    """A basic promise, or one of a usual need; what few programs need is nobody's failure."""
    fakes = {"usual": fake(backends=ON)}
    for name, promise in (("careless", "no_leaks"), ("unordered", "in_order"), ("single", "threads")):
        fakes[name] = fake(backends=ON, kind="yours", breaks=((promise, "asyncio"),))
    found = lines(tmp_path, write, {"fail_if_broken": True}, fakes, needs=NEEDS)

    assert [line for line in found if "was not tested" not in line] == [
        "demo/careless@asyncio breaks “Nothing is left behind, whoever is cancelled”",
        "demo/unordered@asyncio does not suit a program that needs first come, first served, as most do",
    ]


def test_without_being_asked_nothing_fails(tmp_path: Path, write: Make, fake: Make) -> None:
    """However slow and broken it is, and whoever of ours is."""
    slow = fake(9.0, backends=ON, kind="yours", breaks=(("no_leaks", "asyncio"),))
    ours = fake(9.0, backends=ON, breaks=(("no_leaks", "asyncio"),))

    assert lines(tmp_path / "1", write, {}, {"usual": fake(backends=ON), "mine": slow}) == []
    both: OptionsRecord = {"fail_if_slower": "1%", "fail_if_broken": True}
    assert lines(tmp_path / "2", write, both, {"usual": fake(backends=ON), "other": ours}) == []


def test_the_report_of_such_a_run_ends_with_1(tmp_path: Path, write: Make, fake: Make) -> None:
    """Also when nothing had to be drawn again."""
    fakes = {"usual": fake(backends=ON), "mine": fake(1.3, backends=ON, kind="yours")}
    run = write(tmp_path / "run", fakes, points=(100,), noise=0.002, options={"fail_if_slower": "10%"})
    for _ in range(2):
        result = CliRunner().invoke(app, ["build", str(run), "--output", str(tmp_path / "html")])

        assert result.exit_code == 1
        assert "failed: demo/mine@asyncio is slower than usual in busy by more than 10 %: 1.3" in result.stderr


@pytest.mark.parametrize(
    ("text", "share"), [("10%", 0.1), ("2.5 %", 0.025), ("10", None), ("-1%", None), ("nan%", None), ("", None)]
)
def test_a_share_is_a_percentage(text: str, share: float | None) -> None:
    """And nothing else is taken for one."""
    assert share_in(text) == share
