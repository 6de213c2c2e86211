"""What the system allows a run, looked at before it begins: a limit must not look like a broken alternative.

Every worker of a launch costs the process that holds it two open files and itself a process. Once there is room for all
of them, a worker that runs out of files has opened them itself.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from math import inf
from pathlib import Path

import psutil

try:
    import resource
except ImportError:  # Windows, which has none of these limits
    resource = None  # type: ignore[assignment]

FILES_OF_A_WORKER = 2  # a connection, and what tells that the process has ended
FILES_BESIDE = 64  # of the interpreter, the record, what is imported late, the services
PROCESSES_BESIDE = 24  # hosts and servers from which workers are forked, the awake process, a margin for others
ADDRESSES = 600 * 2**20  # bytes; the loops, the packages and their threads' stacks reserve more than they use
DISK = 4 * 2**20  # bytes; what a small record takes, for what is measured is recorded as it comes
REFUSALS = {errno.ENFILE, errno.EAGAIN, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT}


class TooLittleError(Exception):
    """The system allows less than a run needs; the message says of what, how much is needed and how to get it."""


def check_limits(workers: int, folder: Path) -> None:
    """Raise TooLittleError if a run that has so many workers at a time, and records into a folder, has no room for it.

    Where the system lets every process help itself up to a harder limit, this one does.
    """
    for lack in lacks(workers, folder):
        raise TooLittleError(lack)


def lacks(workers: int, folder: Path) -> Iterator[str]:
    """A line for everything that is too little."""
    files = FILES_BESIDE + FILES_OF_A_WORKER * workers
    if (allowed := _raised("RLIMIT_NOFILE", files)) < files:
        yield f"a process may open {allowed:.0f} files here, {files} are needed: ulimit -n {files}"
    processes = PROCESSES_BESIDE + workers
    if (free := _processes_left()) < processes:
        more = f"{max(0, free):.0f} more processes are allowed here"
        yield f"{more}, {processes} are needed: end others, or raise ulimit -u"
    if (allowed := _raised("RLIMIT_AS", ADDRESSES)) < ADDRESSES:
        here = f"a process may have {allowed / 2**20:.0f} MiB of addresses here"
        yield f"{here}, {ADDRESSES >> 20} are needed: ulimit -v unlimited"
    if (free := _disk_left(folder)) < DISK:
        yield f"{free >> 20} MiB are left on the disk of {folder}, {DISK >> 20} are needed: make room, or use --results"


def _raised(name: str, wanted: int) -> float:
    """What a process is allowed, once it has helped itself to what it may have."""
    if resource is not None:
        which = getattr(resource, name)
        soft, hard = resource.getrlimit(which)
        if soft != resource.RLIM_INFINITY and soft < wanted and (hard == resource.RLIM_INFINITY or hard >= wanted):
            resource.setrlimit(which, (wanted, hard))
            return wanted
        if soft != resource.RLIM_INFINITY:
            return soft
    return inf


def _processes_left() -> float:
    """How many more processes this user and this control group may have; infinite where nothing says so."""
    return min(_left_to_user(), _left_to_group())


def _left_to_user() -> float:
    # Threads count, too, and nothing is denied to root.
    if resource is not None and os.geteuid() != 0:
        soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
        if soft != resource.RLIM_INFINITY:
            return soft - _threads_of(os.getuid())
    return inf


def _threads_of(user: int) -> int:
    threads = 0
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            threads += process.num_threads() if process.uids().real == user else 0
    return threads


def _left_to_group() -> float:
    with suppress(OSError, ValueError):  # no control groups here, or "max"
        own = Path("/proc/self/cgroup").read_text(encoding="ascii").strip().rpartition(":")[2]
        group = Path(f"/sys/fs/cgroup{own}")
        return int((group / "pids.max").read_text()) - int((group / "pids.current").read_text())
    return inf


def _disk_left(folder: Path) -> int:
    """The bytes that are free where a folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def refused(error: BaseException) -> bool:
    """Whether an error is the machine's refusal of processes, memory, disk or the system's last file.

    A process's own last file is not: there was room for the run's, so that whoever fails has opened the others.
    """
    return isinstance(error, OSError) and error.errno in REFUSALS
