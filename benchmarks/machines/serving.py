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

LONGEST_END = 10.0  # seconds in which it has ended everything below it
FINISHED = ("memory", "error")  # the states of a task that came to its end by itself


class Player:
    """The process that carries out assignments, started when it is needed; ended with the one that is not wanted.

    One at a time: none is started, and this one does not go, before that which was ended is gone.
    """

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def play(self, content: bytes) -> bytes:
        """What came of a pickled assignment."""
        async with self._turn:
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
                code = await self._gone(process)
                return pickle.dumps((None, f"the process that measures ended with code {code}"))
            except asyncio.CancelledError:
                self.end()
                await self._gone(process)
                raise

    def end(self) -> None:
        """Ask it to end with everything that it has started, and the assignment that it is in."""
        if self._process and self._process.returncode is None:
            self._process.terminate()

    async def close(self) -> None:
        """End it, and wait until it is gone."""
        self.end()
        async with self._turn:
            if self._process:
                await self._gone(self._process)

    async def _gone(self, process: Process) -> int:
        """Wait until it is gone and nothing of it is left in the loop; its exit code."""
        try:
            async with asyncio.timeout(LONGEST_END):
                await process.communicate(b"")
        except TimeoutError:
            process.kill()
            await process.communicate(b"")
        self._process = None
        assert process.returncode is not None
        return process.returncode


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
            await PLAYER.close()


def served(scheduler: str, name: str) -> None:
    """The same from beginning to end; Ctrl-C and SIGTERM are how one ends it."""

    async def until_the_end() -> None:
        task = asyncio.current_task()
        assert task
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await serve(scheduler, name)

    with suppress(asyncio.CancelledError, KeyboardInterrupt):
        asyncio.run(until_the_end())
