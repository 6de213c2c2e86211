"""``python -m reports pick``: three answers in the terminal and as JSON, and words that a run does not know."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from reports.__main__ import app
from tests.reports.synthetic import NEEDS

Make = Callable[..., Any]


@pytest.fixture(name="run", scope="module")
def fixture_run(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Path:
    """A run with an answer in each lane, one of which is out for who uses threads."""
    fakes = {
        "usual": fake(),
        "bought": fake(0.8, kind="package", breaks=(("threads", "asyncio"),)),
        "also_bought": fake(1.5, kind="package"),
        "ours": fake(0.5, kind="own"),
        "trap": fake(0.1, kind="trap"),
        "trio_usual": fake(backends=("trio",)),
    }
    folder: Path = write(
        tmp_path_factory.mktemp("run"), fakes, workloads=("busy", "idle"), points=(10, 100), rounds=2, needs=NEEDS
    )
    return folder


def asked(run: Path, *words: str) -> Result:
    """Ask it."""
    return CliRunner().invoke(app, ["pick", "demo", "--run", str(run), *words], env={"COLUMNS": "200"})


def lines(result: Result) -> list[list[str]]:
    """The words of each line."""
    assert result.exit_code == 0, result.output
    return [line.split() for line in result.stdout.splitlines()]


def test_three_answers(run: Path) -> None:
    """One a lane; the one that stands for all is marked, and it is said from where it matters."""
    told = lines(asked(run))

    assert told[0][:2] == ["demo", "on"]
    assert [line[:3] for line in told[2:5]] == [
        ["standard", "library", "usual,"],
        ["a", "package", "bought,"],
        ["*", "a", "file"],
    ]
    assert told[4][5] == "ours,"
    assert "does it matter? Below 10,000 a second no choice here costs 5 % of a core" in " ".join(told[-1])


def test_a_need_takes_an_answer_away(run: Path) -> None:
    """The next of the lane is there instead."""
    assert "also_bought," in lines(asked(run, "--need", "threads"))[3]


def test_one_lane_is_ranked(run: Path) -> None:
    """With why the others are out."""
    package, standard = (
        lines(asked(run, "--need", "threads", "--lane", lane)) for lane in ("package", "standard-library")
    )

    assert [line[:2] for line in package[2:3]] == [["1", "also_bought"]]
    assert " ".join(package[3]).endswith("out: your program uses it from two threads")
    assert " ".join(standard[3]).endswith("out: is one of the traps")


def test_one_workload_says_what_an_operation_takes(run: Path) -> None:
    """Beside its ratio with the interval."""
    told = lines(asked(run, "--workload", "busy", "--lane", "file"))

    assert told[2][1] == "ours"
    assert told[2][-1] == "µs"
    assert float(told[2][-2]) == pytest.approx(5, rel=0.02)


def test_the_same_as_json(run: Path) -> None:
    """For a workload at one point: names, factors, seconds and words."""
    told = json.loads(asked(run, "--json", "--workload", "busy", "--n", "10", "--without", "order").stdout)
    first = told["lanes"]["file"]["suits"][0]

    assert (told["pick"], told["needs"], told["workload"], told["n"]) == ("ours", [], "busy", 10)
    assert first["alternative"] == told["lanes"]["file"]["pick"] == "ours"
    assert first["workloads"][0]["ratio"] == pytest.approx(0.5, rel=0.02)
    assert first["workloads"][0]["value"] == pytest.approx(5e-6, rel=0.02)
    assert first["workloads"][0]["low"] < 0.5 < first["workloads"][0]["high"]
    assert first["workloads"][0]["word"] == "faster"
    assert told["lanes"]["package"]["suits"][0]["not_kept"] == {"threads": "uses it from two threads"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--loop", "uvlop"], "no loop 'uvlop' (did you mean uvloop?)"),
        (["--need", "thread"], "no need of demo 'thread' (did you mean threads?)"),
        (["--without", "ordre"], "no need of demo 'ordre' (did you mean order?)"),
        (["--workload", "bussy"], "no workload of demo 'bussy' (did you mean busy?)"),
        (["--lane", "packages"], "no lane 'packages' (did you mean package?)"),
        (["--n", "7"], "no n '7' (there are: 10, 100)"),
        (["--by", "tim"], "no measure 'tim' (did you mean time?)"),
    ],
)
def test_an_unknown_word_has_a_suggestion(run: Path, words: list[str], said: str) -> None:
    """One line, and exit code 2."""
    result = asked(run, *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_an_unknown_family_has_a_suggestion(run: Path) -> None:
    """One line, and exit code 2."""
    result = CliRunner().invoke(app, ["pick", "dem", "--run", str(run)])

    assert (result.exit_code, result.stderr) == (2, "reports: no family 'dem' (did you mean demo?)\n")


def test_what_was_not_measured_has_no_answer(run: Path) -> None:
    """One line says so, and exit code 1; other programs are told the same."""
    result, told = asked(run, "--by", "memory"), asked(run, "--by", "memory", "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "reports: no answer: memory was not measured\n"
    assert json.loads(told.stdout)["why_not"] == "memory was not measured"
