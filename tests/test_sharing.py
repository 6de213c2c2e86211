"""Tests that share a set-up run in one process, and the longest begin."""

import importlib.util
import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.safety.conformance import cores
from tests import compiled
from tests.conftest import ROOT
from tests.sharing import LONG, PER_CORE, pytest_xdist_setupnodes, turn, unit

MODULE = """
import os, pathlib, pytest

@pytest.mark.parametrize("number", range(6))
def test_(number):
    with pathlib.Path(__file__).with_suffix(".workers").open("a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + " ")
"""


def test_a_module_stays_in_one_process(tmp_path: Path) -> None:
    """What its tests share is made once, whatever the version of pytest."""
    for name in ("test_one.py", "test_two.py"):
        (tmp_path / name).write_text(MODULE)
    words = [sys.executable, "-m", "pytest", "-p", "xdist.plugin", "-p", "tests.sharing", "--numprocesses", "2", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, check=False)
    workers = [(tmp_path / name).read_text().split() for name in ("test_one.workers", "test_two.workers")]

    assert done.returncode == 0, done.stdout
    assert sorted(map(len, map(set, workers))) == [1, 1]
    assert set(workers[0]) != set(workers[1])


def test_tests_that_wait_keep_no_core_from_others(tmp_path: Path) -> None:
    """There are more processes than cores."""
    (tmp_path / "test_one.py").write_text(MODULE)
    words = [sys.executable, "-m", "pytest", "-p", "xdist.plugin", "-p", "tests.sharing", "--numprocesses", "logical"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run([*words, "."], cwd=tmp_path, env=environment, capture_output=True, check=False, text=True)

    assert f"{PER_CORE * cores()} workers" in done.stdout


def test_a_family_of_a_long_module_is_a_unit() -> None:
    """Its tests share one set of answers; contracts share nothing."""
    first, second = "tests/test_safety.py::test_one[locks]", "tests/test_safety.py::test_two[locks]"

    assert unit(first) == unit(second)
    assert unit(first) != unit("tests/test_safety.py::test_one[caches]")
    assert unit(first) != unit("tests/test_broken.py::test_one[locks]")
    assert unit("tests/results/test_safety.py::test_one[a]") == unit("tests/results/test_safety.py::test_two")
    assert unit("tests/test_contracts.py::test_one[a]") != unit("tests/test_contracts.py::test_one[b]")


def test_the_long_begin_and_the_short_end() -> None:
    """Whoever is left with a long one at the end works alone."""
    names = ["tests/test_contracts.py::test[a]", "tests/test_layers.py::test", "tests/test_safety.py::test[locks]"]
    names += ["tests/test_documents.py::test", "tests/test_end_to_end.py::test"]

    assert sorted(names, key=turn) == names[::-1]


def test_who_begins_is_there() -> None:
    """A name without a module would be one that has moved, and comes last."""
    assert {*LONG} <= {path.stem for path in ROOT.glob("tests/**/test_*.py")}


def test_a_new_environment_is_compiled_before_there_are_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the two commands, once; an environment that has been used is left alone, and so is who wants no bytecode."""
    assert importlib.util.find_spec(compiled.IMPORTED_LATE)  # else it would be done each time
    begun: list[list[str]] = []
    found = ModuleSpec("found", None)

    def begin(command: list[str], **_: object) -> SimpleNamespace:
        begun.append(command)
        return SimpleNamespace(wait=lambda: 0)

    monkeypatch.setattr(importlib.util, "find_spec", lambda _: found)
    monkeypatch.setattr(subprocess, "Popen", begin)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for cached in (__file__, str(Path(__file__) / "nowhere")):
        found.cached = cached
        pytest_xdist_setupnodes()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    pytest_xdist_setupnodes()

    assert begun == [*compiled.COMMANDS]
