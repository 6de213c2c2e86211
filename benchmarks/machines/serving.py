"""A host of ours as a worker of Dask's: one assignment at a time, carried out by a process that does nothing else.

The worker itself keeps in touch with its scheduler and sleeps. It has no nanny: processes of those are daemons, which
may have no children.
"""

import asyncio
import os
import pickle
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Any

from distributed import Worker, WorkerPlugin

from benchmarks.machines.dask_settings import KNOWN_BY, PATIENCE, RESOURCE, keep_quiet
from benchmarks.machines.hosts import SchedulerError
from benchmarks.machines.kinds import kind_here
from benchmarks.machines.knocking import innermost, knock
from benchmarks.machines.player import SIZE, framed

FINISHED = ("memory", "error")  # the states of a task that came to its end by itself


class Player:
    """The process that carries out assignments, started when it is needed; ended with the one that is not wanted."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._process: Process | None = None

    async def play(self, content: bytes) -> bytes:
        """What came of a pickled assignment."""
        process = self._process = self._process or await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.machines.player", str(os.getpid())),
            stdin=PIPE,
            stdout=PIPE,
            process_group=0,  # Ctrl-C in the terminal is the worker's to handle
        )
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(framed(content))
            await process.stdin.drain()
            head = await process.stdout.readexactly(SIZE.size)
            return await process.stdout.readexactly(SIZE.unpack(head)[0])
        except (asyncio.IncompleteReadError, ConnectionError):
            self._process = None
            return pickle.dumps((None, f"the process that measures ended with code {await process.wait()}"))
        except asyncio.CancelledError:
            self.end()
            raise

    def end(self) -> None:
        """End it with everything that it has started, and the assignment that it is in."""
        if self._process and self._process.returncode is None:
            self._process.terminate()
        self._process = None


PLAYER = Player()


class Unwanted(WorkerPlugin):
    """Ends what nobody waits for any more: Dask lets a task that is cancelled go on."""

    def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:  # noqa: ARG002  Dask's signature
        """Called whenever the state of a task changes."""
        if start == "executing" and finish not in FINISHED:
            PLAYER.end()


async def serve(scheduler: str, name: str) -> None:
    """Be a host until the scheduler goes away or asks to end; raises SchedulerError if none answers."""
    keep_quiet()
    await knock(scheduler, "worker")
    kind = kind_here().described
    with tempfile.TemporaryDirectory(prefix="loopmark-") as folder:
        worker = Worker(
            scheduler,
            name=name,
            nthreads=1,
            resources={RESOURCE: 1},
            memory_limit=0,
            local_directory=folder,
            startup_information={KNOWN_BY: lambda _: kind},
            plugins=(Unwanted(),),
            death_timeout=PATIENCE,
        )
        try:
            async with worker:
                print(f"{name} measures for {scheduler}", file=sys.stderr, flush=True)
                await worker.finished()
        except (OSError, RuntimeError, TimeoutError, ValueError) as error:
            raise SchedulerError(f"no scheduler takes {name} at {scheduler}: {innermost(error)}") from error
        finally:
            PLAYER.end()


def served(scheduler: str, name: str) -> None:
    """The same from beginning to end; Ctrl-C and SIGTERM are how one ends it."""

    async def until_the_end() -> None:
        task = asyncio.current_task()
        assert task
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await serve(scheduler, name)

    with suppress(asyncio.CancelledError, KeyboardInterrupt):
        asyncio.run(until_the_end())
