"""``python -m reports build``: what it prints and how it ends."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reports.__main__ import app
from reports.reading.choice import named, newest
from results import record
from tests.conftest import ROOT

Make = Callable[..., Any]


def test_build_prints_the_verdicts_and_the_page(tmp_path: Path, write: Make, fake: Make) -> None:
    """The pick of each comparison, then where to look."""
    run = write(tmp_path / "run", {"usual": fake(), "[bold]quick": fake(0.5)}, points=(100,), rounds=2)
    result = CliRunner().invoke(app, ["build", str(run), "--output", str(tmp_path / "html")])

    assert result.exit_code == 0
    assert (tmp_path / "html" / "index.html").as_uri() == result.stdout.splitlines()[-1]
    assert "[bold]quick" in result.stdout


def test_what_was_asked_for_by_name_has_its_rows(tmp_path: Path, write: Make, fake: Make) -> None:
    """Whoever measures a file of their own wants its ratio, whoever wins."""
    fakes = {"usual": fake(), "quick": fake(0.5), "mine": fake(1.5), "[i]mine": fake(1.2)}
    run = write(tmp_path / "run", fakes, points=(100,), rounds=2, options={"alternative": ["*mine"]})
    shown = CliRunner().invoke(app, ["build", str(run), "--output", str(tmp_path / "html")]).stdout
    rows = [line.split() for line in shown.partition("What was asked for by name")[2].splitlines()]

    assert {(row[3], row[4][:3], row[6]) for row in rows if row[:2] == ["demo", "busy"]} == {
        ("[i]mine", "1.2", "slower"),
        ("mine", "1.5", "slower"),
    }


@pytest.mark.parametrize("content", [None, "{", '{"format": 99}'])
def test_unusable_run_is_one_line(tmp_path: Path, content: str | None) -> None:
    """Missing, damaged or of another version: its name, exit code 2, and no traceback."""
    path = tmp_path / "suite.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = CliRunner().invoke(app, ["build", str(tmp_path), "--output", str(tmp_path / "html")])

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert str(path) in result.stderr


def test_no_run_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh clone without results: one line with the command."""
    monkeypatch.setattr(record, "HERE", tmp_path)
    result = CliRunner().invoke(app, ["build", "--output", str(tmp_path / "html")])

    assert result.exit_code == 2
    assert f"reports: no run in {tmp_path}: measure one first (python -m benchmarks run)" == result.stderr.strip()

    result = CliRunner().invoke(app, ["build", "--reference"])
    assert f"reports: no reference run in {tmp_path}: a clone of the repository has one" == result.stderr.strip()


def test_newest_run_is_taken_and_the_reference_last(tmp_path: Path, write: Make, fake: Make) -> None:
    """Names of runs are times; the reference is for those who have none of their own."""
    for name in ("reference/2026-12-31T000000", "host/2026-01-01T000000", "host/2026-01-02T000000"):
        write(tmp_path / name, {"usual": fake()}, points=(100,), launches=1, rounds=1)

    assert tmp_path / "host/2026-01-02T000000" == newest(tmp_path).path


def test_a_run_that_measured_nothing_is_passed_over(tmp_path: Path, write: Make, fake: Make) -> None:
    """Somebody who pressed Ctrl-C during the check still sees their last numbers, and is told."""
    write(tmp_path / "host/2026-01-01T000000", {"usual": fake()}, points=(100,), launches=1, rounds=1)
    write(tmp_path / "host/2026-01-02T000000", {"usual": fake()}, points=())
    run = newest(tmp_path)

    assert tmp_path / "host/2026-01-01T000000" == run.path
    assert [f"{tmp_path}/host/2026-01-02T000000: passed over, no comparison was finished in it"] == run.problems


def test_the_reference_run_can_be_asked_for(tmp_path: Path, write: Make, fake: Make) -> None:
    """Also by those who have runs of their own."""
    for name in ("reference/2026-01-01T000000", "host/2026-01-02T000000"):
        write(tmp_path / name, {"usual": fake()}, points=(100,), launches=1, rounds=1)

    assert tmp_path / "reference/2026-01-01T000000" == newest(tmp_path, reference=True).path


def test_a_run_can_be_asked_for_by_its_id(tmp_path: Path, write: Make, fake: Make) -> None:
    """And a mistyped one gets a suggestion."""
    write(tmp_path / "host/2026-01-02T000000", {"usual": fake()}, points=(100,), launches=1, rounds=1)

    assert tmp_path / "host/2026-01-02T000000" == named("2026-01-02T000000", tmp_path).path
    with pytest.raises(record.RecordError, match=r"no run '2026-01-02T00000' .* \(did you mean 2026-01-02T000000\?\)"):
        named("2026-01-02T00000", tmp_path)


