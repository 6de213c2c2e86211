"""One run at a time on a machine."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.alone import BusyError, alone
from tests.conftest import ROOT

HOLD = "from benchmarks.alone import alone\nwith alone() as tell:\n tell('there')\n print(flush=True)\n input()"


def test_a_second_run_is_refused_in_one_line_until_the_first_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names the process and its folder; the lock of a killed process is gone with it, and checks need none."""
    monkeypatch.setattr(
        "benchmarks.alone.lock_file", lambda: Path(os.environ["TMPDIR"]) / f"loopmark-{os.getuid()}.lock"
    )
    other = subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout
    other.stdout.readline()
    refused = CliRunner().invoke(app, ["run", "--results", str(tmp_path)])
    checked = CliRunner().invoke(app, ["check", "--family", "no such family"])
    other.send_signal(signal.SIGKILL)
    other.communicate()

    assert refused.exit_code == 2
    assert refused.stderr == f"loopmark: another run is measuring on this machine: process {other.pid}, into there\n"
    assert list(tmp_path.iterdir()) == []
    assert "no family matches" in checked.stderr
    with alone() as tell:
        tell("here")
        with pytest.raises(BusyError, match=f"process {os.getpid()}, into here"), alone():
            pass
