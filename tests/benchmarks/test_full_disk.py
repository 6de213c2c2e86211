"""No room, no right to write: one line, an exit code, and everything that had been recorded."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from results.record import read, run_directories
from tests.benchmarks.conftest import Engine

resource = pytest.importorskip("resource")
BEGIN = ["run", "--family", "locks", "--workload", "contended", "--backend", "asyncio", "--seeds", "0"]
# What is said of the plan and the machine before anything is measured, and of how far it has come.
SAID_BEFORE = r"This machine|  |[A-Z]\w+ 3\.\d+\.\d+ at |standard preset: |\S+ n=\S+.* \(\d of 3, "
SMALL = 2**15  # bytes; what is said about a test fits, a record does not


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only the administrator can have a disk of its own here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def full(disk: Path) -> Callable[[], object]:
    """Fill it to the last byte; gives what empties it again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1000)):
            pass
    return ballast.unlink


def read_only(disk: Path) -> Callable[[], object]:
    """Nobody may write any more; gives what allows it again."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    return lambda: subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


def limited(disk: Path) -> Callable[[], object]:
    """No file may become as long as a record is; gives what allows it again."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, before[1]))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)


def survives(fault: Callable[[Path], Callable[[], object]], root: Path, engine: Engine) -> None:
    """The fault comes before the second of three comparisons is recorded, and is repaired afterwards."""
    repairs: list[Callable[[], object]] = []

    def strike() -> None:
        if not repairs:
            repairs.append(fault(root))

    engine.before = {10: strike, 1000: strike}
    failed = CliRunner().invoke(app, [*BEGIN, "--results", str(root / "results")])
    kept = read(next(run_directories(root / "results")))
    files = [path.name for path in kept.path.rglob("*") if path.is_file()]
    repairs[0]()
    resumed = CliRunner().invoke(app, ["run", "--resume", str(kept.path)])
    whole = read(kept.path)

    assert failed.exit_code == 2
    told = [line for line in failed.stderr.splitlines() if not re.match(SAID_BEFORE, line)]
    assert [line[:31] for line in told] == ["loopmark: cannot go on: [Errno "], failed.stderr
    assert f"run --resume {kept.path}" in failed.stderr
    assert ([entry["n"] for entry in kept.suite["comparisons"]], sorted(files)) == (
        [100],
        ["contended.json", "environment.json", "machine.json", "suite.json"],
    )
    assert (kept.suite["run"]["state"], len(kept.benchmarks)) == ("interrupted", 1)
    assert (resumed.exit_code, {entry["n"] for entry in whole.suite["comparisons"]}) == (0, {10, 100, 1000})


@pytest.mark.parametrize("fault", [full, read_only])
def test_a_disk_that_takes_no_more(fault: Callable[[Path], Callable[[], object]], disk: Path, engine: Engine) -> None:
    """It is full, or has become read-only."""
    survives(fault, disk, engine)


def test_a_file_that_may_not_grow(tmp_path: Path, engine: Engine) -> None:
    """A quota, a limit: the same without being the administrator."""
    survives(limited, tmp_path, engine)


def test_a_folder_that_cannot_be_written(tmp_path: Path, engine: Engine) -> None:
    """Nothing is measured that could not be recorded."""
    (tmp_path / "results").touch()
    result = CliRunner().invoke(app, [*BEGIN, "--results", str(tmp_path / "results")])

    assert (result.exit_code, result.stderr.count("\n"), engine.asked) == (2, 1, [])
    assert result.stderr.startswith("loopmark: cannot write the record: ")