@pytest.mark.parametrize("recorded", [False, True])
def test_only_what_was_recorded_is_drawn(tmp_path: Path, write: Make, fake: Make, recorded: bool) -> None:
    """A run that never began, or measured nothing, must not end in somebody else's page."""
    file = tmp_path / "run"
    if recorded:
        file.write_text(f"{write(tmp_path / 'empty', {'usual': fake()}, points=())}\n")
    result = CliRunner().invoke(app, ["build", "--recorded-in", str(file), "--output", str(tmp_path / "html")])

    assert (result.exit_code, result.stderr.strip()) == (0, "reports: nothing was measured, so no page is drawn")
    assert not (tmp_path / "html").exists()


def test_the_run_that_was_recorded_is_drawn(tmp_path: Path, write: Make, fake: Make) -> None:
    """The file names it, and the first line says which it is."""
    run = write(tmp_path / "host/run", {"usual": fake()}, points=(100,), launches=1, rounds=1)
    (tmp_path / "file").write_text(f"{run}\n")
    result = CliRunner().invoke(
        app, ["build", "--recorded-in", str(tmp_path / "file"), "--output", str(tmp_path / "html")]
    )

    assert result.stdout.splitlines()[0].startswith(f"drawing {run} (standard preset, Python 3.13.0, ")
    assert result.stdout.splitlines()[0].endswith("02 January 2026 03:04 UTC, complete, 1 comparison)")


def test_an_unreadable_newest_run_is_named_and_passed_over(tmp_path: Path, write: Make, fake: Make) -> None:
    """What can be read is drawn; what cannot is a problem of the page."""
    for name in ("host/2026-01-01T000000", "host/2026-01-02T000000"):
        write(tmp_path / name, {"usual": fake()}, points=(100,), launches=1, rounds=1)
    damaged = tmp_path / "host/2026-01-02T000000/suite.json"
    damaged.write_text("{", encoding="utf-8")
    run = newest(tmp_path)

    assert tmp_path / "host/2026-01-01T000000" == run.path
    assert [str(damaged)] == [problem.partition(": ")[0] for problem in run.problems]


def test_damage_is_told_on_standard_error(tmp_path: Path, write: Make, fake: Make) -> None:
    """The report is drawn, the exit code is 0, and the damaged file is named."""
    run = write(tmp_path / "run", {"usual": fake()}, points=(100,), launches=1, rounds=1)
    (run / "demo/busy.json").write_text("nothing", encoding="utf-8")
    result = CliRunner().invoke(app, ["build", str(run), "--output", str(tmp_path / "html")])

    assert result.exit_code == 0
    assert "busy.json: not a pyperf suite" in result.stderr


def test_output_that_cannot_be_written_is_one_line(tmp_path: Path, write: Make, fake: Make) -> None:
    """A file where the folder should be."""
    run = write(tmp_path / "run", {"usual": fake()}, points=(100,), launches=1, rounds=1)
    (tmp_path / "html").write_text("in the way", encoding="utf-8")
    result = CliRunner().invoke(app, ["build", str(run), "--output", str(tmp_path / "html")])

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_pages_of_an_earlier_run_do_not_stay(tmp_path: Path, write: Make, fake: Make) -> None:
    """A loop that this run does not have has no page left from the run before."""
    loops = fake(backends=("asyncio", "uvloop")), fake(backends=("asyncio",))
    runs = [write(tmp_path / str(number), {"usual": one}, points=(100,)) for number, one in enumerate(loops)]
    pages = []
    for run in runs:
        CliRunner().invoke(app, ["build", str(run), "--output", str(tmp_path / "html")])
        pages.append({page.name for page in (tmp_path / "html" / "families").iterdir()})
    of_one = {"demo.html", "demo-code.html", "demo-safety.html", "demo-measures.html"}

    assert pages == [{*of_one, "demo-uvloop.html", "demo-uvloop-safety.html", "demo-uvloop-measures.html"}, of_one]


def test_a_limit_of_addresses_is_one_line(tmp_path: Path, write: Make, fake: Make) -> None:
    """What draws the charts would end the process with a stack of machine addresses."""
    run = write(tmp_path / "run", {"usual": fake()}, points=(100,), launches=1, rounds=1)
    call = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33));"
    call += "import runpy; runpy.run_module('reports', run_name='__main__', alter_sys=True)"
    words = [sys.executable, "-c", call, "build", str(run), "--output", str(tmp_path / "html")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    has = "this process may have 8.0 GiB of addresses"

    assert (done.returncode, done.stderr) == (
        2,
        f"reports: {has}, drawing charts reserves 64: ulimit -v unlimited, then again\n",
    )
