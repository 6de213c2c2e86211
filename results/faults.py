"""How a command ends that met what nobody expected: in a line that says whose fault that is, and never in raw text."""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from results.files import one_line
from results.terminal import Terminal
from results.text import plain

FAULT, REFUSED, UNHEARD = 70, 2, 1  # 70 is what sysexits.h has for a fault of the program
TRACEBACK = "LOOPMARK_TRACEBACK"  # the variable that asks for the whole traceback


def guarded(program: str, command: Callable[[], object]) -> None:
    """Run a command; an exception that it did not expect is a line, and an exit code.

    What the system refuses, such as an output on a full disk, is 2; an output that nobody reads to its end is 1, and
    not a word; all else is a fault of ours, and 70.
    """
    try:
        try:
            command()
        finally:
            _end_uninterrupted()
            if sys.stdout:
                sys.stdout.flush()  # what was printed may have to go to a full disk, or to nobody
    except Exception as error:
        code = _told(program, error)
        _abandon_output()
        sys.exit(code)


def _end_uninterrupted() -> None:
    """Ctrl-C comes twice through tox, which passes it on: the second one finds a command that is ending already."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _told(program: str, error: Exception) -> int:
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        return UNHEARD
    errors = Terminal(stderr=True)
    if os.environ.get(TRACEBACK, "0") != "0":
        errors.say(plain("".join(traceback.format_exception(error))))
    more = f"{TRACEBACK}=1 shows where"
    if isinstance(error, OSError | MemoryError):
        errors.say(f"{program}: the system refuses to go on: {one_line(error)} ({more})")
        return REFUSED
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}, line {frame.lineno}"
    errors.say(f"{program}: a fault of ours in {where}: {one_line(error)}; please report it ({more})")
    return FAULT


def _abandon_output() -> None:
    """Have nothing written any more that is still on its way: the interpreter would try again, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if sys.stdout:
        os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
