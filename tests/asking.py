"""Alternatives are asked for their promises in a process that stays warm, whoever is asked next.

A command for each family would import everything anew, and start another server of forks and other servers to talk to.
"""

import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import patterns
from benchmarks.engine import guard
from benchmarks.plan import services
from benchmarks.plan.availability import crossed, services_of
from benchmarks.plan.backends import BACKENDS, can_run
from benchmarks.plan.filters import Filters
from benchmarks.plan.promises import Promise, promises
from benchmarks.safety.conformance import (
    Inquiry,
    Subject,
    conform,
    cores,
    subject_of,
)
from benchmarks.safety.examination import Moment
from benchmarks.safety.warm import start_warm_server
from results.safety import FindingRecord, surprising
from tests.defects import plant
from tests.where import (
    COLLECTED,
    CORRECT,
    EVERY_OF_COLLECTED,
    EVERY_OF_CORRECT,
    EVERY_OF_PLANTED,
    EVERYTHING,
    LATE,
    LIBRARIES,
    PLANTED,
    STRIKE,
    asked,
    briefly,
    drawn,
)

HANG_LIMIT = 10.0  # seconds; twice what users have, because tests share their machine
Findings = dict[tuple[str, str, str], FindingRecord]  # by alternative, loop and promise
PACKAGE = "planted_here"  # where planted implementations stand; alternatives stand in ``patterns``


