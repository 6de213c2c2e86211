"""The process that a session of launches is played in, seen from the conductor's side."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict, replace
from queue import Empty, SimpleQueue
from typing import IO, ClassVar, Self

from benchmarks.engine import guard
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.table import Failure
from benchmarks.engine.turns import Launch, Outcome, environments_of, imports_of
from benchmarks.plan.environments import variable_of
from benchmarks.plan.services import VARIABLES
from benchmarks.plan.variants import Variant
from patterns import included

# What pyperf lets through to a worker, and what Python may need to start; everything else (debug switches, a hash seed
# frozen by tox) stays outside.
KEPT = (
    "PATH",
    "HOME",
    "TEMP",
    "TMPDIR",
    "COMSPEC",
    "SystemRoot",
    "SystemDrive",
    # Where Python itself or a package finds its libraries: without them it would not even start.
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "PYTHONPATH",
    "PYTHONSAFEPATH",
    "PYTHON_CPU_COUNT",
    "PYTHON_GIL",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
)
MOST_KEPT = 6  # processes that wait for their family's next comparison; each holds all that it has imported
IMPORT_SECONDS = 60.0  # after which a process that is not ready counts as hung


class Host:
    """The process that sessions are played in; ``wait`` until it is ready, then ``play`` one after another.

    It is started ahead, so that several can import at the same time, one on each core, before anything is measured.
    It leads a session, of the system's kind, so that it can be ended with all that it has started.
    """

    living: ClassVar[set[int]] = set()

    def __init__(self, seed: int, modules: Sequence[str], environments: Collection[str] = ()) -> None:
        """Start it with its own hash seed; it imports ``modules`` for its workers.

        It starts one like it in each of the other ``environments``.
        """
        self.environments = environments
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  closed on exit
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.engine.turns", str(os.getpid()), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=clean_environment(seed) | variable_of(environments),
            start_new_session=True,
        )
        self.living.add(self._process.pid)
        self._finished = False
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def __enter__(self) -> Self:
        """Nothing more to do."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of the session lives on, whatever ended it."""
        self.end()

    def end(self) -> None:
        """End the process and all that it has started, unless that is done."""
        process = self._process
        if process.pid not in self.living:
            return
        guard.end_session(process, None if self._finished else self.living)
        self.living.discard(process.pid)
        self._listener.join()
        for stream in (process.stdin, process.stdout, self._errors):
            with suppress(BrokenPipeError):  # what it has not read, nobody will
                if stream:
                    stream.close()

    def _line(self, seconds: float) -> str | None:
        """The next line that it says within that time; an empty one when it has ended, None when it says nothing."""
        heard: list[str] = []

        def listen(piece: float) -> bool:
            with suppress(Empty):
                heard.append(self._lines.get(timeout=piece) if piece else self._lines.get_nowait())
            return bool(heard)

        CLOCK.wait(listen, seconds)
        if heard == [""]:
            self._lines.put("")  # it has ended for whoever asks next, too
        return heard[0] if heard else None

    @property
    def idle(self) -> bool:
        """Whether it has played what it was told to, and could play more."""
        return self._finished and self._process.poll() is None

    def wait(self) -> None:
        """Return when everything is imported, or when the process has died of it; one that hangs is killed."""
        if self._line(IMPORT_SECONDS) is None:
            self._process.kill()

    def play(self, launches: list[Launch]) -> list[Outcome] | str:
        """The outcomes, or why there are none."""
        limit = sum(60 + 10 * launch.budget + launch.turn_limit * len(launch.variants) for launch in launches)
        self._finished = False
        assert self._process.stdin
        with suppress(BrokenPipeError):  # one that has died says why by its exit code
            self._process.stdin.write(f"{json.dumps([asdict(launch) for launch in launches])}\n")
            self._process.stdin.flush()
        text = self._line(limit)
        if text is None:
            return f"the launch gave no answer within {limit:.0f} s"
        if not text:
            return f"the launch ended with code {self._process.wait()}: {last_line(self._errors)}"
        self._finished = True
        return [Outcome.from_dict(value) for value in json.loads(text)]


