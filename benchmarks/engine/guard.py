"""What keeps processes from outliving the run that started them, whatever ends it.

On Linux the kernel does it: it tells a process that its parent has died, hands it the orphans below it, and ends one
that hangs in C as well. Elsewhere a lost parent is noticed by whoever waits: at the end of a connection, or between two
looks at it.

Two kinds of process are ended, each in one way and in one order. A worker (``end``): it is given a moment, then
stopped, so that it starts nothing more and says nothing of what happens to what it has started; then what runs below it
is killed, then it; last what was orphaned meanwhile (``end_strays``). The leader of a session (``end_session``): it
first, then its group, and once it is waited for, what has left the session (``end_runaways``).
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing import current_process, parent_process
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import IO, NoReturn, Protocol
from weakref import WeakSet

import psutil

from benchmarks.plan import services

try:
    import resource
except ImportError:  # Windows, where nothing limits a file
    resource = None  # type: ignore[assignment]

PARENT_DEATH_SIGNAL, CHILD_SUBREAPER = 1, 36  # of Linux's prctl
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
PAUSE = 0.001  # seconds between two looks at a process that is about to end
PATIENCE = 5.0  # seconds in which what was killed is gone, unless the kernel itself is stuck
LONGEST_FILE = 16 * 2**20  # bytes
_private: WeakSet[Connection | IO[str]] = WeakSet()
_leader = 0


class Process(Protocol):
    """What a worker's process can be asked: ours are ``multiprocessing``'s, those of others stand for one."""

    @property
    def pid(self) -> int | None:
        """Its id; None if it was never started."""

    @property
    def exitcode(self) -> int | None:
        """None while it lives, the negative number of the signal that killed it."""

    @property
    def sentinel(self) -> int:
        """What can be waited for."""

    def kill(self) -> None:
        """Kill it."""

    def join(self) -> None:
        """Wait until it has ended."""


def die_with(parent: int, number: int = KILL) -> None:
    """Have the kernel send this process a signal when its parent ends; end at once if that has happened already."""
    _prctl(PARENT_DEATH_SIGNAL, number)
    if os.name == "posix" and os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of whatever is orphaned below this process, so that it can be found and ended."""
    _prctl(CHILD_SUBREAPER, 1)


def limit_files() -> None:
    """Let no file that this process or its children write grow beyond what one can want to read."""
    if resource is not None:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        wanted = LONGEST_FILE if hard == resource.RLIM_INFINITY else min(hard, LONGEST_FILE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (wanted, hard))


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def lead(parent: int) -> None:
    """From now on end with everything below, when the parent ends or SIGTERM comes. Only for code that is ours."""
    global _leader
    _leader = parent
    signal.signal(signal.SIGTERM, _end_with_everything)
    die_with(parent, signal.SIGTERM)


def heed_termination() -> None:
    """Treat a request to terminate like Ctrl-C: tox sends one after the other."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  a signal handler's
    raise KeyboardInterrupt


def _end_with_everything(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  a signal handler's
    end_descendants()
    os._exit(1)


def may_start_processes() -> None:
    """Let this process start others, although multiprocessing lets no daemon: these are ended here."""
    current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # noqa: SLF001  it has no public name


def follow(connection: Connection) -> None:
    """Begin the life of a worker: it ends with the process that forked it, and what it forks cannot speak for it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with(os.getppid())
    conductor = parent_process()
    if conductor and not conductor.is_alive():
        os._exit(1)  # it has died before the kernel could be asked
    keep_private(connection)


def lead_group() -> None:
    """Make a group of this process and all that it will start, so that ``end_group`` can end it as a whole."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)


def end_group(leader: int | None) -> None:
    """Kill every process of a group, if there is one of that number."""
    if leader and hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # the usual case: all have ended by themselves
            os.killpg(leader, KILL)


def end_session(leader: "subprocess.Popen[str] | subprocess.Popen[bytes]", others: set[int] | None) -> None:
    """Kill the leader of a session and all that it has started.

    ``others`` lead sessions that stay; None if the leader has itself ended what had left its session.
    """
    leader.kill()
    end_group(leader.pid)
    leader.wait()
    if others is not None:
        end_runaways(others)


def keep_private(channel: Connection | IO[str]) -> None:
    """Close this in every process that is forked from this one.

    The other end would see no end of file as long as any of them lives, and two would answer where one was asked.
    """
    if not _private and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_close_private)
    _private.add(channel)


def _close_private() -> None:
    for channel in list(_private):
        channel.close()


def end_if_orphaned() -> None:
    """End with everything below if the parent is gone: for systems whose kernel does not tell."""
    if _leader and (os.getppid() != _leader or not psutil.pid_exists(_leader)):
        _end_with_everything(signal.SIGTERM, None)


def ended(process: Process, seconds: float) -> bool:
    """Whether a process ends within that time; ``join`` waits without end for one that has closed all its pipes."""
    deadline = time.monotonic() + seconds
    while process.exitcode is None:
        if not wait([process.sentinel], max(0.0, deadline - time.monotonic())) or time.monotonic() > deadline:
            return process.exitcode is not None
        time.sleep(PAUSE)
    return True


def end(process: Process, seconds: float) -> None:
    """End a process that has not done so by itself within that time, and everything that it has started."""
    if ended(process, seconds):
        return
    if process.pid:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(process.pid).suspend()  # it must not say that something has happened to what it has started
        end_descendants(process.pid)
    process.kill()
    process.join()


def end_copy(process: int) -> None:
    """End this process if it is not the one of that id, but a copy of it that goes on where the other does."""
    if os.getpid() != process:
        os._exit(0)


def children() -> set[int]:
    """The processes that this one has started or adopted, and has not waited for; cheap as long as there are none."""
    return {child.pid for child in _children()}


def end_strays(known: set[int]) -> None:
    """End what this process has adopted: children that are not ``known``, and all that they have started."""
    for child in _children():
        if child.pid not in known:
            end_descendants(child.pid)
            child.kill()
            child.wait()


def end_runaways(known: set[int]) -> None:
    """End what runs below this process in a session that is neither its own, nor a service's, nor a ``known`` one."""
    if not hasattr(os, "getsid"):
        return
    found = []
    kept = {os.getsid(0), *services.sessions(), *known}
    for child in psutil.Process().children(recursive=True):
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getsid(child.pid) not in kept:
                child.kill()
                found.append(child)
    psutil.wait_procs(found, PATIENCE)


def _children() -> list[psutil.Process]:
    if not hasattr(os, "waitid"):
        return []
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return []
    return psutil.Process().children()


def end_descendants(process: int | None = None) -> None:
    """Kill whatever runs below a process, this one by default, until nothing is left, however quickly it forks."""
    deadline = time.monotonic() + PATIENCE
    while (living := _living_below(process)) and time.monotonic() < deadline:
        for child in living:
            with suppress(psutil.NoSuchProcess):
                child.kill()


def _living_below(process: int | None) -> list[psutil.Process]:
    found = []
    with suppress(psutil.NoSuchProcess):
        found = psutil.Process(process).children(recursive=True)
    living = []
    for child in found:
        with suppress(psutil.NoSuchProcess):
            if child.status() != psutil.STATUS_ZOMBIE:
                living.append(child)
    return living
