"""The safety part of a run, from the plan to the record: what ``check`` does, and what precedes measuring."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.engine.patience import CLOCK
from benchmarks.plan import services
from benchmarks.plan.filters import UnknownNameError, askable, check_names, selected
from benchmarks.plan.promises import promises
from benchmarks.plan.provenance import versions
from benchmarks.plan.unasked import mistaken_families
from benchmarks.safety.conformance import Inquiry, Subject, conform, interpreter, subjects
from benchmarks.safety.kept import Kept
from results.safety import FORMAT, FindingRecord, PromiseRecord, SafetyRecord
from results.suggestions import suggestion


@dataclass
class Checked:
    """How far a check has come: ``number`` of ``total`` that are asked are done, ``label`` is the last of them."""

    number: int
    total: int
    label: str


def check_questions(inquiry: Inquiry) -> None:
    """Raise UnknownNameError for the first filter that matches nothing."""
    check_names(inquiry.filters)
    names = [entry.name for family in families(inquiry) for entry in promises(family)]
    for glob in inquiry.questions:
        if not selected(names, [glob]):
            raise UnknownNameError(f"no promise matches {glob!r}{suggestion(glob, names)}")


def families(inquiry: Inquiry) -> list[str]:
    """The families that pass the filter and can be asked."""
    return askable(inquiry.filters.families)


def record_of(inquiry: Inquiry) -> SafetyRecord:
    """A record without findings."""
    return {
        "format": FORMAT,
        "python": interpreter(),
        "versions": versions(families(inquiry)),
        "seeds": inquiry.seeds,
        "seconds": 0.0,
        "asked": 0,
        "kept": 0,
        "promises": {
            family: {
                entry.name: PromiseRecord(
                    sentence=entry.parts[0], harm=entry.parts[1], example=entry.parts[2], fact=entry.fact
                )
                for entry in promises(family)
            }
            for family in families(inquiry)
        },
        "findings": [],
        "unasked": [],
    }


def examine_all(inquiry: Inquiry, safety: SafetyRecord) -> Iterator[Checked]:
    """Fill a record with findings, asking for what is not known from an earlier check; yields after each subject asked.

    What was not reached in time, or when the generator is closed early, is recorded as not tested.
    """
    started = CLOCK.now()
    todo, kept = subjects(inquiry), Kept(inquiry)
    recalled: list[Subject] = []
    reason = "the check was interrupted"
    try:
        recalled += filter(kept.recall, todo)
        start_services(todo)
        asked = [subject for subject in todo if subject.todo]
        with contextlib.closing(conform(inquiry, asked)) as answers:
            for number, subject in enumerate(answers, 1):
                kept.keep(subject)
                yield Checked(number, len(asked), subject.label)
        reason = f"the check had {inquiry.seconds:.0f} s"
    finally:
        for subject in todo:
            subject.give_up(reason)
        safety["findings"] = in_order(todo, safety)
        safety["unasked"] = [*mistaken_families(inquiry.filters), *(one.unasked for one in todo if one.unasked)]
        safety["kept"] = sum(len(subject.asked) for subject in recalled)
        safety["asked"] = sum(subject.answered for subject in todo) - safety["kept"]
        safety["seconds"] = CLOCK.now() - started


def start_services(todo: Sequence[Subject]) -> None:
    """Start what those talk to who are to be asked; who cannot be, because it does not start, is not tested."""
    services.start({service for subject in todo if subject.todo for service in subject.alternative.services})
    for subject in todo:
        if subject.todo and (problem := services.problem(subject.alternative.services)):
            subject.hinder("not here", problem)


def in_order(todo: Sequence[Subject], safety: SafetyRecord) -> list[FindingRecord]:
    """The findings as a page shows them, whatever order the processes ended in."""
    return [
        subject.findings[name]
        for subject in todo
        for name in safety["promises"][subject.alternative.family]
        if name in subject.findings
    ]
