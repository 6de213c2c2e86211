"""Several environments in one run: which of them runs the command, and what is asked of the others.

The first of several runs it, if it is a Python: its rows are the ones that pages show. One that is named alone, or is
no Python of its own, stands beside whoever runs.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks.options import Options
from benchmarks.plan.comparisons import Comparison, Plan
from benchmarks.plan.environments import Environment, NoEnvironmentError, There, is_python, read
from benchmarks.plan.variants import Variant
from results.commands import installed
from results.record import Writer, read_suite
from results.safety import FILE, SafetyRecord
from results.safety import read as read_safety


def hand_over(texts: Sequence[str], cache: Path) -> None:
    """Go on as the first of several environments, unless that is who runs already; raises NoEnvironmentError."""
    if not _led(texts):
        return
    (first,) = read(texts[:1], cache)
    if os.path.normpath(first.python) != os.path.normpath(sys.executable):  # either may be spelled as it was called
        if installed():
            raise NoEnvironmentError(f"{first.name} is the first of several environments: call its own loopmark")
        _answer(first, first.command("benchmarks", "--help"))  # all that it imports is there
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(first.python, [first.python, "-m", "benchmarks", *sys.argv[1:]])


def told_apart(texts: Sequence[str], cache: Path) -> tuple[str, list[Environment]]:
    """The name of the one that runs, empty where it has none, and the others; raises NoEnvironmentError.

    What has to be made for them is made in a folder of the ``cache``.
    """
    found = read(texts, cache)
    return (found[0].name, found[1:]) if _led(texts) else ("", found)


def _led(texts: Sequence[str]) -> bool:
    """Whether the first environment runs the command."""
    return len(texts) > 1 and is_python(texts[0])


def described(environment: Environment, options: Options, root: Path) -> There:
    """What an environment says of itself and of what it would measure; raises NoEnvironmentError if it cannot."""
    said: dict[str, Any] = json.loads(_answer(environment, _command(environment, "describe", root, options)))
    variants = tuple(replace(Variant(**one), environment=environment.name) for one in said["variants"])
    return There(environment.name, said["machine"], said["suite"], variants)


def _answer(environment: Environment, command: Sequence[str]) -> str:
    """What a command prints in an environment; raises NoEnvironmentError if it fails."""
    done = subprocess.run(
        command, env=environment.variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoEnvironmentError(f"--environment {environment.name}={environment.python}: {_why(done.stderr)}")
    return done.stdout


def _command(environment: Environment, what: str, place: Path, options: Options, *words: str) -> list[str]:
    asked = json.dumps(asdict(replace(options, environment=None)))
    return environment.command("benchmarks.there", str(os.getpid()), what, str(place), asked, *words)


def _why(said: str) -> str:
    line = (said.strip().splitlines() or ["it said nothing"])[-1]
    kind, _, missing = line.partition(": ")
    if kind in ("ModuleNotFoundError", "ImportError"):
        return f"it lacks what measuring needs ({missing}): install there what pyproject.toml names"
    return line.removeprefix("loopmark: ")


def joined(plan: Plan, there: Iterable[There]) -> Plan:
    """A plan whose comparisons have the variants of other environments, too, where they have any here."""
    more = [variant for one in there for variant in one.variants]
    return replace(plan, comparisons=tuple(_joined(entry, more) for entry in plan.comparisons))


def _joined(comparison: Comparison, more: Sequence[Variant]) -> Comparison:
    key = comparison.family, comparison.workload, comparison.n
    theirs = [one for one in more if (one.family, one.workload, one.n) == key]
    return replace(comparison, variants=(*comparison.variants, *theirs))


class CheckThere:
    """The check of another environment, in parts, each by a process of its own; ``code`` is the worst exit code.

    That process writes into the environment's record, which is open here, too: what it says there is taken over.
    """

    def __init__(self, environment: Environment, options: Options, writer: Writer) -> None:
        """Nothing is asked yet; of a run that is gone on with, what was asked to the end will not be again."""
        self.name = environment.name
        self.code = 0
        self._environment, self._options, self._writer = environment, options, writer

    @property
    def found(self) -> SafetyRecord | None:
        """What was found so far, in all sessions of the run; raises RecordError if that cannot be read."""
        path = self._writer.directory / FILE
        return read_safety(path) if path.exists() else None

    @property
    def seconds(self) -> float:
        """What that took."""
        return self.found["seconds"] if self.found else 0.0

    def asked(self, family: str) -> bool:
        """Whether a family was asked to the end."""
        return family in self._writer.suite["run"].get("asked", ())

    def ask(self, family: str, say: Callable[[str], None]) -> None:
        """Ask a family, and ``say`` what that says; raises OSError if it cannot be started."""
        try:
            with subprocess.Popen(
                _command(self._environment, "check", self._writer.directory, self._options, family),
                env=self._environment.variables,
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            ) as there:
                for line in there.stderr or ():
                    say(f"in {self.name}: {line.rstrip()}")
            self.code = max(self.code, there.returncode)
        finally:
            ours, known = self._writer.suite["run"], read_suite(self._writer.directory / "suite.json")["run"]
            for what in ("asked", "checked"):
                if what in known:
                    ours[what] = known[what]
