"""What can be asked nothing at all, why, and whether that is anybody's fault."""

from collections.abc import Collection, Iterable, Iterator

import patterns
from benchmarks.plan.availability import crossed, why_never, why_not_here
from benchmarks.plan.filters import Filters, selected
from benchmarks.plan.mistakes import in_family
from results.safety import Hindrance, UnaskedRecord


def unasked(filters: Filters, *, everywhere: bool) -> Iterator[UnaskedRecord]:
    """What the filters let through and cannot be asked anything; secondary backends count if they are asked for."""
    yield from mistaken_families(filters)
    for alternative, backend in crossed(filters, everywhere=everywhere):
        if found := why_never(alternative) or why_not_here(alternative, backend):
            yield unasked_record(alternative.family, alternative.name, backend.name, *found)


def mistaken_families(filters: Filters) -> Iterator[UnaskedRecord]:
    """The families that the filters let through, with one of their alternatives at least, and that have a mistake."""
    for family in selected(patterns.families(), filters.families):
        names = [entry.name for entry in patterns.alternatives(family)]
        wanted = not filters.alternatives or selected(names, filters.alternatives)
        if wanted and (mistake := in_family(family)):
            yield unasked_record(family, "", "", "mistake", mistake)


def unasked_record(family: str, alternative: str, backend: str, state: Hindrance, reason: str) -> UnaskedRecord:
    """An entry of what cannot be asked."""
    path = next((entry.path for entry in patterns.alternatives(family) if entry.name == alternative), "")
    named: UnaskedRecord = {
        "family": family,
        "alternative": alternative,
        "backend": backend,
        "state": state,
        "reason": reason,
    }
    return {**named, "path": path} if path else named


def asked(unasked: Iterable[UnaskedRecord], filters: Filters, *, everywhere: bool) -> set[tuple[str, str, str]]:
    """The family, alternative and backend of what the filters let through and is not unasked."""
    pairs = {(entry.family, entry.name, backend.name) for entry, backend in crossed(filters, everywhere=everywhere)}
    return pairs - {(record["family"], record["alternative"], record["backend"]) for record in unasked}


def mistaken(unasked: Iterable[UnaskedRecord]) -> bool:
    """Whether any of it is somebody's fault, and not only missing on this machine."""
    return any(record["state"] != "not here" for record in unasked)


def hindered(unasked: Collection[UnaskedRecord], filters: Filters, *, everywhere: bool) -> bool:
    """Whether something was not asked that should have been: it has a mistake, or was asked for by its very name.

    Who names alternatives wants those; who names none may have named a family or a backend.
    """
    found = {name for keys in asked(unasked, filters, everywhere=everywhere) for name in keys}
    named = filters.alternatives or (*filters.families, *filters.backends)
    in_vain = [name for name in named if name not in found and not set(name) & set("*?[")]
    return bool(in_vain) or mistaken(unasked)
