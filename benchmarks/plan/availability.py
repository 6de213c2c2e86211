"""What can be asked here, and why the rest cannot: mistakes, and what is missing.

Missing may be what a family asks for, and the loop, package, Python or service that an alternative needs.
"""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from packaging.requirements import Requirement

import patterns
from benchmarks.plan import services
from benchmarks.plan.backends import BACKENDS, Backend, can_run, python_problem, version_of
from benchmarks.plan.filters import Filters, askable, matches
from benchmarks.plan.mistakes import capabilities, in_alternative
from benchmarks.plan.workloads import Questions, Workload
from patterns import Alternative
from results.suite import AbsenceRecord, State
from results.text import plain

LIKE = 0.75  # likeness from which a name is taken for a capability that is spelt wrongly


def variants_of(
    asked: Questions, workload: Workload, filters: Filters
) -> tuple[list[tuple[str, str]], list[AbsenceRecord]]:
    """The (alternative, backend) pairs that can answer a workload here, and the reasons of those that cannot."""
    pairs: list[tuple[str, str]] = []
    missing: list[AbsenceRecord] = []
    for backend in BACKENDS.values():
        if not matches(backend.name, filters.backends):
            continue
        for alternative in patterns.alternatives(asked.family):
            baseline = asked.baseline.get(backend.library) == alternative.name
            if not (matches(alternative.name, filters.alternatives) or baseline):
                continue
            if not can_run(alternative.library, backend):
                continue
            if found := why_not(alternative, backend, workload):
                state, reason = found
                missing.append(
                    absence(asked.family, workload.name, None, alternative.name, backend.name, state, reason)
                )
            else:
                pairs.append((alternative.name, backend.name))
    return pairs, missing


def why_not(alternative: Alternative, backend: Backend, workload: Workload) -> tuple[State, str] | None:
    """Why an alternative cannot answer a workload on a backend here, or None if it can."""
    found = why_never(alternative) or why_not_here(alternative, backend)
    if workload.needs not in alternative.offers and (found is None or found[0] == "not here"):
        return "not offered", f"it offers no {workload.needs}"
    if found is None and workload.leaps and backend.run_leaping is None:
        return "not here", f"the clock of {backend.name} cannot leap, and to wait for its timers would take too long"
    if found is None and (problem := not_installed(workload.requires)):
        return "not here", problem
    return found


def why_never(alternative: Alternative) -> tuple[Literal["mistake", "not offered"], str] | None:
    """Why an alternative can be asked nothing, wherever that may be, or None if it can."""
    if problem := in_alternative(alternative):
        return "mistake", problem
    wanted = capabilities(alternative.family)
    if set(wanted) & set(alternative.offers):
        return None
    return "not offered", f"offers none of {', '.join(wanted)}{_misspelt(wanted, alternative.offers)}"


def _misspelt(wanted: Iterable[str], offers: Sequence[str]) -> str:
    close = ((name, match) for name in wanted for match in difflib.get_close_matches(name, offers, 1, LIKE))
    return next((f" (is {match} meant to be {name}?)" for name, match in close), "")


def why_not_here(alternative: Alternative, backend: Backend) -> tuple[Literal["not here"], str] | None:
    """Why an alternative that is what it should be cannot run on a backend of this machine, or None if it can."""
    problem = missing_here(alternative, backend)
    return ("not here", problem) if problem else None


def crossed(filters: Filters, *, everywhere: bool) -> Iterator[tuple[Alternative, Backend]]:
    """The alternatives that the filters let through, each on the backends that its library runs on.

    A secondary backend takes part ``everywhere``, or when backends are asked for by name.
    """
    backends = [
        backend
        for backend in BACKENDS.values()
        if matches(backend.name, filters.backends) and (everywhere or filters.backends or not backend.secondary)
    ]
    for family in askable(filters.families):
        # The reader's own come first: a budget that ends early has them.
        for alternative in sorted(patterns.alternatives(family), key=lambda one: one.kind != patterns.YOURS):
            if matches(alternative.name, filters.alternatives):
                yield from ((alternative, backend) for backend in backends if can_run(alternative.library, backend))


def missing_here(alternative: Alternative, backend: Backend) -> str:
    """What this machine lacks to run an alternative on a backend, or an empty string."""
    if problem := backend.problem() or wrong_python(alternative, backend.name):
        return problem
    return not_installed(needed(alternative)) or services.problem(alternative.services)


def wrong_python(alternative: Alternative, backend: str) -> str:
    """Why this Python cannot run an alternative on a backend, or an empty string."""
    wanted = (one for one in alternative.pythons if fnmatchcase(backend, one.backends))
    return next(filter(None, (python_problem(one.python) for one in wanted)), "")


def not_installed(requirements: Iterable[str]) -> str:
    """The first of these that is not installed, or not in a version that will do, or an empty string."""
    for requirement in map(Requirement, requirements):
        version = version_of(requirement.name)
        if version is None:
            return f"{requirement.name} is not installed"
        if version not in requirement.specifier:
            return f"needs {requirement}, {version} is installed"
    return ""


def needed(alternative: Alternative) -> tuple[str, ...]:
    """The distributions that an alternative needs: its requirements and its library."""
    library = (alternative.library,) if alternative.library in ("trio", "anyio") else ()
    return (*library, *alternative.requires)


def services_of(filters: Filters) -> set[str]:
    """The services of everything that the filters let through and that can run here."""
    return {
        service
        for alternative, backend in crossed(filters, everywhere=True)
        if not (why_never(alternative) or why_not_here(alternative, backend))
        for service in alternative.services
    }


def absence(
    family: str, workload: str, n: int | None, alternative: str, backend: str, state: State, reason: str
) -> AbsenceRecord:
    """A row without a number, declared if the alternative's known failures name its state here."""
    return {
        "family": family,
        "workload": workload,
        "n": n,
        "alternative": alternative,
        "backend": backend,
        "state": state,
        "reason": plain(reason),
        "declared": declared(family, alternative, backend, state),
        "seconds": None,
    }


def declared(family: str, alternative: str, backend: str, state: str) -> bool:
    """Whether the alternative says of itself that it ends in this state on this backend and Python."""
    found = {entry.name: entry for entry in patterns.alternatives(family)}.get(alternative)
    return found is not None and declares(found, backend, state)


def declares(alternative: Alternative, backend: str, what: str) -> bool:
    """Whether its file says that it breaks a promise on this backend and Python, or ends in a state there."""
    return any(failure.promise == what and applies(failure, backend) for failure in alternative.known_failures)


def applies(failure: patterns.KnownFailure, backend: str) -> bool:
    """Whether a known failure holds on this backend and this patch level of Python."""
    return fnmatchcase(backend, failure.backends) and not python_problem(failure.python)
