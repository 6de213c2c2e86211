"""Installed, the program has everything that it needs, and minds nothing of the folder that it is called from."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

import loopmark
from benchmarks import __main__ as benchmarks
from patterns import included
from reports import __main__ as reports
from results import record
from results.commands import CALLED
from tests.conftest import ROOT
from tests.test_extras import CORE, EXTRAS

pytestmark = pytest.mark.timeout(300)  # whole runs, beside the tests of other workers
GENERIC = ("benchmarks", "patterns", "reports", "results")
# What an installer writes; the program is imported from where it was unpacked.
SCRIPT = "import sys\n\nfrom loopmark import main\n\nif __name__ == '__main__':\n    sys.exit(main())\n"
LEDGER = '''"""The ledger of our shop."""

from contextlib import asynccontextmanager

from shop.accounts import Accounts

LIBRARY = "asyncio"


@asynccontextmanager
async def ledger():
    yield Accounts()
'''
ACCOUNTS = """import asyncio


class Accounts:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._accounts = {}

    async def deposit(self, account, fetch):
        async with self._lock:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + await fetch(), entries + 1)

    async def read(self, account):
        return self._accounts.get(account, (0, 0))
"""
Called = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(name="installed", scope="module")
def fixture_installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a wheel of ours installs, and the program's script."""
    folder = tmp_path_factory.mktemp("installed")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder / "wheel"), versions=["standard"])
    with zipfile.ZipFile(built) as wheel:
        wheel.extractall(folder / "site")
    (folder / "loopmark").write_text(SCRIPT)
    return folder


@pytest.fixture(name="project")
def fixture_project(tmp_path: Path) -> Path:
    """A project that has packages of the names that ours have: whoever imports one leaves a mark."""
    for name in GENERIC:
        (tmp_path / name).mkdir()
        mark = f"open({str(tmp_path / 'imported')!r}, 'a').write('{name} ')\nraise ImportError('somebody else')\n"
        (tmp_path / name / "__init__.py").write_text(mark)
    shop = tmp_path / "shop"
    shop.mkdir()
    for name, text in {"__init__": "", "accounts": ACCOUNTS, "ledger": LEDGER}.items():
        (shop / f"{name}.py").write_text(text)
    return tmp_path


@pytest.fixture(name="call")
def fixture_call(installed: Path, project: Path) -> Called:
    """Calls the program in the project's folder."""
    ours = (CALLED, included.VARIABLE, "PYTEST_XDIST_WORKER")  # pytest-benchmark measures nothing where that is set
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    environment = {**kept, "PYTHONPATH": str(installed / "site")}

    def called(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(installed / "loopmark"), *words]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    return called


def test_what_is_compared_comes_with_an_extra(installed: Path) -> None:
    """Whoever names none gets what the program itself imports, and `all` is every family's."""
    (told,) = (installed / "site").glob("*.dist-info/METADATA")
    lines = [line.partition(": ") for line in told.read_text(encoding="utf-8").partition("\n\n")[0].splitlines()]
    wanted = [Requirement(text) for field, _, text in lines if field == "Requires-Dist"]
    always, everything, one = (
        {need.name for need in wanted if need.marker is None or need.marker.evaluate({"extra": extra})}
        for extra in ("", "all", "rate-limits")
    )
    compared = [Requirement(text) for entries in EXTRAS.values() for text in entries]

    assert always == {Requirement(text).name for text in CORE}
    assert everything - always == {need.name for need in compared if need.marker is None or need.marker.evaluate()}
    assert one - always == {Requirement(text).name for text in EXTRAS["rate_limits"]}


def names(app: typer.Typer) -> set[str]:
    """How the commands of a command line are called."""
    return {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}


def test_the_program_has_every_command_of_both() -> None:
    """One that is added is there, too; what draws pages goes by the name that tox has for it."""
    assert names(loopmark.commands()) == names(benchmarks.app) | names(reports.app) - {"build"} | {"report"}


def test_a_file_of_a_project_is_checked_measured_and_drawn(call: Called, project: Path) -> None:
    """The record and the pages are in the folder at hand, and nothing else there was imported or changed."""
    where = ["--family", "locks", "--backend", "asyncio", "--alternative", "ledger", "--workload", "contended"]
    briefly = ["--preset", "smoke", "--n", "100", "--seeds", "1"]
    done = call("run", *where, *briefly, "--include", "locks=shop/ledger.py")

    assert done.returncode == 0, done.stderr
    assert "unexpected: locks/ledger@asyncio owner_reacquire" in done.stderr
    run = record.read(next(record.run_directories(project / "loopmark-results")))
    assert "ledger@asyncio n=100" in {one.get_name() for one in run.benchmarks["locks", "contended"].get_benchmarks()}
    assert run.safety
    assert {found["state"] for found in run.safety["findings"] if found["alternative"] == "ledger"} >= {"pass"}
    assert run.suite["run"]["command"].startswith("loopmark run --family locks ")
    assert run.suite["run"]["commit"] == ""
    assert f"{project}/shop/ledger.py" in (project / "loopmark-html" / "families" / "locks.html").read_text()
    assert (project / "loopmark-html" / "index.html").resolve().as_uri() in done.stdout
    assert f"every workload and loop: loopmark report {run.path.resolve()} --all\n" in done.stdout
    assert not (project / "imported").exists()
    assert [[one.name for one in (project / name).iterdir()] for name in GENERIC] == [["__init__.py"]] * len(GENERIC)


def test_pyperf_finds_the_same(call: Called, project: Path) -> None:
    """The stock order is measured by processes that pyperf starts."""
    where = ["--family", "locks", "--backend", "asyncio", "--alternative", "ledger", "--workload", "contended"]
    done = call(
        *("run", *where, "--n", "100", "--engine", "pyperf", "--preset", "smoke", "--seeds", "0"),
        *("--include", "locks=shop/ledger.py"),
    )

    assert "failed" not in done.stderr
    run = record.read(next(record.run_directories(project / "loopmark-results")))
    assert "ledger@asyncio n=100" in {one.get_name() for one in run.benchmarks["locks", "contended"].get_benchmarks()}
    assert not (project / "imported").exists()


def test_a_quick_look_takes_a_file_of_a_project(call: Called, project: Path) -> None:
    """What it does not know itself is for pytest; nothing of either is left in the folder."""
    done = call("quick", "--include", "locks=shop/ledger.py", "-k", "locks/contended/ledger and asyncio", "-q")

    assert done.returncode == 0, done.stdout
    assert "test_quick[locks/contended/ledger@asyncio]" in done.stdout
    assert sorted(one.name for one in project.iterdir() if one.name != "__pycache__") == sorted([*GENERIC, "shop"])


def test_a_skeleton_is_written_into_the_folder_at_hand(call: Called, project: Path) -> None:
    """The next command is one that can be written there."""
    done = call("new", "locks", "mine")

    assert (done.returncode, done.stdout) == (0, "mine.py\n")
    assert "loopmark check --family locks --alternative mine --include locks=mine.py" in done.stderr
    assert (project / "mine.py").exists()


def test_a_command_that_measured_nothing_draws_nothing(call: Called, project: Path) -> None:
    """A wrong word is one line, and leaves nothing in the folder."""
    done = call("run", "--family", "lock")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "loopmark: no family matches 'lock' (did you mean locks?)\n"
    assert not (project / "loopmark-html").exists()
