"""Environments take turns in the same launches, and each has a record of its own within that of the run."""

import os
import sys
import venv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.environments import hand_over
from results.files import replace_json
from results.record import Run, environments_in, read, read_suite, run_directories
from results.safety import found_of
from results.times import TALLY
from tests.conftest import Command, project_with

pytestmark = pytest.mark.timeout(300)  # whole runs, beside the tests of other workers
OLDEST = "py311"  # tox's name for an environment of it
VERSION = ".".join(map(str, sys.version_info[:2]))
ELSEWHERE = '''"""As ever, but in an environment whose folder has a mark."""

import sys
from pathlib import Path

LIBRARY = "asyncio"
MARKED = (Path(sys.prefix) / "marked").exists()


async def echo(value: int) -> int:
    return value + MARKED
'''


def another_python(folder: Path, *, packages: bool = True, marked: bool = False) -> str:
    """A Python of its own in a folder, with or without the packages of this one."""
    venv.create(folder, symlinks=True)
    if marked:
        (folder / "marked").touch()
    if packages:
        (theirs,) = folder.glob("lib/*/site-packages")
        ours = [path for path in sys.path if path.endswith("site-packages")]
        (theirs / "ours.pth").write_text("\n".join(ours))
    return str(folder / "bin" / "python")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, command: Command) -> tuple[int, str, Run, Run]:
    """The planted family once here and in another environment: exit code, what was said, and both records."""
    folder = tmp_path_factory.mktemp("environments")
    root = project_with("planted", folder / "project")
    (root / "patterns" / "echo" / "marked_is_wrong.py").write_text(ELSEWHERE)
    names = ("marked_is_wrong", "any_loop", "segfaults", "leaves_a_task")
    asked = [word for name in names for word in ("--alternative", name)]
    places = [f"here={another_python(folder / 'a')}", f"there={another_python(folder / 'b', marked=True)}"]
    asked += [word for place in places for word in ("--environment", place)]
    done = command(root, "benchmarks", "run", "--preset", "smoke", "--backend", "asyncio", "--seeds", "1", *asked)
    directory = next(run_directories(root / "results"))
    return done.returncode, done.stderr, read(directory), read(environments_in(directory)["there"])


def test_two_versions_of_python_take_turns(tmp_path: Path, command: Command) -> None:
    """The oldest and this one, where tox has built both; each has rows, answers and versions of its own."""
    oldest = Path(sys.prefix).parent / OLDEST / "bin" / "python"
    if not oldest.exists() or oldest.parents[1] == Path(sys.prefix):
        pytest.skip(f"no environment {OLDEST} of tox stands beside this one")
    root = project_with("planted", tmp_path / "project")
    asked = ["--preset", "smoke", "--backend", "asyncio", "--seeds", "1", "--alternative", "any_loop"]
    places = ["--environment", f"old={oldest}", "--environment", f"new={sys.executable}"]
    done = command(root, "benchmarks", "run", *asked, *places)
    if "it lacks what measuring needs" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    directory = next(run_directories(root / "results"))
    runs = read(directory), read(environments_in(directory)["new"])
    assert [run.suite["versions"]["python"].rpartition(".")[0] for run in runs] == ["3.11", VERSION]
    for run in runs:
        assert "any_loop@asyncio" in run.suite["comparisons"][0]["loops"]
        assert found_of(run.safety, "echo", "any_loop", "asyncio")["gives_back"] == "pass"
        assert not run.problems


def test_each_environment_has_rows_and_a_twin_of_its_own(runs: tuple[int, str, Run, Run]) -> None:
    """The same launches gave both, and each is the record that its environment would have alone."""
    _, _, here, there = runs
    assert [run.suite["run"].get("environment") for run in (here, there)] == ["here", "there"]
    for run in (here, there):
        (entry,) = run.suite["comparisons"]
        assert {"any_loop@asyncio", "plain_asyncio@asyncio", "plain_asyncio#twin@asyncio"} <= entry["loops"].keys()
        assert entry["twin_of"] == "plain_asyncio@asyncio"
        assert not run.problems
        assert run.suite["run"]["state"] == "complete"
    assert here.suite["comparisons"][0]["conditions"] == there.suite["comparisons"][0]["conditions"]


def test_the_first_of_several_runs_the_command(runs: tuple[int, str, Run, Run]) -> None:
    """Whoever was called hands over to it, which says who measures."""
    assert "a/bin/python; asyncio" in runs[1].splitlines()[0]


def test_who_fails_fails_in_the_record_of_its_environment(runs: tuple[int, str, Run, Run]) -> None:
    """A worker of another host is told from one that lives, and its end is understood, as of one's own."""
    code, said, here, there = runs
    found = [
        {row["alternative"]: (row["state"], row["reason"]) for row in run.suite["absences"]} for run in (here, there)
    ]
    assert found[0] == {
        "segfaults": ("died", "killed by signal 11"),
        "leaves_a_task": ("left something behind", "10 task(s) left running"),
    }
    assert found[1] == found[0] | {"marked_is_wrong": ("wrong answer", "expected 45, got 55")}
    assert code == 1
    assert "failed: in there: echo/numbers/marked_is_wrong@asyncio n=10: wrong answer" in said


