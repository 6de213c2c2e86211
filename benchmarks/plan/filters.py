"""Which names were asked for, as globs, and what is said of a wrong one."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import patterns
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.workloads import questions


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


def check_names(filters: Filters) -> None:
    """Raise UnknownNameError for the first filter that matches nothing."""
    families = patterns.families()
    _check("family", families, filters.families)
    chosen = selected(families, filters.families)
    asked = [questions(family) for family in chosen]
    _check("workload", [workload.name for entry in asked for workload in entry.workloads], filters.workloads)
    _check("backend", list(BACKENDS), filters.backends)
    names = [alternative.name for family in chosen for alternative in patterns.alternatives(family)]
    _check("alternative", names, filters.alternatives)
    scales = {n for entry in asked for workload in entry.workloads for n in workload.scale}
    for n in filters.points:
        if n not in scales:
            raise UnknownNameError(f"no workload has n = {n}; there are {', '.join(map(str, sorted(scales)))}")


def _check(what: str, names: Sequence[str], globs: Sequence[str]) -> None:
    for glob in globs:
        if not selected(names, [glob]):
            raise UnknownNameError(f"no {what} matches {glob!r}{suggestion(glob, names)}")


def suggestion(name: str, names: Sequence[str]) -> str:
    """`` (did you mean ...?)`` with the closest name, or what there is."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f" (did you mean {close[0]}?)"
    return f" (there are: {', '.join(sorted(set(names)))})"
