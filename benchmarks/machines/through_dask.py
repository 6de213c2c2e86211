"""Hosts that a scheduler of Dask's knows, and a scheduler here with hosts here, for a try.

Whom a comparison goes to is decided here, when that one is free, so that the first of the plan come first and each gets
the time that is left then. Dask connects the machines, tells who is there, and keeps a host from being asked twice.
"""

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import dask
from distributed import Client, Future, LocalCluster

from benchmarks.engine.patience import CLOCK
from benchmarks.machines.assignments import Assignment
from benchmarks.machines.dask_settings import KNOWN_BY, PATIENCE, RESOURCE, keep_quiet
from benchmarks.machines.hosts import Answer, SchedulerError, is_here
from benchmarks.machines.kinds import Kind
from benchmarks.machines.knocking import PLAIN, SECURED, innermost, knock
from results.commands import command

LOOK = 1.0  # seconds between two looks at who is there
END = 5.0  # seconds in which a worker ends that is asked to


class Present(NamedTuple):
    """A host that is there: where, and of what kind."""

    address: str
    kind: Kind


class Scheduler:
    """A connection to a scheduler; ``apart`` if its hosts are other machines than this one."""

    def __init__(self, address: str, *, apart: bool) -> None:
        """Raises SchedulerError if none answers."""
        self.address, self.apart = address, apart
        asyncio.run(knock(address, "client"))
        try:
            self.client = Client(address, timeout=PATIENCE, set_as_default=False, name="loopmark")
        except (OSError, TimeoutError, RuntimeError, TypeError, ValueError) as error:
            raise SchedulerError(f"no scheduler answers at {address}: {innermost(error)}") from error
        self._looked, self._present = -LOOK, dict[str, Present]()

    def close(self) -> None:
        """Ask for nothing any more: what was asked for and not answered is given up there."""
        self.client.close()

    def present(self) -> dict[str, Present]:
        """The hosts that are there, by name; raises SchedulerError if the scheduler is gone."""
        if self.client.status != "running":
            raise self.gone()
        if CLOCK.now() - self._looked >= LOOK:
            workers = self.client.scheduler_info()["workers"]
            self._present = {
                str(worker["name"]): Present(address, Kind(**worker[KNOWN_BY]))
                for address, worker in workers.items()
                if KNOWN_BY in worker
            }
            self._looked = CLOCK.now()
        return self._present

    def await_hosts(self, count: int, look: Callable[[], None] = lambda: None) -> dict[str, Present]:
        """The hosts, once there are so many; raises SchedulerError if there is none after some time."""

        def there(piece: float) -> bool:
            with suppress(TimeoutError):
                self.client.wait_for_workers(count, timeout=piece)
            return len(self.present()) >= count

        if not CLOCK.wait(there, PATIENCE, look):
            raise SchedulerError(
                f"no host has come to {self.address}: on each, {command('benchmarks', 'serve', self.address)}"
            )
        return self.present()

    def gone(self) -> SchedulerError:
        """What is said when nobody answers any more."""
        return SchedulerError(f"the scheduler at {self.address} has gone away")