@contextmanager
def asking() -> Iterator[ProcessPoolExecutor]:
    """The process, to which ``answers`` and ``planted_answers`` are submitted."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_warm_up) as pool:
        yield pool


def _warm_up() -> None:
    sys.modules["__main__"] = ModuleType("__main__")  # else each process that is examined imports pytest's
    guard.adopt_orphans()
    services.start(services_of(Filters()))
    start_warm_server(entry for family in patterns.families() for entry in patterns.alternatives(family))


def answers(family: str, schedules: Mapping[str, int], late: int) -> Findings:
    """What the alternatives of a family answer on loops, under so many schedules each. Nothing is known from before.

    Whoever passes but declares to fail is asked again, under ``late`` schedules: some defects are rare, and some are
    known by what they leave behind.
    """
    here = crossed(Filters(families=(family,), backends=tuple(schedules)), everywhere=False)
    todo = [subject_of(one, loop, promises(family)) for one, loop in here if asked(one, loop.name)]
    for seeds in sorted(set(schedules.values())):
        _ask([subject for subject in todo if schedules[subject.backend] == seeds], Sampled(seeds=seeds))
    again = [_afresh(subject) for subject in todo if any(map(_in_vain, subject.findings.values()))]
    _ask(again, Inquiry(seeds=late))
    found = _findings(todo)
    rare = {key: one for key, one in _findings(again).items() if one["state"] == "FAIL" or _in_vain(found[key])}
    return found | rare


class Sampled(Inquiry):
    """Asks some promises in one trial, and the others under whole schedules: in one process, which is dear to start."""

    def moment(self, promise: str, alternative: patterns.Alternative, backend: str) -> Moment:
        """The one trial of a promise that is asked briefly."""
        if promise in _once(alternative, backend):
            return Moment(promise, *STRIKE)
        return super().moment(promise, alternative, backend)


@cache
def _once(one: patterns.Alternative, loop: str) -> frozenset[str]:
    return frozenset(question.name for question in parted(one, loop, promises(one.family))[0])


def parted(one: patterns.Alternative, loop: str, asked: Sequence[Promise]) -> tuple[list[Promise], list[Promise]]:
    """What an alternative is asked on a loop in one trial each, and what under a whole schedule.

    That is everything if one of these collects what is left behind in any trial.
    """
    wholly = [question for question in asked if not briefly(one, loop, question.name)]
    if any(question.collects for question in wholly):
        return [], list(asked)
    # What collects would take all others with it.
    more = [question for question in asked if not question.collects and drawn(one, loop, question.name)]
    wholly = [question for question in asked if question in wholly or question in more]
    return [question for question in asked if question not in wholly], wholly


def _in_vain(found: FindingRecord) -> bool:
    return found["state"] == "pass" and surprising(found)


def _afresh(subject: Subject) -> Subject:
    hidden = [question for question in subject.asked if _in_vain(subject.findings[question.name])]
    every = promises(subject.alternative.family)
    collects = any(question.collects for question in hidden)
    again = every if collects else [question for question in every if question in hidden or question.collects]
    return subject_of(subject.alternative, BACKENDS[subject.backend], again)


def planted_answers(family: str) -> Findings:
    """What the planted implementations of a family answer, each on the loop of each library that can run it.

    What leaves something behind, and did not in the trials that it was asked, is asked all, and whatever did not show
    what is declared more schedules: Trio orders scopes that end at the same moment by where they lie in memory.
    """
    questions = promises(family)
    todo = [
        subject_of(one, BACKENDS[loop], chosen(one, questions, place))
        for loop in LIBRARIES
        for place, one in enumerate(one for one in planted(family) if can_run(one.library, BACKENDS[loop]))
    ]
    for seeds in sorted({PLANTED, COLLECTED, CORRECT}):
        _ask([one for one in todo if schedules_of(one.alternative, questions) == seeds], Inquiry(seeds=seeds))
    again = [_afresh(subject) for subject in todo if any(map(_in_vain, subject.findings.values()))]
    _ask(again, Inquiry(seeds=LATE))
    missed = [_missed(subject) for subject in todo]
    _ask(missed, Inquiry(seeds=PLANTED))
    return _findings([*todo, *again, *missed])


def _missed(subject: Subject) -> Subject:
    """What real time was to show of it, and the machine was too busy to see."""
    unseen = [question for question in subject.asked if subject.findings[question.name]["state"] == "not tested"]
    return subject_of(subject.alternative, BACKENDS[subject.backend], unseen)


def schedules_of(one: patterns.Alternative, asked: Sequence[Promise]) -> int:
    """Under how many schedules a planted implementation is asked."""
    broken = {failure.promise for failure in one.known_failures}
    if not broken:
        return CORRECT
    return COLLECTED if any(question.collects for question in asked if question.name in broken) else PLANTED


def chosen(one: patterns.Alternative, asked: Sequence[Promise], place: int) -> list[Promise]:
    """What a planted implementation is asked, by its ``place`` among those of its family on a loop.

    The promise that it breaks, and some others, which are others at the next place; on demand all of them.
    """
    if EVERYTHING:
        return list(asked)
    broken = {failure.promise for failure in one.known_failures}
    if not broken:
        every = EVERY_OF_CORRECT
    elif any(question.collects for question in asked if question.name in broken):
        every = EVERY_OF_COLLECTED
    else:
        every = EVERY_OF_PLANTED * len(asked)
    return [entry for number, entry in enumerate(asked) if entry.name in broken or not (number + place) % every]


@cache
def planted(family: str) -> list[patterns.Alternative]:
    """The broken implementations of a family, and their correct twins; each is imported from where it was planted."""
    folder = _root() / PACKAGE / family
    plant(family, folder)
    described = [patterns.describe(family, path) for path in sorted(folder.glob("*.py"))]
    return [replace(one, module=f"{PACKAGE}.{family}.{one.name}") for one in described]


@cache
def _root() -> Path:
    folder = tempfile.mkdtemp()  # among the temporary files of these tests, and gone with them
    sys.path.append(folder)
    return Path(folder)


def _ask(todo: Sequence[Subject], inquiry: Inquiry) -> None:
    everywhere = Filters(backends=("*",))  # as many schedules on each loop
    inquiry = replace(inquiry, filters=everywhere, hang_limit=HANG_LIMIT, jobs=cores())
    deque(conform(inquiry, [subject for subject in todo if subject.todo]), maxlen=0)


def _findings(subjects: Sequence[Subject]) -> Findings:
    return {
        (one.alternative.name, one.backend, name): found for one in subjects for name, found in one.findings.items()
    }
