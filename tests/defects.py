"""Planted defects: each is a change of a correct implementation, written as data and applied when the tests run.

``tests/broken/<family>/defects.toml`` has a table for each defect, whose name becomes the alternative's::

    [loses_the_wake_up]
    twin = "correct_with_a_queue"          # the correct implementation that is changed, a file beside it
    breaks = "notify_not_lost"             # the one promise that is broken by it
    says = "Whoever is woken while it is cancelled leaves, and wakes nobody in its stead."
    changes = [
        { old = '''
            finally:
                self.release()
    ''', new = '''
            self.release()
    ''' },
    ]

``old`` must stand in the twin exactly once, as whole lines: a change that no longer applies, or that applies twice, is
an error, so that a defect cannot silently become its correct twin. What cannot be said as a change stays a file. A
change with an empty ``breaks`` is no defect: it is another correct implementation, in few other lines.
"""

import ast
import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.plan.workloads import questions

ROOT = Path(__file__).parents[1]
BROKEN = ROOT / "tests" / "broken"


class DefectError(Exception):
    """A planted defect cannot be planted; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """Lines of the twin, and what stands there instead; an empty ``new`` drops them."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Defect:
    """A correct implementation with one thing wrong.

    ``twin`` is the stem of the file that is changed, ``breaks`` the promise that it no longer keeps, or empty, ``says``
    what is wrong, or different, in a sentence.
    """

    family: str
    name: str
    twin: str
    breaks: str
    says: str
    changes: tuple[Change, ...]

    def source(self, folder: Path) -> str:
        """The changed source, which declares what it breaks; raises DefectError if a change does not apply once."""
        path = folder / f"{self.twin}.py"
        if not path.exists():
            raise DefectError(f"{self.family}/{self.name}: there is no {path.name} to change")
        twin = path.read_text(encoding="utf-8")
        changed = twin
        for number, change in enumerate(self.changes, 1):
            places = list(_whole_lines(change.old).finditer(changed))
            if len(places) != 1:
                times = f"{len(places)} times to {path.name}"
                raise DefectError(f"{self.family}/{self.name}: change {number} applies {times}")
            changed = f"{changed[: places[0].start()]}{change.new}{changed[places[0].end() :]}"
        if not self.changes or changed == twin:
            raise DefectError(f"{self.family}/{self.name}: nothing is changed")
        declared = f"\n\nKNOWN_FAILURES = (({self.breaks!r}, '', {self.says!r}),)" if self.breaks else ""
        return f"{_retold(changed, self.says)}{declared}\n"


def defects(family: str, root: Path = BROKEN) -> tuple[Defect, ...]:
    """The planted defects of a family that are changes; raises DefectError if one is not written as one."""
    path = root / family / "defects.toml"
    if not path.exists():
        return ()
    return tuple(_defect(family, name, entry) for name, entry in tomllib.loads(path.read_text("utf-8")).items())


def clear_room(family: str, root: Path) -> Path:
    """A copy of the project, in a new folder, in which a family is alone; the place for alternatives.

    Only its baselines are there already: a family without them has a mistake, and is asked nothing.
    """
    for package in ("benchmarks", "results"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    room = root / "patterns" / family
    room.mkdir(parents=True)
    needed = ("__init__", *questions(family).baseline.values())
    for module in (*ROOT.glob("patterns/*.py"), *(ROOT / "patterns" / family / f"{name}.py" for name in needed)):
        shutil.copy(module, root / module.relative_to(ROOT))
    return room


def plant(family: str, target: Path, root: Path = BROKEN) -> None:
    """Write a family's planted implementations into a folder: the files as they are, and the changed twins."""
    folder = root / family
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__", "*.toml"), dirs_exist_ok=True)
    for defect in defects(family, root):
        written = target / f"{defect.name}.py"
        if written.exists():
            raise DefectError(f"{family}/{defect.name}: there is a file of that name, too")
        written.write_text(defect.source(folder), encoding="utf-8")


def _defect(family: str, name: str, entry: dict[str, Any]) -> Defect:
    where = f"{family}/{name}:"
    _complete(where, entry, {"twin", "breaks", "says", "changes"})
    for change in entry["changes"]:
        _complete(f"{where} a change", change, {"old", "new"})
    changes = tuple(Change(change["old"], change["new"]) for change in entry["changes"])
    return Defect(family, name, entry["twin"], entry["breaks"], entry["says"], changes)


def _complete(what: str, entry: dict[str, Any], wanted: set[str]) -> None:
    if entry.keys() != wanted:
        raise DefectError(f"{what} has {', '.join(sorted(entry))}; wanted are {', '.join(sorted(wanted))}")


def _whole_lines(lines: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(lines)}" if lines.endswith("\n") else "(?!)", re.MULTILINE)


def _retold(source: str, says: str) -> str:
    """A module under another docstring."""
    first = ast.parse(source).body[0]
    lines = source.splitlines()
    return "\n".join([f'"""{says}"""', *lines[first.end_lineno :]])
