"""What is wrong with what is to be asked: a family that cannot be, and files that name what there is not.

A mistake is one line that names the file and what to write instead. It takes its own file, or its own family, out of
what is asked, and nothing else.
"""

import importlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from types import ModuleType
from typing import Any

import patterns
from benchmarks.plan import services
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.promises import Promise, promises
from benchmarks.plan.workloads import Workload, questions
from patterns import Alternative, Exemption, KnownFailure, Pythons
from results.record import one_line
from results.suggestions import suggestion
from results.suite import FAILED

LIBRARIES = tuple(dict.fromkeys(backend.library for backend in BACKENDS.values()))


@cache
def in_family(family: str) -> str:
    """What is wrong with a family's contract, or with the room of its questions, or an empty string."""
    if problem := patterns.contract(family).problem:
        return problem
    for name, look in (("workloads", _workloads), ("promises", _promises)):
        wrong = "; ".join(_room(family, name, look))
        if wrong:
            return f"benchmarks/families/{family}/{name}.py: {wrong}"
    return ""


def _room(family: str, name: str, look: Callable[[str, ModuleType], Iterator[str]]) -> Iterator[str]:
    module = f"benchmarks.families.{family}.{name}"
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if not f"{module}.".startswith(f"{error.name}."):
            yield f"cannot be imported: {one_line(error)}"
        elif name == "workloads":  # a family without promises is measured, and not checked
            yield "it is missing: write BASELINE and WORKLOADS there"
    except (Exception, SystemExit) as error:  # whatever a module raises when it is imported
        yield f"cannot be imported: {one_line(error)}"
    else:
        yield from look(family, found)


def _workloads(family: str, module: ModuleType) -> Iterator[str]:
    yield from _several("WORKLOADS", getattr(module, "WORKLOADS", None), Workload)
    baseline = getattr(module, "BASELINE", None)
    if not isinstance(baseline, dict):
        yield "BASELINE: write a dict of each library's alternative that most people write"
        return
    known = [entry.name for entry in patterns.alternatives(family)]
    for what, names, there in (("library", baseline.keys(), LIBRARIES), ("alternative", baseline.values(), known)):
        for name in names:
            if name not in there:
                yield f"BASELINE: there is no {what} {name!r}{suggestion(str(name), there)}"


def _promises(family: str, module: ModuleType) -> Iterator[str]:
    value: Any = getattr(module, "PROMISES", None)
    wrong = [*_several("PROMISES", value, Promise)]
    yield from wrong or _ungraded(family, value)


def _ungraded(family: str, asked: Iterable[Promise]) -> Iterator[str]:
    """Promises of needs that the contract does not have, and needs of the contract that no promise asks about."""
    names = [need.name for need in patterns.contract(family).needs]
    for promise in asked:
        if promise.need and promise.need not in names:
            yield f"{promise.name}: there is no need {promise.need!r} in the contract{suggestion(promise.need, names)}"
    for name, count in Counter(names).items():
        if count > 1:
            yield f"the need {name!r} is {count} times in the contract"
        if name not in {promise.need for promise in asked}:
            yield f"no promise asks about the need {name!r} of the contract"


def _several(name: str, value: Any, kind: type[Workload] | type[Promise]) -> Iterator[str]:
    if not isinstance(value, tuple | list) or not value or not all(isinstance(one, kind) for one in value):
        yield f"{name}: write a tuple of {kind.__name__}, with one at least"
        return
    for one, count in Counter(entry.name for entry in value).items():
        if count > 1:
            yield f"{name}: {one} is there {count} times"


@cache
def in_alternative(alternative: Alternative) -> str:
    """What is wrong with what an alternative says of itself, or an empty string; its family has no mistake."""
    wrong = "; ".join(_unknown(alternative))
    return alternative.problem or (f"{alternative.path}: {wrong}" if wrong else "")


def _unknown(alternative: Alternative) -> Iterator[str]:
    asked = [promise.name for promise in promises(alternative.family)]
    yield from _nowhere("PYTHON", alternative.pythons)
    yield from _unasked("KNOWN_FAILURES", alternative.known_failures, [*asked, *FAILED])
    yield from _nowhere("KNOWN_FAILURES", alternative.known_failures)
    yield from _unasked("NOT_APPLICABLE", alternative.not_applicable, asked)
    yield from _nowhere("NOT_APPLICABLE", alternative.not_applicable)
    for name in alternative.services:
        if name not in services.SERVICES:
            yield f"SERVICES: there is no service {name!r}{suggestion(name, services.SERVICES)}"


def _unasked(constant: str, entries: Iterable[KnownFailure | Exemption], known: list[str]) -> Iterator[str]:
    for number, entry in enumerate(entries, 1):
        if entry.promise not in known:
            yield f"{constant}: entry {number}: there is no promise {entry.promise!r}{suggestion(entry.promise, known)}"


def _nowhere(constant: str, entries: Iterable[KnownFailure | Exemption | Pythons]) -> Iterator[str]:
    for number, entry in enumerate(entries, 1):
        loops = entry.backends
        if not any(fnmatchcase(name, loops) for name in BACKENDS):
            yield f"{constant}: entry {number}: no loop matches {loops!r}{suggestion(loops, BACKENDS)}"


def capabilities(family: str) -> list[str]:
    """What a family asks for by name: of an alternative that offers none of it, nothing can be asked."""
    wanted = {workload.needs for workload in questions(family).workloads}
    return sorted(wanted.union(*(promise.about for promise in promises(family))))
