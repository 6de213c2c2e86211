"""What is in the environment that measures: a project of the reader's, if one is named, and what commands compare."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import toxfile
from benchmarks.__main__ import app
from tests.conftest import ROOT

TOX_INI = """
[testenv:bench]
runner = shared
package = skip
commands = python -c "from importlib.metadata import distributions as all; print(*(one.name for one in all()))"

[testenv:check]
runner = shared
package = skip
commands = python -c "import app; print('answer', app.ANSWER)"
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
# A build that needs nothing that would have to be fetched.
BACKEND = """
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(os.path.join(folder, name := "app-1-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("app.pth", os.getcwd())
        wheel.writestr("app-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: app\\nVersion: 1\\n")
        wheel.writestr("app-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("app-1.dist-info/RECORD", "")
    return name
"""
# What is compared: the project is no package, and so needs no build.
FAMILIES = """
[project]
name = "loopmark"
version = "1"

[project.optional-dependencies]
machines = ["never"]
caches = ["other>=1", "shared", "unmeant; python_version < '3'"]
locks = ["gone", "one>=1", "shared"]
streams = ["streaming"]
"""
SAYS_WHAT_IS_THERE = """
from importlib.metadata import distributions
print("here:", *sorted(one.name for one in distributions() if one.name != "pip"))
"""
MEASURES = """
[testenv:bench]
runner = shared
package = skip
commands =
    python -m benchmarks run {posargs}
    python -m reports build

[testenv:loopmark]
runner = shared
package = skip
commands = python -m {posargs}
"""
Called = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(name="tox")
def fixture_tox(tmp_path: Path) -> Called:
    """Calls tox in a project with our way of sharing an environment; pip finds what lies beside it."""
    ours = tmp_path / "loopmark"
    ours.mkdir()
    (ours / "tox.ini").write_text(TOX_INI)
    shutil.copy(ROOT / "toxfile.py", ours)
    known = {name: value for name, value in os.environ.items() if not name.startswith(("TOX", "PIP", "LOOPMARK"))}
    alone = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "VIRTUALENV_NO_PERIODIC_UPDATE": "1"}
    alone["PIP_FIND_LINKS"] = str(tmp_path)

    def called(name: str, *words: str, wanted: str | None = None) -> "subprocess.CompletedProcess[str]":
        more = {} if wanted is None else {"LOOPMARK_WITH": wanted}
        command = [sys.executable, "-m", "tox", "-qe", name, "--", *words]
        done = subprocess.run(
            command, cwd=ours, env={**known, **alone, **more}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    return called


def wheel(folder: Path, name: str) -> None:
    """Something that pip can install, and that has nothing in it."""
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as packed:
        packed.writestr(f"{name}-1.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        packed.writestr(f"{name}-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{name}-1.dist-info/RECORD", "")


def test_a_named_project_is_installed_until_another_one_is(tox: Called, tmp_path: Path) -> None:
    """A folder is as it is at the moment; whoever names none measures with what is there."""
    app = tmp_path / "an app"
    app.mkdir()
    for name, text in {"pyproject.toml": PROJECT, "backend.py": BACKEND, "app.py": "ANSWER = 1"}.items():
        (app / name).write_text(text)
    wheel(tmp_path, "other")

    assert "app" not in tox("bench").stdout.split()
    assert "answer 1" in tox("check", wanted="../an app").stdout
    (app / "app.py").write_text("ANSWER = 2")
    assert "answer 2" in tox("check").stdout
    found = tox("bench", wanted="../other-1-py3-none-any.whl").stdout.split()
    assert ("app" in found, "other" in found) == (False, True)


@pytest.fixture(name="families")
def fixture_families(tmp_path: Path, tox: Called) -> Path:
    """The project of ``tox``, with three families; pip finds all that they compare, but for one package."""
    ours = tmp_path / "loopmark"
    for name in ("caches", "locks", "streams"):
        (ours / "patterns" / name).mkdir(parents=True)
    for name in ("one", "other", "shared", "streaming"):
        wheel(tmp_path, name)
    for name, text in {"tox.ini": MEASURES, "pyproject.toml": FAMILIES}.items():
        (ours / name).write_text(text)
    for name in ("benchmarks", "reports"):
        (ours / f"{name}.py").write_text(SAYS_WHAT_IS_THERE)
    return ours


def here(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """What was there when each command of ours was called."""
    return [line.removeprefix("here:").strip() for line in done.stdout.splitlines() if line.startswith("here:")]


def test_what_is_compared_is_installed_when_somebody_asks_for_it(tox: Called, families: Path) -> None:
    """And not what another family compares; what cannot be installed is one line, each time that it is wanted."""
    assert here(tox("loopmark", "reports", "--family", "locks")) == [""]
    assert here(tox("loopmark", "benchmarks", "list")) == [""]
    locks = tox("bench", "--family", "locks")
    assert here(locks) == ["one shared"] * 2
    assert locks.stdout.count("gone cannot be installed, and its rows will say so: No matching distribution") == 1
    every = tox("bench", "--backend", "asyncio")
    assert here(every) == ["one other shared streaming"] * 2
    assert every.stdout.count("cannot be installed") == 1
    again = tox("loopmark", "benchmarks", "check", "--family=c*", "--family", "streams")
    assert (here(again), "install" in again.stdout) == (["one other shared streaming"], False)


def test_where_nothing_can_be_installed_it_is_not_tried_for_ever(tox: Called, families: Path) -> None:
    """The rest is named, and what was to be done is done."""
    for path in families.parent.glob("*.whl"):
        path.unlink()
    done = tox("bench")

    assert here(done) == ["", ""]
    assert done.stdout.count("cannot be installed") == 3
    assert "not tried after that, until the next time: shared, streaming" in done.stdout


def test_no_command_of_ours_is_taken_for_one_that_measures() -> None:
    """Those that only say what there is need nothing that is compared."""
    known = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}

    assert {*toxfile.COMPARES_NOTHING} < known
