"""A Python that finds its own library through LD_LIBRARY_PATH alone measures and checks like any other."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import ROOT

LIBRARIES = str(sysconfig.get_config_var("LIBDIR"))
PACKAGES = os.pathsep.join(path for path in sys.path if "site-packages" in path)
ONE = ["--family", "locks", "--alternative", "asyncio_lock", "--backend", "asyncio"]


@pytest.fixture(name="needy")
def fixture_needy(tmp_path: Path) -> Path:
    """A copy of this Python, with another path of the same length where it looks for its library."""
    binary = Path(sys.executable).resolve().read_bytes()
    if sys.platform != "linux" or LIBRARIES.encode() not in binary:
        pytest.skip("this Python is not linked with a library that it finds by itself")
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_bytes(binary.replace(LIBRARIES.encode(), b"/nowhere".ljust(len(LIBRARIES), b"x")))
    python.chmod(0o755)
    (tmp_path / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n", encoding="utf-8")
    return python


def called(python: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """``python -m benchmarks``, with the packages of these tests."""
    return subprocess.run(
        [str(python), "-m", "benchmarks", *arguments, *ONE, "--results", str(python.parents[1])],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": PACKAGES, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_workers_find_the_library_of_their_python(needy: Path) -> None:
    """A check and a run, in which every process is started by one that knows where it is."""
    without = called(needy, "check", LD_LIBRARY_PATH="")
    check = called(needy, "check", "--promise", "fifo", "--seeds", "1", LD_LIBRARY_PATH=LIBRARIES)
    run = called(needy, "run", "--preset", "smoke", "--seeds", "0", "--budget", "60s", LD_LIBRARY_PATH=LIBRARIES)

    assert without.returncode  # 127, or another where a library of that name is found elsewhere
    assert (check.returncode, check.stderr.startswith("1 kept, ")) == (0, True), check.stderr
    assert "failed: " not in run.stderr
    assert " comparisons in " in run.stderr
