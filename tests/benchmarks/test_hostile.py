"""Titles, exceptions and output that a terminal would obey, in a folder and on a terminal that know ASCII alone."""

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from results.record import run_directories
from tests.conftest import ROOT, project_with
from tests.reports.parsed import page, text_of

POOR = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # else Python makes the best of LC_ALL=C by itself
ONE_LOOP = ["--backend", "asyncio"]
COMMANDS = {
    "list": ["list"],
    "list --plain": ["list", "--plain"],
    "list --json": ["list", "--json"],
    "environment": ["environment", "--system"],
    "check": ["check", *ONE_LOOP, "--seeds", "2", "--output", "found-\u00e9.json"],
    "run": [
        "run",
        *ONE_LOOP,
        "--preset",
        "smoke",
        "--seeds",
        "1",
        "--results",
        "res-\u00e9",
        "--recorded-in",
        "rec-\u00e9",
    ],
}


class Said(NamedTuple):
    """What a command ended with, and what it said as bytes."""

    code: int
    out: str
    err: str


class Session(NamedTuple):
    """A project, and what each command on it said."""

    root: Path
    said: dict[str, Said]


@pytest.fixture(scope="module", params=[{}, POOR], ids=["as it is", "ASCII alone"])
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """Every command once, on a project whose files do their worst, in a folder with a name of its own."""
    root = project_with("hostile", tmp_path_factory.mktemp("hostile") / "h\u00e9 [b] [/x]")
    shutil.copytree(ROOT / "tests" / "planted" / "benchmarks", root / "benchmarks", dirs_exist_ok=True)
    environment = {**os.environ, "COLUMNS": "200", "LC_ALL": "C", **request.param}

    def said(folder: Path, *words: str) -> Said:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300, check=False)
        return Said(done.returncode, *(text.decode(errors="surrogateescape") for text in (done.stdout, done.stderr)))

    found = {name: said(root, "benchmarks", *words) for name, words in COMMANDS.items()}
    names = ["--recorded-in", str(root / "rec-\u00e9"), "--output", str(root / "html")]
    found["build"] = said(ROOT, "reports", "build", *names)
    run = next(run_directories(root / "res-\u00e9"))
    found["compare"] = said(ROOT, "reports", "compare", str(run), str(run), "--output", str(root / "html"))
    return Session(root, found)


def test_no_command_ends_in_a_traceback(session: Session) -> None:
    """Each with the exit code that it has elsewhere."""
    assert {name: said.code for name, said in session.said.items()} == {
        **dict.fromkeys(["list", "list --plain", "list --json", "environment", "build", "compare"], 0),
        **dict.fromkeys(["check", "run"], 1),
    }
    assert [name for name, said in session.said.items() if "Traceback" in said.err or "Unicode" in said.err] == []


def test_nothing_gives_orders_to_a_terminal(session: Session) -> None:
    """Neither what is printed nor what is recorded and drawn."""
    written = [
        path for folder in ("res-\u00e9", "html") for path in (session.root / folder).rglob("*") if path.is_file()
    ]
    written += [session.root / "found-\u00e9.json"]

    assert [name for name, said in session.said.items() if "\x1b" in said.out + said.err] == []
    assert len(written) > 6
    assert [path.name for path in written if b"\x1b" in content(path) or rb"\u001b" in content(path)] == []


def content(path: Path) -> bytes:
    """What is in a file; what is packed is for programs that unpack it."""
    found = path.read_bytes()
    return gzip.decompress(found) if path.suffix == ".gz" else found


def test_brackets_are_text(session: Session) -> None:
    """A title keeps them, and so does an exception."""
    title, error = "[/x] takes a dict[str, Lock]", "ValueError: red [/x] dict[str, Lock]"

    assert all(title in " ".join(session.said[name].out.split()) for name in ("list", "list --plain", "list --json"))
    assert "Give [bold]back[/bold] what a dict[str, int] holds" in session.said["list"].out
    assert f"colours@asyncio gives_back: {error}" in session.said["check"].out
    assert f"failed: echo/numbers/colours@asyncio n=10: raised: {error}" in session.said["run"].err
    assert "cannot be imported: ImportError: not today [/x]" in session.said["check"].err


def test_what_cannot_be_shown_is_recorded_all_the_same(session: Session) -> None:
    """The pages are in UTF-8, wherever they are drawn."""
    code, family = (page(session.root / "html", f"families/echo{end}.html") for end in ("-code", ""))

    assert "[/x] takes a dict[str, Lock] \u2192 \u00e9, in [red]" in text_of(code)
    assert "raised: ValueError: red [/x] dict[str, Lock] \u2192 \u00e9 ?" in text_of(family)
