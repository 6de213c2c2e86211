"""The servers that an alternative may need beside a Python package: one table, one entry per service.

An alternative names them in ``SERVICES`` and reads the address where programs read it, from an environment variable.
``start`` runs each once, on a free port of this machine that only this machine reaches, with nothing kept on disk.

A service must not outlive whoever started it, not even one that is killed. So it is watched by a small process,
``python -m benchmarks.plan.services NAME``, which starts the service, prints one line, and ends it as soon as its own
standard input is closed: the system closes that pipe, however its other end comes to die.
"""

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

READY, FAILED = "ready", "failed"
ATTEMPTS = 3  # ports that are tried: somebody else may take one between our looking and the service's taking it
PATIENCE = 10.0  # seconds for a service to be ready, and to end when asked to


@dataclass(frozen=True, slots=True)
class Service:
    """A server: its program, how it is started, how it shows that it is ready, and where alternatives look for it.

    ``{port}`` stands for the port in ``arguments`` and in ``address``. The service is ready when it answers ``hello``
    with ``welcome``. ``version`` is how its version reads in what ``--version`` prints, ``missing`` what is said where
    there is no such program.
    """

    program: str
    arguments: tuple[str, ...]
    hello: bytes
    welcome: bytes
    variable: str
    address: str
    version: str
    missing: str


SERVICES = {
    "redis": Service(
        program="redis-server",
        arguments=("--port", "{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"),
        hello=b"PING\r\n",
        welcome=b"+PONG\r\n",
        variable="REDIS_URL",
        address="redis://127.0.0.1:{port}/0",
        version=r"\bv=(\S+)",
        missing="redis-server is not installed (Debian: apt install redis-server)",
    ),
}
VARIABLES = tuple(service.variable for service in SERVICES.values())

_running: dict[str, "subprocess.Popen[str]"] = {}
_broken: dict[str, str] = {}


def problem(names: Iterable[str]) -> str:
    """Why one of these services cannot be had here, or an empty string; whether it starts is known once it has."""
    for name in names:
        if shutil.which(SERVICES[name].program) is None:
            return SERVICES[name].missing
        if name in _broken:
            return f"{SERVICES[name].program} did not start: {_broken[name]}"
    return ""


def versions(names: Iterable[str]) -> dict[str, str]:
    """The version of each service's program; one that is missing, or does not say, is left out."""
    found = {}
    for service in (SERVICES[name] for name in names if name in SERVICES):
        if program := shutil.which(service.program):
            shown = subprocess.run(
                [program, "--version"], capture_output=True, text=True, check=False, timeout=PATIENCE
            )
            if match := re.search(service.version, shown.stdout):
                found[service.program] = match[1]
    return found


def start(names: Iterable[str]) -> None:
    """Start the services that are not running yet, and put their addresses into this process's environment.

    One that does not start is a ``problem`` from then on. They end with this process, or at ``stop``.
    """
    for name in names:
        if name in _running or problem([name]):
            continue
        watcher = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.plan.services", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is ours to handle: the service must outlast the last block
        )
        said, _, rest = watcher.stdout.readline().strip().partition(" ") if watcher.stdout else ("", "", "")
        if said == READY:
            _running[name] = watcher
            os.environ[SERVICES[name].variable] = rest
            atexit.register(stop)
        else:
            _broken[name] = rest or "its watcher died"
            _end(watcher)


def sessions() -> set[int]:
    """The sessions of the services that this process has started: whoever looks for runaways must leave them alone."""
    return {watcher.pid for watcher in _running.values()}


def stop() -> None:
    """End the services that this process has started, and wait until they have ended."""
    atexit.unregister(stop)
    while _running:
        name, watcher = _running.popitem()
        os.environ.pop(SERVICES[name].variable, None)
        _end(watcher)


def _end(watcher: "subprocess.Popen[str]") -> None:
    with watcher:  # closes its pipes, and waits
        pass


def watch(service: Service) -> None:
    """Start a service, say where it is, and end it when nobody holds the other end of standard input any more."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # asked to end: not without the service
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "said.txt")
        for _ in range(ATTEMPTS):
            port = free_port()
            process = _launch([argument.format(port=port) for argument in service.arguments], service, said)
            try:
                if answers(service, port, process):
                    print(READY, service.address.format(port=port), flush=True)
                    sys.stdin.read()
                    return
            finally:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE)
                process.kill()
                process.wait()
        lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        word = lines[-1][:200] if lines else "it said nothing"
        print(FAILED, word.encode("ascii", "replace").decode(), flush=True)  # any system's output takes that


def _launch(arguments: Sequence[str], service: Service, said: Path) -> "subprocess.Popen[bytes]":
    with said.open("wb") as output:
        return subprocess.Popen(
            [service.program, *arguments],
            cwd=said.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def free_port() -> int:
    """A port of this machine that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answers(service: Service, port: int, process: "subprocess.Popen[bytes]") -> bool:
    """Whether a service comes to answer at a port before it dies, or patience ends."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(service.hello)
            if connection.recv(len(service.welcome)) == service.welcome:
                return True
        time.sleep(0.01)
    return False


if __name__ == "__main__":
    watch(SERVICES[sys.argv[1]])
