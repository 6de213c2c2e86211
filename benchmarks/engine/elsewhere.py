"""The workers of other environments, seen from the process that passes the turn.

A worker is forked from a process that has imported everything, which only an interpreter of its own kind can be. So
each other environment has a host of its own in a launch (``benchmarks.engine.forking``), which forks workers when it is
asked to. They speak with whoever passes the turn directly, as its own do.
"""

import multiprocessing
import os
import subprocess
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import send_handle
from typing import Any

from benchmarks.engine import guard
from benchmarks.engine.patience import CLOCK
from benchmarks.plan.environments import Environment
from benchmarks.plan.variants import Variant

READY_LIMIT = 40.0  # seconds to import everything
ANSWER_LIMIT = 20.0  # seconds for our own code to answer
GONE = 1  # stands for the exit code of a worker whose host has died, and cannot say it


class Elsewhere:
    """The host of another environment in a launch; ``wait`` until it is ready."""

    def __init__(self, environment: Environment, modules: Sequence[str]) -> None:
        """Start it; it imports ``modules`` for its workers, and ends with this process."""
        self._connection, theirs = multiprocessing.Pipe()
        guard.keep_private(self._connection)
        self._process = subprocess.Popen(
            environment.command("benchmarks.engine.forking", str(os.getpid()), str(theirs.fileno()), *modules),
            stdin=subprocess.DEVNULL,
            env=environment.variables,
            pass_fds=(theirs.fileno(),),
        )
        theirs.close()

    def wait(self) -> None:
        """Return when everything is imported; one that hangs at that, or dies of it, has no workers."""
        if self._answer(READY_LIMIT) != "ready":
            self._process.kill()

    def fork(self, variant: Variant, theirs: Connection, launch: int, seed: int) -> "Worker":
        """Start a worker, which gets that end of a connection."""
        sentinel, held = os.pipe()
        pid = None
        try:
            self._connection.send(("fork", variant, launch, seed))
            for descriptor in (theirs.fileno(), held):
                send_handle(self._connection, descriptor, self._process.pid)
            pid = self._answer(ANSWER_LIMIT)
        except OSError:
            pass  # it is dead: so is whatever it was to start
        finally:
            os.close(held)
        return Worker(self, pid, sentinel)

    def code_of(self, pid: int) -> int | None:
        """The exit code of a worker, None while it lives."""
        try:
            self._connection.send(("code", pid))
        except OSError:
            return GONE
        answer = self._answer(ANSWER_LIMIT)
        return answer[0] if answer else GONE

    def _answer(self, seconds: float) -> Any:
        """What it says, None if it is dead or says nothing."""
        try:
            return self._connection.recv() if CLOCK.wait(self._connection.poll, seconds) else None
        except (EOFError, OSError):
            return None


class Worker:
    """A process of another host, with what the table asks of its own: ``sentinel`` becomes readable when it ends."""

    def __init__(self, host: Elsewhere, pid: int | None, sentinel: int) -> None:
        """It lives, if it was started at all."""
        self.pid = pid
        self.sentinel = sentinel
        self._host = host
        self._code: int | None = None

    @property
    def exitcode(self) -> int | None:
        """As of one's own: None while it lives, the negative number of the signal that killed it."""
        if self._code is None:
            self._code = GONE if self.pid is None else self._host.code_of(self.pid)
            if self._code is not None:
                os.close(self.sentinel)
        return self._code

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        if self.exitcode is None and self.pid is not None:
            os.kill(self.pid, guard.KILL)

    def join(self) -> None:
        """Wait until it has ended."""
        while self.exitcode is None:
            wait([self.sentinel], guard.PAUSE)
