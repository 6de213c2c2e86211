"""What several test modules share: the variants that can run here, and a project with planted faults."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil
import pytest

from benchmarks import alone
from results.record import Run, read, run_directories
from tests.asking import asking

pytest_plugins = ("tests.sharing",)

ROOT = Path(__file__).parents[1]
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session", autouse=True)
def own_lock() -> Iterator[None]:
    """A lock of their own for runs of tests, wherever they start: a real run neither hinders them nor minds them."""
    tempfile.gettempdir()  # ours stay where they are
    with tempfile.TemporaryDirectory(prefix="lm-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.setattr(alone, "lock_file", lambda: Path(folder) / "of these tests.lock")
        yield


@pytest.fixture(scope="module", autouse=True)
def set_aside() -> None:
    """Put aside what modules before this one have made: blocks and trials look at all objects for what was left behind.

    Among those of a thousand tests such a look takes ten times as long as among those of one.
    """
    gc.enable()  # a command that ran in this process may have switched it off until its end
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def asker() -> Iterator[ProcessPoolExecutor]:
    """The process in which alternatives and planted implementations are asked; it imports every package once."""
    with asking() as process:
        yield process


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose only family has alternatives with planted faults."""
    return project_with("planted", tmp_path_factory.mktemp("planted"))


@pytest.fixture
def rampant(tmp_path: Path) -> Path:
    """A copy of the project, for one test, whose only family has alternatives that no process survives."""
    return project_with("rampant", tmp_path / "rampant")


PATIENCE = 100.0  # seconds after which what should have happened will not


def until(happened: Callable[[], object]) -> None:
    """Return when something has happened; fails if it does not."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def living(process: int) -> bool:
    """Whether a process still runs."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Running:
    """A command on the rampant family that has been started in its folder, ``root``."""

    def __init__(self, root: Path, *arguments: str) -> None:
        """Start ``python -m benchmarks`` with these arguments."""
        self.root = root
        self.seen: set[int] = set()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks", *arguments], cwd=root, stderr=subprocess.PIPE, text=True
        )

    def reaches(self, alternative: str) -> list[int]:
        """Wait until an alternative is in the middle of it; the processes that it names, itself the first."""
        mark = self.root / "patterns" / "echo" / f"{alternative}.pids"
        until(lambda: mark.exists() or self.process.poll() is not None)
        named = [int(word) for word in mark.read_text().split()]
        self.seen |= {child.pid for child in psutil.Process(self.process.pid).children(recursive=True)}
        return named

    def says(self) -> str:
        """Wait for its next line."""
        assert self.process.stderr
        return self.process.stderr.readline()

    def ends(self) -> tuple[int, str]:
        """Wait for the end; the exit code, and what was said."""
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said

    def alone(self) -> bool:
        """Whether nothing lives on of what ran when an alternative was in the middle of it."""
        return not any(map(living, self.seen))

    def record(self) -> Run:
        """What is on disk."""
        return read(next(run_directories(self.root / "results")))


@pytest.fixture
def start(rampant: Path) -> Iterator[Callable[..., Running]]:
    """Start commands on the rampant family; nothing of them outlives the test."""
    started: list[Running] = []

    def begin(*arguments: str) -> Running:
        started.append(Running(rampant, *arguments))
        return started[-1]

    yield begin
    for running in started:
        for process in {running.process.pid, *running.seen}:
            if living(process):
                os.kill(process, signal.SIGKILL)
        running.process.communicate()


def project_with(name: str, root: Path) -> Path:
    """A copy of the project with the family of that folder in place of all others."""
    caches = shutil.ignore_patterns("__pycache__")
    for package in ("patterns", "benchmarks", "results"):
        shutil.copytree(ROOT / package, root / package, ignore=lambda *_: {"__pycache__"} | real_content(*_))
    shutil.copytree(ROOT / "tests" / name, root, dirs_exist_ok=True, ignore=caches)
    return root


def real_content(folder: str, names: list[str]) -> set[str]:
    """What the copy leaves out: the real families, what is asked of them, and recorded runs."""
    path = Path(folder)
    if path.name in ("patterns", "results", "families"):
        return {name for name in names if (path / name).is_dir()}
    return set()


@pytest.fixture(scope="session")
def command() -> Command:
    """Run ``python -m ...`` in a folder and give back the finished process.

    It is nobody's worker: pytest-benchmark measures nothing where it seems to be one.
    """

    def run(folder: Path, *arguments: str, **options: str) -> "subprocess.CompletedProcess[str]":
        words = [sys.executable, "-m", *arguments]
        alone = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
        return subprocess.run(words, cwd=folder, env=alone, capture_output=True, text=True, timeout=900, check=False)

    return run
