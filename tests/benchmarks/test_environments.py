"""Environments take turns in the same launches, and each has a record of its own within that of the run."""

import os
import sys
import venv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.environments import hand_over
from results.record import Run, environments_in, read, run_directories
from results.safety import found_of
from tests.conftest import Command, project_with

pytestmark = pytest.mark.timeout(300)  # whole runs, beside the tests of other workers
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


def test_promises_are_asked_in_each_environment(runs: tuple[int, str, Run, Run]) -> None:
    """One that is broken in one environment alone is broken in its record alone."""
    _, _, here, there = runs
    states = [found_of(run.safety, "echo", "marked_is_wrong", "asyncio")["gives_back"] for run in (here, there)]
    assert states == ["pass", "FAIL"]


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