class DaskHosts:
    """The hosts of one kind; of others that come, it is said once that they measure nothing here."""

    def __init__(self, scheduler: Scheduler, unlike: Callable[[Kind], str], say: Callable[[str], None]) -> None:
        """``unlike`` says what makes a host one of another kind, or nothing."""
        self._scheduler, self._unlike, self._say = scheduler, unlike, say
        self._asked: dict[str, tuple[str, Assignment, Future[bytes]]] = {}
        self._answers: SimpleQueue[tuple[str, Future[bytes]]] = SimpleQueue()
        self._judged: dict[str, bool] = {}  # addresses, whether they are ours

    @property
    def apart(self) -> bool:
        """Whether they are other machines than this one."""
        return self._scheduler.apart

    @property
    def busy(self) -> Sequence[str]:
        """Those that have been asked for something."""
        return list(self._asked)

    def idle(self) -> Sequence[str]:
        """Those that could be."""
        present = self._scheduler.present().items()
        return [
            name for name, (address, kind) in present if name not in self._asked and self._ours(name, address, kind)
        ]

    def _ours(self, name: str, address: str, kind: Kind) -> bool:
        if address not in self._judged:
            why = self._unlike(kind)
            self._judged[address] = not why
            self._say(f"{name} measures nothing here, it is of another kind: {why}" if why else f"{name} measures")
        return self._judged[address]

    def hand(self, host: str, assignment: Assignment) -> None:
        """Ask an idle one for something."""
        address = self._scheduler.present()[host].address
        future: Future[bytes] = self._scheduler.client.submit(
            task(),  # type: ignore[arg-type]  # a worker waits for what is awaitable
            pickle.dumps(assignment),
            workers=[address],
            allow_other_workers=False,
            resources={RESOURCE: 1},
            pure=False,
        )
        self._asked[host] = address, assignment, future
        future.add_done_callback(lambda done: self._answers.put((host, done)))

    def wait(self, seconds: float) -> Sequence[Answer]:
        """The answers that come within that time, and for whose none will come."""
        found: list[Answer] = []
        with suppress(Empty):
            host, future = self._answers.get(timeout=min(seconds, LOOK))
            if host in self._asked and self._asked[host][2] is future:
                found.append(self._answer(host, future))
        present = self._scheduler.present()
        for host, (address, assignment, future) in [*self._asked.items()]:
            if (host not in present or present[host].address != address) and not future.done():
                del self._asked[host]
                future.cancel()
                found.append(Answer(host, assignment, lost="it has died"))
        return found

    def _answer(self, host: str, future: "Future[bytes]") -> Answer:
        if future.status == "cancelled":  # and not by us, who forget first
            raise self._scheduler.gone()
        _, assignment, _ = self._asked.pop(host)
        if future.status == "error":
            return Answer(host, assignment, lost=innermost(future.exception()))
        result, lost = pickle.loads(future.result())
        return Answer(host, assignment, result, lost)


def task() -> Callable[[bytes], Awaitable[bytes]]:
    """What a worker is to do. A local function travels by value: a scheduler need not be able to import it."""

    async def measured(content: bytes) -> bytes:
        from benchmarks.machines.serving import PLAYER

        return await PLAYER.play(content)

    return measured


@contextmanager
def reached(where: str) -> Iterator[Scheduler]:
    """A scheduler by its address, or for ``local:2`` one here, with so many hosts, which end with the block.

    Raises SchedulerError if there is none.
    """
    keep_quiet()
    if is_here(where):
        with here(int(where.partition(":")[2])) as scheduler:
            yield scheduler
    else:
        with closing(Scheduler(where, apart=True)) as scheduler:
            scheduler.await_hosts(1)
            yield scheduler


@contextmanager
def here(count: int) -> Iterator[Scheduler]:
    """A scheduler in this process, and so many hosts below it, which only this machine reaches.

    It has TLS only where Dask is told to talk to nobody without.
    """
    loopback = "127.0.0.1"
    protocol = SECURED if dask.config.get("distributed.comm.require-encryption") else PLAIN
    with ExitStack() as stack:
        try:
            cluster: Any = LocalCluster(
                n_workers=0,
                host=loopback,
                protocol=protocol,
                dashboard_address=f"{loopback}:0",
                silence_logs=False,
            )
        except RuntimeError as error:
            raise SchedulerError(f"no scheduler can be started here: {innermost(error)}") from error
        stack.enter_context(cluster)
        scheduler = Scheduler(cluster.scheduler_address, apart=False)
        stack.callback(scheduler.close)
        hosts = [_host(scheduler.address, f"local-{number}") for number in range(1, count + 1)]
        stack.callback(_end, hosts)

        def look() -> None:
            for host in hosts:
                if (code := host.poll()) is not None:
                    raise SchedulerError(f"a host here ended with code {code} before it began")

        scheduler.await_hosts(count, look)
        yield scheduler


def _host(address: str, name: str) -> "subprocess.Popen[bytes]":
    """A host on this machine, which ends with this process."""
    words = [sys.executable, "-m", "benchmarks", "serve", address, "--name", name, "--tied", str(os.getpid())]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(words, stdin=quiet, stderr=quiet, process_group=0)  # Ctrl-C is ours to handle


def _end(hosts: "Sequence[subprocess.Popen[bytes]]") -> None:
    for host in hosts:
        host.terminate()
    for host in hosts:
        with suppress(subprocess.TimeoutExpired):
            host.wait(END)
        host.kill()
        host.wait()
