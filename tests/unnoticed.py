"""Which slips in our own best would nothing notice? ``python -m tests.unnoticed`` asks; a family takes minutes.

Every mutant of an alternative of ours answers its family's promises on a loop of each library, under a few schedules;
who keeps them all must give the workloads' answers, and then keep the promises under many schedules. Who does all that
shows a promise that is missing, or a change without a difference. The latter are excused by a sentence each in
``tests/broken/<family>/equivalent.toml``::

    [[own_lock]]
    where = "Lock"
    was = "__slots__ = ('_holder', '_waiters')"
    now = "nothing"
    because = "It saves memory; nothing else is seen of it."
"""

import ast
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree as ET

import typer

import patterns
from benchmarks.plan.filters import Filters, UnknownNameError, check_names, matches, selected
from benchmarks.words import fail, seconds_of
from results.safety import read, surprises
from tests.defects import BROKEN, ROOT, clear_room
from tests.mutants import Mutant, mutants

FEW, MANY = 3, 30  # schedules: those that show most slips, and those after which we give up
ANSWERING = 60.0  # seconds within which the workloads' answers of one must be there
LONGEST_ANSWERS = 10.0  # seconds more for each that is asked with others
LOOPS = ("--backend", "asyncio", "--backend", "trio")  # one of each library
CONTRACTS = ("pyproject.toml", "tests/test_contracts.py")
Key = tuple[str, str, str, str]


class UnfairError(Exception):
    """There is nothing to be learned from the mutants; the message says why."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A mutant as a module; ``because`` is its excuse: why it makes no difference, if it is known not to."""

    name: str
    alternative: patterns.Alternative
    mutant: Mutant
    because: str = ""

    def __str__(self) -> str:
        """Where to look, and for what."""
        place = f"{self.alternative.path}:{self.mutant.line} in {self.mutant.where}"
        return f"{place}: {self.mutant.was!r} -> {self.mutant.now!r}"


