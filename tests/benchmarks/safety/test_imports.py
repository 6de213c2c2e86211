"""Importing an alternative may do anything, or nothing at all; what is asked afterwards is asked once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import patterns
from benchmarks.safety import warm
from benchmarks.safety.warm import PRELOAD, in_clean_environment
from tests.conftest import ROOT

ASKED = """
import sys
from types import SimpleNamespace
from benchmarks.safety.examination import import_problem
sys.path.insert(0, sys.argv[1])
print(import_problem(SimpleNamespace(module="mine")), "asked", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no forks")
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import os\nos.fork()", " asked"),
        ("import os\nif os.fork():\n    raise ValueError('no')", "cannot be imported: ValueError: no asked"),
        ("", " asked"),
    ],
)
def test_a_copy_that_an_import_has_made_answers_nothing(tmp_path: Path, source: str, said: str) -> None:
    """It would speak in the name of the other, and fail in our code."""
    (tmp_path / "mine.py").write_text(f"{source}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", ASKED, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == (f"{said}\n", "")


def test_a_process_that_ends_at_once_is_an_error_of_the_system() -> None:
    """The end of a pipe says nothing to whoever waits for a check; our variables are back all the same."""
    before = dict(os.environ)

    def start() -> None:
        raise EOFError

    with pytest.raises(OSError, match="ended as soon as it was started"):
        in_clean_environment(start)
    assert dict(os.environ) == before


def test_who_is_examined_finds_what_it_is_asked_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The promises of its family, and of no other: they take longer to import than most of them to answer."""
    monkeypatch.setattr(warm, "method", lambda: "forkserver")
    monkeypatch.setattr(warm, "in_clean_environment", lambda _: None)
    monkeypatch.setattr(warm, "_preload", preload := [""])
    family, *_ = patterns.families()
    warm.start_warm_server(patterns.alternatives(family))

    assert [name for name in preload if name.startswith("benchmarks.")] == [f"benchmarks.families.{family}.promises"]


def test_what_packages_say_as_they_are_imported_is_not_said_here(tmp_path: Path) -> None:
    """One warns of another's age, on the terminal of somebody who has chosen neither."""
    (tmp_path / "loud.py").write_text("import warnings\nwarnings.warn('too old', UserWarning)\nprint('imported')\n")
    source = "import sys\nsys.path.append(sys.argv[1])\nfrom benchmarks.safety.warm import preload\npreload()"
    done = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, PRELOAD: "loud nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("imported\n", "")