class Hosts:
    """The processes of one family, one for each number of a launch, kept from one session to the next.

    Each launch of a comparison has a process of its own; that of the same number in the family's next comparison goes
    on with it, so that starting and importing is paid for once. ``with`` them, nothing of them lives on.
    """

    def __init__(self, variants: Iterable[Variant]) -> None:
        """``variants`` are all that will be measured: each process imports what those of its family need."""
        self._variants = tuple(variants)
        self._family = ""
        self._kept: dict[int, Host] = {}

    def __enter__(self) -> Self:
        """Nothing more to do."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of the sessions lives on, whatever ended them."""
        self.keep_only("")

    def keep_only(self, family: str) -> None:
        """End the processes of another family: whatever comes next need not share the machine with them."""
        if family == self._family:
            return
        while self._kept:
            self._kept.popitem()[1].end()
        self._family = family

    def ready(self, launches: Sequence[Launch]) -> list[Host]:
        """A process that is ready to play for each of these launches, all of one family.

        Those that have to be started for it import at the same time. One whose workers were not all forked by itself
        does not go on: what watches over such workers, or forks them elsewhere, is ended with them.
        """
        family = launches[0].variants[0].family
        self.keep_only(family)
        variants = [variant for variant in self._variants if variant.family == family]
        modules, elsewhere = imports_of(variants), environments_of(variants)
        for number in [*self._kept]:
            if number >= MOST_KEPT:
                self._kept.pop(number).end()
        started = []
        for launch in launches:
            kept = self._kept.pop(launch.number, None)
            if kept and not (kept.idle and launch.method in ("", "fork") and not elsewhere):
                kept.end()
                kept = None
            if not kept:
                kept = Host(launch.seed, [] if launch.method == "spawn" else modules, elsewhere)
                started.append(kept)
            self._kept[launch.number] = kept
        for host in started:
            host.wait()
        return [self._kept[launch.number] for launch in launches]


def kept_or_own(hosts: Hosts | None, variants: Iterable[Variant]) -> AbstractContextManager[Hosts]:
    """Those that somebody keeps, or some for these variants alone."""
    return nullcontext(hosts) if hosts else Hosts(variants)


def run_session(launches: list[Launch], host: Host) -> list[Outcome]:
    """Play launches in a process; if it dies, they are tried again with spawned workers, then given up."""
    outcomes = host.play(launches)
    if isinstance(outcomes, str) and any(launch.method != "spawn" for launch in launches):
        host.end()
        # Importing or forking together may be what killed it: workers that import for themselves fail for themselves.
        with Host(launches[0].seed, [], host.environments) as another:
            another.wait()
            outcomes = another.play([replace(launch, method="spawn") for launch in launches])
    return [_given_up(launch, outcomes) for launch in launches] if isinstance(outcomes, str) else outcomes


def _given_up(launch: Launch, reason: str) -> Outcome:
    failures = [Failure(variant.label, "died", reason) for variant in launch.variants]
    unable = {terms.name: dict.fromkeys(terms.labels, reason) for terms in launch.beside}
    return Outcome(loops={}, rounds=launch.rounds, failures=failures, unable=unable)


def run_to_its_end(command: list[str], errors: IO[str], limit: float) -> int | None:
    """The exit code of a program, whose errors go to a file; None if it does not end within that many seconds."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)

    def ended(piece: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            process.wait(piece)
        return process.returncode is not None

    try:
        return process.returncode if CLOCK.wait(ended, limit) else None
    finally:
        guard.end_session(process, Host.living)


def last_line(errors: IO[str]) -> str:
    """The last line that was written to a file of errors."""
    errors.seek(0)
    lines = errors.read().strip().splitlines()
    return lines[-1][:200] if lines else "it said nothing"


def clean_environment(seed: int) -> dict[str, str]:
    """The few variables that a measuring process sees, those of services too, and the launch's own hash seed."""
    kept = {name: os.environ[name] for name in (*KEPT, *VARIABLES, included.VARIABLE) if name in os.environ}
    return {**kept, "PYTHONHASHSEED": str(seed % 4294967295)}
