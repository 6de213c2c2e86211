"""``python -m reports export``: one row for each verdict or value, in the shapes that other programs read."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastparquet import ParquetFile
from typer.testing import CliRunner, Result

from reports.__main__ import app
from tests.reports.synthetic import NEEDS, absence

Make = Callable[..., Any]


@pytest.fixture(name="run", scope="module")
def fixture_run(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Path:
    """A run with an answer in each lane, and a row without a number."""
    fakes = {
        "usual": fake(),
        "bought": fake(0.8, kind="package", breaks=(("threads", "asyncio"),), backends=("asyncio",)),
        "ours": fake(0.5, kind="own"),
        "broken": fake(0.1, breaks=(("no_leaks", "asyncio"),), backends=("asyncio",)),
        "hangs": fake(backends=()),
    }
    absences = [absence("hangs", "hung", "no answer within 10 s")]
    folder: Path = write(tmp_path_factory.mktemp("run"), fakes, points=(10, 100), needs=NEEDS, absences=absences)
    return folder


def exported(run: Path, *words: str) -> Result:
    """Ask for it."""
    return CliRunner().invoke(app, ["export", *words[:1], str(run), *words[1:]])


def rows_of(run: Path, *words: str) -> list[dict[str, str]]:
    """The rows of the CSV."""
    result = exported(run, "csv", *words)
    assert result.exit_code == 0, result.output
    return [*csv.DictReader(io.StringIO(result.stdout))]


def test_a_row_of_csv_is_a_verdict(run: Path) -> None:
    """Of every alternative at every n on every loop; what has no number says why."""
    rows = rows_of(run)
    at = {(row["alternative"], row["loop"], row["n"]): row for row in rows}

    assert len(rows) == len(at) == 2 * (4 + 2) + 1
    ours, bought, broken = (at[name, "asyncio", "100"] for name in ("ours", "bought", "broken"))
    assert (ours["word"], ours["lane"], ours["rank"], ours["pick"]) == ("faster", "file", "1", "True")
    assert (ours["stands_for_all"], bought["stands_for_all"]) == ("True", "False")
    assert float(ours["low"]) < float(ours["ratio"]) < float(ours["high"])
    assert float(ours["value"]) == pytest.approx(5e-6, rel=0.02)
    assert (bought["not_kept"], broken["breaks"], broken["rank"]) == ("threads", "no_leaks", "")
    assert at["usual", "asyncio", "10"]["word"] == "baseline"
    assert at["hangs", "asyncio", ""]["word"] == "hung"
    assert at["hangs", "asyncio", ""]["reason"] == "no answer within 10 s"


def test_a_row_of_values_is_a_value(run: Path) -> None:
    """Each launch and round of each row and twin."""
    rows = rows_of(run, "--values")

    assert len(rows) == 2 * (4 + 2 + 1) * 10 * 5
    assert {row["twin"] for row in rows} == {"True", "False"}


def test_parquet_holds_what_csv_holds(run: Path, tmp_path: Path) -> None:
    """With the types of its columns; it is no text, so it takes a file."""
    told = exported(run, "parquet", "--output", str(tmp_path / "verdicts.parquet"))
    with (tmp_path / "verdicts.parquet").open("rb") as file:
        read = ParquetFile(file).to_pandas()

    assert told.exit_code == 0, told.output
    assert [*read.columns] == [*rows_of(run)[0]]
    assert len(read) == len(rows_of(run))
    assert read["ratio"].dtype == float
    assert read["pick"].dtype == bool


def test_parquet_of_values(run: Path, tmp_path: Path) -> None:
    """As many as there are in CSV."""
    exported(run, "parquet", "--values", "--output", str(tmp_path / "values.parquet"))

    with (tmp_path / "values.parquet").open("rb") as file:
        assert ParquetFile(file).count() == len(rows_of(run, "--values"))


def test_markdown_has_three_answers_a_line(run: Path) -> None:
    """A table for each loop."""
    lines = exported(run, "markdown").stdout.splitlines()

    assert lines[0] == "### asyncio"
    assert [cell.strip() for cell in lines[2].split("|")[1:3]] == ["family", "standard library"]
    assert lines[4].startswith("| demo | usual, as usual | bought, ")
    assert "\\* ours, " in lines[4]
    assert {line.count("|") for line in lines if line.startswith("|")} == {6}


def test_what_github_action_benchmark_reads(run: Path) -> None:
    """A list of objects with a name, a unit and a number, and texts beside them: ``customSmallerIsBetter``."""
    entries = json.loads(exported(run, "action").stdout)
    names = [entry["name"] for entry in entries]

    assert names == [*dict.fromkeys(names)]
    assert "demo/busy/ours@asyncio: time" in names
    for entry in entries:
        assert {"name", "unit", "value"} <= entry.keys() <= {"name", "unit", "value", "range", "extra"}
        assert isinstance(entry["value"], float)
        assert all(isinstance(entry[key], str) for key in entry.keys() - {"value"})


def test_what_bencher_reads(run: Path) -> None:
    """Names, then measures, then a number with its bounds, and no null."""
    found = json.loads(exported(run, "bencher").stdout)

    assert "demo/busy/ours@asyncio" in found
    for measures in found.values():
        for measure, metric in measures.items():
            assert measure == "time-ratio"
            assert {"value"} <= metric.keys() <= {"value", "lower_value", "upper_value"}
            assert all(isinstance(number, float) for number in metric.values())
            assert metric["lower_value"] <= metric["value"] <= metric["upper_value"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cvs"], "no format 'cvs' (did you mean csv?)"),
        (["parquet"], "parquet is no text: --output names the file"),
        (["bencher", "--values"], "no format with values 'bencher' (there are: csv, parquet)"),
        (["csv", "--family", "dem"], "no family 'dem' (did you mean demo?)"),
    ],
)
def test_what_cannot_be_written_is_one_line(run: Path, words: list[str], said: str) -> None:
    """And exit code 2."""
    result = exported(run, *words)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"reports: {said}\n")
