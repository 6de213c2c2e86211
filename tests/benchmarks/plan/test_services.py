"""Services: what is said where one is missing, and that none outlives whoever started it."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import patterns
from benchmarks.engine import guard, host
from benchmarks.plan import filters, provenance, services
from benchmarks.plan.availability import missing_here, services_of
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.filters import Filters
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the program that stands in is a script with a first line"
)

NEEDS_REDIS = dataclasses.replace(
    next(entry for entry in patterns.alternatives("locks") if entry.name == "asyncio_lock"), services=("redis",)
)
SERVER = """#!{python}
import pathlib, socket, sys
counted = pathlib.Path(__file__).with_name("starts")
starts = counted.read_text() if counted.exists() else ""
counted.write_text(starts + "+")
if len(starts) < {failures}:
    sys.exit("out of luck")
with socket.create_server(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1]))) as server:
    pathlib.Path(__file__).with_name("folder").write_text(str(pathlib.Path.cwd()))
    while True:
        with server.accept()[0] as connection:
            if connection.recv(100):
                connection.sendall(b"+PONG\\r\\n")
"""
# Whoever runs the tests in the background of a shell has told them to ignore Ctrl-C.
STARTER = """
import os, signal, time
from benchmarks.plan import filters, services
signal.signal(signal.SIGINT, signal.default_int_handler)
services.start(["redis"])
print(os.environ["REDIS_URL"], flush=True)
time.sleep(600)
"""


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No service runs before, none after, and what went wrong is forgotten."""
    monkeypatch.setattr(services, "_running", {})
    monkeypatch.setattr(services, "_broken", {})
    for service in services.SERVICES.values():  # whoever ran in this process before has left its address
        monkeypatch.delenv(service.variable, raising=False)
    yield
    services.stop()


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, failures: int = 0) -> None:
    """Put a program that answers like Redis in the place of all others; it fails so often before it starts."""
    path = folder / "redis-server"
    path.write_text(SERVER.format(python=sys.executable, failures=failures), encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def listens(address: str) -> bool:
    """Whether somebody listens there."""
    port = int(address.rpartition(":")[2].partition("/")[0])
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionError:
        return False
    return True


def test_where_the_program_is_missing_a_row_says_how_to_get_it(
    nothing_runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no error, and nothing is started."""
    monkeypatch.setenv("PATH", str(tmp_path))
    services.start(["redis"])

    assert missing_here(NEEDS_REDIS, BACKENDS["asyncio"]).endswith("not installed (Debian: apt install redis-server)")
    assert "REDIS_URL" not in host.clean_environment(1)


def test_who_looks_for_runaways_leaves_services_alone(
    nothing_runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check, and each launch, end what has run away: the server must be there for the next one."""
    program(tmp_path, monkeypatch)
    services.start(["redis"])
    guard.end_runaways(set())

    assert listens(os.environ["REDIS_URL"])


def test_only_what_is_asked_for_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of another family, or another loop, starts no server."""
    monkeypatch.setattr(services, "problem", lambda *_: "")
    monkeypatch.setattr(filters, "in_family", lambda _: "")  # it would remember what this family is made of here
    monkeypatch.setattr(patterns, "families", lambda: ["locks"])
    monkeypatch.setattr(patterns, "alternatives", lambda *_: (NEEDS_REDIS,))

    assert services_of(Filters()) == {"redis"}
    assert services_of(Filters(backends=("trio",))) == set()
    assert services_of(Filters(alternatives=("other",))) == set()


def test_a_service_runs_once_until_it_is_stopped(
    nothing_runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measuring processes are told where it is; afterwards nobody listens there, and its folder is gone."""
    program(tmp_path, monkeypatch)
    services.start(["redis"])
    address = os.environ["REDIS_URL"]
    services.start(["redis"])

    assert host.clean_environment(1)["REDIS_URL"] == address
    assert listens(address)

    services.stop()

    assert not listens(address)
    assert "REDIS_URL" not in os.environ
    assert (tmp_path / "starts").read_text() == "+"
    assert not Path((tmp_path / "folder").read_text()).exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_service_ends_with_whoever_started_it(
    how: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even with one that is killed and can tidy up nothing."""
    program(tmp_path, monkeypatch)
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as starter:
        assert starter.stdout is not None
        address = starter.stdout.readline().strip()

        assert listens(address)

        starter.send_signal(how)
    while listens(address):  # the test's own time limit ends this
        time.sleep(0.01)


def test_another_port_is_tried_when_one_was_taken(
    nothing_runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may take a port between our looking and the service's taking it."""
    program(tmp_path, monkeypatch, failures=1)
    services.start(["redis"])

    assert listens(os.environ["REDIS_URL"])
    assert (tmp_path / "starts").read_text() == "++"


def test_a_service_that_does_not_start_is_a_reason(
    nothing_runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last thing that it said stands in the row."""
    program(tmp_path, monkeypatch, failures=99)
    services.start(["redis"])

    assert missing_here(NEEDS_REDIS, BACKENDS["asyncio"]) == "redis-server did not start: out of luck"
    assert "REDIS_URL" not in os.environ


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", {"redis-server": "7.0.15"}),
        ("a program of another kind", {}),
    ],
)
def test_the_version_of_a_server_is_recorded(
    says: str, found: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As its own program states it; one that does not say, or is not there, has none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.versions(["caches"]).keys().isdisjoint({"redis-server"})
    program = tmp_path / "redis-server"
    program.write_text(f"#!{sys.executable}\nprint({says!r})\n")
    program.chmod(0o755)

    recorded = provenance.versions(["caches"])

    assert {name: version for name, version in recorded.items() if name == "redis-server"} == found
    assert "redis-server" not in provenance.versions(["locks"])
