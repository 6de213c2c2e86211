"""A file of the reader's own project is checked, measured and shown, from whatever folder."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from patterns import included
from results.record import read, run_directories
from tests.conftest import ROOT
from tests.reports.parsed import built, page, text_of

# What is left of the money stands in a file of its own, as it does in a project.
LEDGER = '''"""The ledger of our shop."""

import asyncio
from contextlib import asynccontextmanager

from .money import NOTHING

LIBRARY = "asyncio"


class Ledger:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._accounts = {}

    async def deposit(self, account, fetch):
        async with self._lock:
            balance, entries = self._accounts.get(account, NOTHING)
            self._accounts[account] = (balance + await fetch(), entries + 1)

    async def read(self, account):
        return self._accounts.get(account, NOTHING)


@asynccontextmanager
async def ledger():
    yield Ledger()
'''


@pytest.fixture(name="shop")
def fixture_shop(tmp_path: Path) -> Path:
    """A project with a package, one module of which knows another."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "money.py").write_text("NOTHING = (0, 0)\n")
    (folder / "ledger.py").write_text(LEDGER)
    return tmp_path


def called(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of ours, called from a folder with a `results` of its own."""
    (folder / "results").mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_a_file_of_a_project_is_checked_measured_and_shown(shop: Path, tmp_path: Path) -> None:
    """It is told against the picks, with what it breaks."""
    where = [
        "--family",
        "locks",
        "--backend",
        "asyncio",
        "--alternative",
        "ledger",
        "--include",
        "locks=shop/ledger.py",
    ]
    quickly = ["--preset", "smoke", "--workload", "contended", "--n", "100", "--seeds", "1"]
    done = called(shop, "run", *where, *quickly, "--results", str(tmp_path / "records"))

    assert done.returncode in (0, 1), done.stderr
    run = read(next(run_directories(tmp_path / "records")))
    record = run.suite["families"]["locks"]["alternatives"]["ledger"]
    assert (record["kind"], record["path"]) == ("yours", str(shop / "shop" / "ledger.py"))
    assert run.suite["run"]["options"]["include"] == [f"locks={shop / 'shop' / 'ledger.py'}"]
    assert "ledger@asyncio n=100" in {one.get_name() for one in run.benchmarks["locks", "contended"].get_benchmarks()}
    (section,) = page(built(run.path, tmp_path / "html"), "families/locks.html").xpath("//section[@id='yours']")
    assert text_of(section).startswith(f"Yours ledger {shop}/shop/ledger.py: ")


def test_what_fails_in_a_file_of_a_project_can_be_repeated(shop: Path) -> None:
    """The command names the file, too: from whatever folder it works as it is written."""
    broken = LEDGER.replace("self._lock = asyncio.Lock()", "self._lock = asyncio.Semaphore(2)")
    (shop / "shop" / "ledger.py").write_text(broken)
    where = ["--family", "locks", "--backend", "asyncio", "--alternative", "ledger", "--include", "locks=shop"]
    done = called(shop, "check", *where, "--promise", "no_lost_update", "--seeds", "3", "--results", str(shop))

    assert done.returncode == 1, done.stderr
    again = next(line for line in done.stdout.splitlines() if "--tick" in line)
    repeated = called(shop / "shop", *shlex.split(again)[3:])
    assert (repeated.returncode, repeated.stdout.count("FAIL")) == (1, 1), repeated.stderr
    assert "FAIL  locks/ledger@asyncio no_lost_update" in done.stdout
    assert f"--include locks={shop}/shop/ledger.py" in done.stdout


def test_where_a_file_of_a_project_fails_is_said_by_its_path(shop: Path) -> None:
    """Whoever reads it finds the line, from whatever folder."""
    path = shop / "shop" / "ledger.py"
    path.write_text(LEDGER.replace("(balance + await fetch(), entries + 1)", "await fetch() + NOWHERE"))
    where = ["--family", "locks", "--backend", "asyncio", "--alternative", "ledger", "--include", "locks=shop"]
    done = called(shop, "check", *where, "--promise", "no_lost_update", "--seeds", "1", "--results", str(shop))

    number = path.read_text().splitlines().index("            self._accounts[account] = await fetch() + NOWHERE") + 1
    assert f"| {path}:{number} in deposit: self._accounts[account] = await fetch() + NOWHERE" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_there\n" + LEDGER, "cannot be imported: ModuleNotFoundError"),
        (LEDGER + "\nwhile True:\n    pass\n", "cannot be imported: hung: no sign of life"),
        ('LIBRARY = "asyncio"\n', "offers none of ledger"),
    ],
)
def test_a_file_that_can_be_asked_nothing_is_one_line(shop: Path, text: str, said: str) -> None:
    """It names the file by its path, and why."""
    path = shop / "shop" / "ledger.py"
    path.write_text(text)
    where = ["--family", "locks", "--backend", "asyncio", "--alternative", "ledger", "--include", f"locks={path}"]
    done = called(shop, "check", *where, "--hang-limit", "2", "--seeds", "1", "--results", str(shop))

    (line,) = [line for line in done.stderr.splitlines() if not line.startswith(("0 kept", "advice: "))]
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith(f"{path}: not tested: {said}")


def test_what_cannot_be_included_is_a_line(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With exit code 2, whatever was to be done with it."""
    monkeypatch.setenv(included.VARIABLE, "")
    monkeypatch.setattr(sys, "path", [*sys.path])
    for command in ("run", "check", "list"):
        result = CliRunner().invoke(app, [command, "--include", f"lock={shop}/shop"])

        assert result.exit_code == 2
        assert result.stderr == "loopmark: --include lock=...: no family 'lock' (did you mean locks?)\n"
