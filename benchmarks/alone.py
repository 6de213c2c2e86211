"""One run at a time on a machine: two would measure each other."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FAR = 2**30  # the byte that is locked on Windows, where a locked one cannot be read


class BusyError(Exception):
    """Another run is measuring here; the message says which."""


@contextmanager
def alone() -> Iterator[Callable[[object], None]]:
    """Be the only run of this user on this machine; yields a function that tells others where the record goes.

    The system takes the lock back when the process ends, however it ends. Raises BusyError if another run has it, and
    OSError if there is no place for it.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(lock_file(), flags, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8", errors="surrogateescape") as file:
        try:
            _lock(descriptor)
        except OSError:
            raise BusyError(f"another run is measuring on this machine: {file.read().strip() or 'it begins'}") from None

        def tell(folder: object) -> None:
            file.seek(0)
            file.truncate()
            file.write(f"process {os.getpid()}, into {folder}\n")
            file.flush()

        yield tell


def lock_file() -> Path:
    """The file that is locked: one for each user, who could not open another's."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"loopmark-{user}.lock"


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        os.lseek(descriptor, FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
