"""Schedulers of Dask's and hosts of ours on this machine, as processes of their own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Running, until

Start = Callable[..., Running]


class Scheduler:
    """A scheduler of Dask's that knows nothing of ours."""

    def __init__(self, folder: Path, *words: str) -> None:
        """Start it in a folder, by ``dask scheduler`` with these words behind it; ``address`` is where it listens."""
        file = folder / "scheduler.json"
        command = [sys.executable, "-m", "dask", "scheduler", *words, "--host", "127.0.0.1", "--port", "0"]
        self.process = subprocess.Popen(
            [*command, "--no-dashboard", "--scheduler-file", str(file)], cwd=folder, stderr=subprocess.DEVNULL
        )
        until(lambda: file.exists() and file.read_text().endswith("}"))
        self.address: str = json.loads(file.read_text())["address"]

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Scheduler]:
    """One that is killed after the test, if it lives."""
    found = Scheduler(tmp_path)
    yield found
    found.end()


@pytest.fixture
def host(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Running]:
    """Start a host of a name and wait until a scheduler knows it; its lock is its own, as on another machine."""

    def begin(address: str, name: str) -> Running:
        folder = tmp_path / name
        folder.mkdir()
        with monkeypatch.context() as patch:
            patch.setenv("TMPDIR", str(folder))
            running = start("serve", address, "--name", name)
        assert running.says() == f"{name} measures for {address}\n"
        return running

    return begin
