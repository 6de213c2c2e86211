"""What will be measured: which comparisons exist, which variants can run here, and why the others cannot."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from packaging.requirements import Requirement

import patterns
from benchmarks import services
from benchmarks.allocation import MIDDLE, Preset
from benchmarks.backends import BACKENDS, Backend, can_run, python_problem, version_of
from benchmarks.blocks import Variant
from benchmarks.workloads import Questions, Workload, questions
from patterns import Alternative
from results.record import AbsenceRecord, State


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


@dataclass(frozen=True, slots=True)
class Comparison:
    """A family's workload at one n, with every variant that is measured together."""

    family: str
    workload: str
    n: int
    variants: tuple[Variant, ...]

    @property
    def label(self) -> str:
        """What the progress bar shows."""
        return f"{self.family}/{self.workload} n={self.n}"

    @property
    def waits(self) -> bool:
        """Whether its calls wait for timers, so that processor time is compared."""
        return questions(self.family).workload(self.workload).clock == "cpu"

    @property
    def twin_of(self) -> str:
        """The label of the variant whose second copy measures the noise, or an empty string."""
        return next((variant.label.replace("#twin", "") for variant in self.variants if variant.twin), "")


@dataclass(frozen=True, slots=True)
class Plan:
    """The comparisons in the order in which they are measured, and the rows that cannot have a number."""

    comparisons: tuple[Comparison, ...]
    absences: tuple[AbsenceRecord, ...]


def make_plan(filters: Filters, preset: Preset) -> Plan:
    """Cross families, workloads, the preset's points of the axis and variants; the middle points come first.

    A workload takes part at the points that are on its own scale. Raises UnknownNameError if a filter matches nothing.
    """
    check_names(filters)
    comparisons: list[Comparison] = []
    absences: list[AbsenceRecord] = []
    for family in selected(patterns.families(), filters.families):
        asked = questions(family)
        for workload in asked.workloads:
            if not matches(workload.name, filters.workloads):
                continue
            variants, missing = variants_of(asked, workload, filters)
            everything = bool(filters.backends) or preset.everywhere
            here = [pair for pair in variants if everything or not BACKENDS[pair[1]].secondary]
            absences += [row for row in missing if everything or not BACKENDS[row["backend"]].secondary]
            points = [n for n in workload.scale if n in (filters.points or preset.points)]
            comparisons += [_comparison(asked, workload, n, here) for n in points]
    comparisons.sort(key=lambda comparison: (max(comparison.n, MIDDLE) / min(comparison.n, MIDDLE), -comparison.n))
    return Plan(tuple(comparison for comparison in comparisons if comparison.variants), tuple(absences))


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
    if alternative.problem:
        return "raised", alternative.problem
    if workload.needs not in alternative.offers:
        return "not offered", f"it defines no {workload.needs}()"
    if problem := missing_here(alternative, backend):
        return "not here", problem
    return None


def missing_here(alternative: Alternative, backend: Backend) -> str:
    """What this machine lacks to run an alternative on a backend, or an empty string."""
    if problem := backend.problem() or python_problem(alternative.python):
        return problem
    for requirement in map(Requirement, needed(alternative)):
        version = version_of(requirement.name)
        if version is None:
            return f"{requirement.name} is not installed"
        if version not in requirement.specifier:
            return f"needs {requirement}, {version} is installed"
    return services.problem(alternative.services)


def needed(alternative: Alternative) -> tuple[str, ...]:
    """The distributions that an alternative needs: its requirements and its library."""
    library = (alternative.library,) if alternative.library in ("trio", "anyio") else ()
    return (*library, *alternative.requires)


def services_of(filters: Filters) -> set[str]:
    """The services of everything that the filters let through and that can run here."""
    return {
        service
        for family in selected(patterns.families(), filters.families)
        for alternative in patterns.alternatives(family)
        if matches(alternative.name, filters.alternatives)
        for backend in BACKENDS.values()
        if matches(backend.name, filters.backends) and can_run(alternative.library, backend)
        if not missing_here(alternative, backend)
        for service in alternative.services
    }


def _comparison(asked: Questions, workload: Workload, n: int, pairs: Iterable[tuple[str, str]]) -> Comparison:
    variants = [Variant(asked.family, workload.name, n, name, backend) for name, backend in pairs]
    twins = [
        Variant(asked.family, workload.name, n, variant.alternative, variant.backend, twin=1)
        for variant in variants
        if variant.alternative == asked.baseline.get(BACKENDS[variant.backend].library)
    ]
    return Comparison(asked.family, workload.name, n, (*variants, *twins[:1]))


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
        "reason": reason,
        "declared": declared(family, alternative, backend, state),
        "seconds": None,
    }


def declared(family: str, alternative: str, backend: str, state: str) -> bool:
    """Whether the alternative says of itself that it ends in this state on this backend and Python."""
    found = {entry.name: entry for entry in patterns.alternatives(family)}.get(alternative)
    return found is not None and any(
        failure.property == state and applies(failure, backend) for failure in found.known_failures
    )


def applies(failure: patterns.KnownFailure, backend: str) -> bool:
    """Whether a known failure holds on this backend and this patch level of Python."""
    return fnmatchcase(backend, failure.backends) and not python_problem(failure.python)


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