def test_what_is_measured_beside_time_is_measured_in_each(runs: tuple[int, str, Run, Run]) -> None:
    """In launches that both take turns in; a record holds its own, and counts of the same code are the same."""
    _, _, here, there = runs
    counts = []
    for run in (here, there):
        passes = run.suite["comparisons"][0]["passes"]
        told = [one.get_metadata() for one in run.readings["echo", "numbers", "work"].get_benchmarks()]
        counts.append({one["name"]: {key: one[key] for key in one if key.startswith(TALLY)} for one in told})
        assert passes.keys() == {"work", "stall", "memory", "tail"}
        assert {"any_loop@asyncio", "plain_asyncio@asyncio", "plain_asyncio#twin@asyncio"} <= {
            *passes["work"]["measured"]
        }
        assert not any("there" in label for one in passes.values() for label in (*one["measured"], *one["missing"]))
    assert len(counts[1]) >= 3
    assert all(counts[1].values())
    assert counts[1].items() <= counts[0].items()


def test_promises_are_asked_in_each_environment(runs: tuple[int, str, Run, Run]) -> None:
    """One that is broken in one environment alone is broken in its record alone."""
    _, _, here, there = runs
    states = [found_of(run.safety, "echo", "marked_is_wrong", "asyncio")["gives_back"] for run in (here, there)]
    assert states == ["pass", "FAIL"]
    assert [(run.suite["run"]["asked"], run.suite["run"]["checked"]) for run in (here, there)] == [(["echo"], True)] * 2


def test_promises_are_asked_everywhere_before_anything_is_measured(runs: tuple[int, str, Run, Run]) -> None:
    """What another environment says of itself is told as its own."""
    lines = runs[1].splitlines()
    begins = [
        "safety in",
        "in there: safety in",
        "in there: unexpected: echo/marked_is_wrong",
        "echo/numbers n=10 (0 of",
    ]
    places = [next(place for place, line in enumerate(lines) if line.startswith(begin)) for begin in begins]
    assert places == sorted(places)
    assert sum(line.startswith("in there: safety in") for line in lines) == 1


def test_whoever_goes_on_need_not_know_who_began(runs: tuple[int, str, Run, Run], command: Command) -> None:
    """The first environment runs the command again, whichever Python is called; what was asked there is known."""
    directory = runs[2].path
    for path in (directory, environments_in(directory)["there"]):
        suite = read_suite(path / "suite.json")
        suite["run"]["state"] = "interrupted"
        replace_json(path / "suite.json", suite)
    done = command(directory.parents[2], "benchmarks", "run", "--resume")

    assert "a/bin/python; asyncio" in done.stderr.splitlines()[0]
    assert "1 of 1 comparisons" in done.stderr
    assert "safety in" not in done.stderr
    assert {run.suite["run"]["state"] for run in (read(directory), read(environments_in(directory)["there"]))} == {
        "complete"
    }


@pytest.mark.parametrize(
    ("places", "line"),
    [
        (["3.13"], "--environment '3.13' is not NAME=PYTHON: write one such as 3.13=python3.13"),
        (["../up=python"], "--environment '../up=python' is not NAME=PYTHON"),
        (["a=/no/such"], "--environment a=/no/such: there is no program /no/such"),
        (["a=git:no-such-branch"], "--environment a=git:no-such-branch: there is no such commit"),
        (["a=true"], "--environment a=true: true does not answer as a Python does"),
        ([f"a={sys.executable}", f"a={sys.executable}"], "there is another one of the name a"),
    ],
)
def test_what_is_no_environment_is_one_line(places: list[str], line: str) -> None:
    """The line says what was wrong and what to write instead."""
    result = CliRunner().invoke(app, ["run", *(word for place in places for word in ("--environment", place))])
    assert (result.exit_code, line in result.stderr, result.stderr.count("\n")) == (2, True, 1), result.stderr


@pytest.mark.parametrize("others", [[], ["--environment", f"b={sys.executable}"]])
def test_a_python_without_our_packages_says_so(
    tmp_path: Path, planted: Path, command: Command, others: list[str]
) -> None:
    """It names what it lacks, before anything is measured, and before the command is handed over to it."""
    bare = another_python(tmp_path / "bare", packages=False)
    done = command(planted, "benchmarks", "run", "--environment", f"bare={bare}", *others)
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"loopmark: --environment bare={bare}: it lacks what measuring needs (No module named"
    )
    assert done.stderr.count("\n") == 1


def test_whoever_runs_already_goes_on_however_it_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else is started in its place."""
    called: list[str] = []
    program, others = Path(sys.executable), [f"a={sys.executable}", f"b={sys.executable}"]
    monkeypatch.setattr(os, "execv", lambda path, _: called.append(path))
    monkeypatch.setattr(sys, "executable", f"{program.parent}/../{program.parent.name}/{program.name}")

    hand_over(others, tmp_path)
    assert called == []

    monkeypatch.setattr(sys, "executable", f"{program.parent}/another")

    hand_over(others, tmp_path)
    assert called == [sys.executable.replace("another", program.name)]