@dataclass
class Room:
    """A copy of the project in which a family has suspects for alternatives, until the ``deadline`` of that clock.

    ``noticed`` says by name what a suspect was noticed by; ``unasked`` are those for whom the time was too short.
    """

    family: str
    root: Path
    deadline: float
    noticed: dict[str, str] = field(default_factory=dict)
    unasked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Copy the project."""
        self.folder = clear_room(self.family, self.root)
        for path in CONTRACTS:
            (self.root / path).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / path, self.root / path)

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return max(0.0, self.deadline - time.monotonic())

    def unnoticed(self, suspects: Iterable[Suspect]) -> list[Suspect]:
        """Those whom nothing has noticed, although they were asked."""
        return [one for one in suspects if one.name not in self.noticed and one.name not in self.unasked]

    def ask_promises(self, suspects: Sequence[Suspect], seeds: int) -> None:
        """Who breaks a promise, as ``check`` finds it; each is asked until the first one that it breaks."""
        if not self.left:
            self.unasked |= {suspect.name for suspect in suspects}
            return
        for path in self.folder.glob("*__[0-9]*.py"):
            path.unlink()
        for suspect in suspects:
            (self.folder / f"{suspect.name}.py").write_text(suspect.mutant.source, encoding="utf-8")
        found = self.root / "found.json"
        arguments = ("--family", self.family, *LOOPS, "--seeds", str(seeds), "--output", str(found))
        in_time, said = self._run("benchmarks", "check", *arguments, "--first-failure", "--memory-limit", "1g")
        if not found.exists():
            if in_time:
                raise UnfairError(f"{self.family}: the check of the mutants ended with: {said.strip()}")
            self.unasked |= {suspect.name for suspect in suspects}
            return
        safety = read(found)
        found.unlink()
        names = {suspect.name for suspect in suspects}
        asked = {one["alternative"] for one in safety["findings"]}
        if unheard := names - asked:
            raise UnfairError(f"{self.family}: nothing was asked of {len(unheard)} mutants: {said.strip()}")
        for surprise in surprises(safety):
            if surprise["alternative"] in names:
                self.noticed.setdefault(surprise["alternative"], surprise["promise"])
        if not in_time:
            untested = {one["alternative"] for one in safety["findings"] if one["state"] == "not tested"}
            self.unasked |= (untested & names) - self.noticed.keys()

    def ask_answers(self, suspects: Sequence[Suspect]) -> None:
        """Whether suspects that are in the room give the answers that the contract tests ask for.

        They are asked together, as starting takes longer than most answers; where one hangs, each is asked alone.
        """
        if not self.left:
            self.unasked |= {suspect.name for suspect in suspects}
            return
        wrong = self._wrong(suspects)
        if wrong is None and len(suspects) > 1:
            for suspect in suspects:
                self.ask_answers([suspect])
            return
        for suspect in suspects:
            if wrong is None or suspect.name in wrong:
                self.noticed[suspect.name] = "the workloads' answers"

    def _wrong(self, suspects: Sequence[Suspect]) -> set[str] | None:
        """The names of those whose answers are wrong; None if somebody hangs."""
        if not suspects:
            return set()
        names = " or ".join(suspect.name for suspect in suspects)
        report = self.root / "answers.xml"
        tests = ("tests/test_contracts.py", "-k", f"test_every_variant_gives_the_answer and ({names})")
        command = (sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *tests)
        seconds = ANSWERING + LONGEST_ANSWERS * len(suspects)
        try:
            done = subprocess.run(command, cwd=self.root, capture_output=True, check=False, timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode not in (0, 1):
            raise UnfairError(f"the contract tests ended with: {(done.stdout + done.stderr).decode().strip()}")
        cases = {case.get("name", ""): case for case in ET.parse(report).iter("testcase")}
        asked = {
            one.name: cases.get(f"test_every_variant_gives_the_answer[{self.family}/{one.name}]") for one in suspects
        }
        if unheard := [name for name, case in asked.items() if case is None]:
            raise UnfairError(f"{self.family}: no answer was asked of {', '.join(unheard)}")
        return {
            name
            for name, case in asked.items()
            if case is not None and {"failure", "error"} & {one.tag for one in case}
        }

    def _run(self, *arguments: str) -> tuple[bool, str]:
        """Run a command of ours, and press Ctrl-C at the deadline; whether it ended before, and what it said."""
        command = (sys.executable, "-m", *arguments)
        quiet, heard = subprocess.DEVNULL, subprocess.PIPE
        with subprocess.Popen(command, cwd=self.root, stdout=quiet, stderr=heard, text=True) as running:
            try:
                return True, running.communicate(timeout=self.left)[1]
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGINT)
                return False, running.communicate()[1]


def lineup(alternative: patterns.Alternative, excuses: dict[Key, str]) -> list[Suspect]:
    """The mutants of an alternative, behind one that changes nothing: if that one is noticed, so is everybody."""
    unchanged = Mutant("", 1, "", "", ast.unparse(ast.parse(alternative.source)))
    return [
        Suspect(f"{alternative.name}__{number:03}", alternative, mutant, excuses.get(key(alternative, mutant), ""))
        for number, mutant in enumerate([unchanged, *mutants(alternative.source)])
    ]


def key(alternative: patterns.Alternative, mutant: Mutant) -> Key:
    """What ``equivalent.toml`` knows a mutant by."""
    return alternative.name, mutant.where, mutant.was, mutant.now


def equivalent(family: str, root: Path = BROKEN) -> dict[Key, str]:
    """The mutants of a family that make no difference, each with the reason."""
    path = root / family / "equivalent.toml"
    if not path.exists():
        return {}
    return {
        (name, entry["where"], entry["was"], entry["now"]): entry["because"]
        for name, entries in tomllib.loads(path.read_text("utf-8")).items()
        for entry in entries
    }


def examine(family: str, suspects: Sequence[Suspect], deadline: float, many: int = MANY) -> Room:
    """Ask all suspects of a family; raises UnfairError if one that is unchanged is noticed."""
    with tempfile.TemporaryDirectory() as folder:
        room = Room(family, Path(folder) / "project", deadline)
        room.ask_promises(suspects, FEW)
        unexcused = [one for one in suspects if not one.because]
        room.ask_answers(room.unnoticed(unexcused))
        if left := room.unnoticed(unexcused):
            room.ask_promises(left, many)
    for suspect in suspects:
        if not suspect.mutant.was and suspect.name in room.noticed:
            raise UnfairError(f"{suspect.alternative.path} is noticed unchanged, by {room.noticed[suspect.name]}")
    return room


def complaints(room: Room, suspects: Iterable[Suspect]) -> list[str]:
    """What somebody should do something about, a line each."""
    changed = [one for one in suspects if one.mutant.was]
    unexcused = [one for one in room.unnoticed(changed) if not one.because]
    wrongly = [one for one in changed if one.because and one.name in room.noticed]
    unasked = sum(one.name in room.unasked for one in changed)
    return [
        *(f"unnoticed: {one}" for one in unexcused),
        *(f"excused, but noticed by {room.noticed[one.name]}: {one}" for one in wrongly),
        *([f"no time to ask {unasked} of them"] if unasked else []),
    ]


def ours(filters: Filters) -> dict[str, list[patterns.Alternative]]:
    """The alternatives of ours that pass the filters, by family."""
    found = {
        name: [
            entry
            for entry in patterns.alternatives(name)
            if entry.kind == "own" and matches(entry.name, filters.alternatives)
        ]
        for name in selected(patterns.families(), filters.families)
    }
    return {name: entries for name, entries in found.items() if entries}


def main(
    family: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="only these families; repeatable")] = None,
    alternative: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="only these alternatives")] = None,
    budget: Annotated[str, typer.Option(help="the time for all families: 90s, 10m, 1h")] = "1h",
) -> None:
    """Name the mutants of our own best that nothing notices; exit code 1 if there are any, or the time was short."""
    filters = Filters(families=tuple(family or ()), alternatives=tuple(alternative or ()))
    left = seconds_of(budget)
    complained = False
    try:
        check_names(filters)
        asked = ours(filters)
        if not asked:
            fail("of what passes the filters nothing is ours: name a family, or an alternative that begins with own_")
        for position, (name, entries) in enumerate(asked.items()):
            began = time.monotonic()
            suspects = [suspect for entry in entries for suspect in lineup(entry, equivalent(name))]
            room = examine(name, suspects, began + left / (len(asked) - position))
            left -= time.monotonic() - began
            lines = complaints(room, suspects)
            count = f"{len(suspects) - len(entries)} mutants of {', '.join(entry.name for entry in entries)}"
            excused = sum(bool(one.because) for one in suspects)
            print(f"{name}: {count}: {len(room.noticed)} noticed, {excused} excused")
            print("".join(f"  {line}\n" for line in lines), end="", flush=True)
            complained |= bool(lines)
    except (UnknownNameError, UnfairError) as error:
        fail(str(error))
    raise typer.Exit(complained)


if __name__ == "__main__":
    typer.run(main)
