"""Which names were asked for, as globs, and what is said of a wrong one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import patterns
from benchmarks.plan.backends import BACKENDS, can_run
from benchmarks.plan.mistakes import in_family
from benchmarks.plan.workloads import questions
from results.suggestions import suggestion


class UnknownNameError(Exception):
    """A filter matches nothing; the message names it and suggests what may have been meant."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Globs over names; an empty tuple lets everything through. ``points`` are values of n."""

    families: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    points: tuple[int, ...] = ()


def matches(name: str, globs: Sequence[str]) -> bool:
    """Whether a name passes a filter; an empty filter lets everything through."""
    return not globs or any(fnmatchcase(name, glob) for glob in globs)


def selected(names: Iterable[str], globs: Sequence[str]) -> list[str]:
    """The names that pass a filter."""
    return [name for name in names if matches(name, globs)]


def askable(globs: Sequence[str]) -> list[str]:
    """The families that pass a filter and have no mistake."""
    return [family for family in selected(patterns.families(), globs) if not in_family(family)]


def check_names(filters: Filters) -> None:
    """Raise UnknownNameError for the first filter that matches nothing, by itself or together with the others."""
    families = patterns.families()
    _check("family", families, filters.families)
    chosen = selected(families, filters.families)
    asked = [questions(family) for family in askable(filters.families)]
    _check("backend", list(BACKENDS), filters.backends)
    entries = [alternative for family in chosen for alternative in patterns.alternatives(family)]
    _check("alternative", [entry.name for entry in entries], filters.alternatives)
    _check_loops(entries, filters)
    if len(asked) < len(chosen):  # nobody knows what a family with a mistake would be asked
        return
    _check("workload", [workload.name for entry in asked for workload in entry.workloads], filters.workloads)
    scales = {
        n
        for entry in asked
        for workload in entry.workloads
        if matches(workload.name, filters.workloads)
        for n in workload.scale
    }
    for n in filters.points:
        if n not in scales:
            which = (
                f"{', '.join(filters.workloads)} has no n = {n}" if filters.workloads else f"no workload has n = {n}"
            )
            raise UnknownNameError(f"{which}; there are {', '.join(map(str, sorted(scales)))}")


def _check(what: str, names: Sequence[str], globs: Sequence[str]) -> None:
    for glob in globs:
        if selected(names, [glob]):
            continue
        parts = [part for part in glob.split(",") if part]
        if len(parts) > 1:
            again = " ".join(f"--{what} {part}" for part in parts)
            raise UnknownNameError(f"no {what} matches {glob!r}: repeat the option: {again}")
        raise UnknownNameError(f"no {what} matches {glob!r}{suggestion(glob, names)}")


def _check_loops(entries: Sequence[patterns.Alternative], filters: Filters) -> None:
    """Raise UnknownNameError if no alternative of a name runs on any of the loops that were asked for."""
    for glob in filters.alternatives:
        named = [entry for entry in entries if matches(entry.name, [glob])]
        loops = {name for entry in named for name, backend in BACKENDS.items() if can_run(entry.library, backend)}
        if not selected(loops, filters.backends):
            where = f"{', '.join(filters.backends)}: it runs on {', '.join(name for name in BACKENDS if name in loops)}"
            raise UnknownNameError(f"{glob} does not run on {where}")


def repeated(option: str, given: Sequence[str], left_over: Sequence[str]) -> str:
    """How to write what was meant by words that stand behind an option which takes one."""
    again = " ".join(f"{option} {name}" for name in (*given, *left_over))
    return f"{' '.join(left_over)} is left over; an option takes one name, repeat it: {again}"
