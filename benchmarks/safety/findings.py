"""The safety part of a run, from the plan to the record: what ``check`` does, and what precedes measuring."""

import contextlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.engine.patience import CLOCK
from benchmarks.plan import services
from benchmarks.plan.filters import UnknownNameError, askable, check_names, selected
from benchmarks.plan.promises import promises
from benchmarks.plan.provenance import versions
from benchmarks.plan.unasked import mistaken_families
from benchmarks.safety.conformance import Inquiry, Subject, conform, interpreter, subjects
from benchmarks.safety.kept import Kept
from benchmarks.safety.warm import start_warm_server
from results.safety import FORMAT, FindingRecord, PromiseRecord, SafetyRecord
from results.suggestions import suggestion

USUAL = 0.04  # seconds for an answer, before anybody knows


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
        "unasked": list(mistaken_families(inquiry.filters)),
    }


class Check:
    """What is asked of safety, family by family or all at once; what is known from an earlier check is not asked.

    A record is filled with the findings. All of it may take the inquiry's seconds together.
    """

    def __init__(self, inquiry: Inquiry, safety: SafetyRecord, done: Collection[str] = ()) -> None:
        """Look up what is known; families that are ``done`` have their findings in the record, and no other has."""
        started = CLOCK.now()
        self._inquiry, self._safety, self._done = inquiry, safety, list(done)
        safety["findings"] = [found for found in safety["findings"] if found["family"] in done]
        safety["unasked"] = [
            one for one in safety.get("unasked", ()) if one["family"] in done or not one["alternative"]
        ]
        self._subjects = [one for one in subjects(inquiry) if one.alternative.family not in done]
        self._kept = Kept(inquiry)
        recalled = filter(self._kept.recall, self._subjects)
        self._recalled = {subject.label: len(subject.asked) for subject in recalled}
        self._unknown = Counter(one.alternative.family for one in self._subjects for _ in one.todo)
        self._took, self._answers = 0.0, 0
        safety["seconds"] += CLOCK.now() - started

    @property
    def done(self) -> list[str]:
        """The families that were asked to the end."""
        return self._done

    @property
    def left(self) -> list[str]:
        """The families that are still to be asked."""
        return [family for family in families(self._inquiry) if family not in self._done]

    @property
    def coming(self) -> float:
        """The seconds that those will take, by what answers took so far."""
        each = self._took / self._answers if self._answers else USUAL
        return max(0.0, min(each * sum(self._unknown[family] for family in self.left), self._seconds_left))

    @property
    def _seconds_left(self) -> float:
        return self._inquiry.seconds - self._safety["seconds"]

    def ask(self, asked_now: Collection[str]) -> Iterator[Checked]:
        """Ask some families; yields after each subject asked.

        What was not reached in time, or when the generator is closed early, is recorded as not tested.
        """
        started = CLOCK.now()
        todo = [subject for subject in self._subjects if subject.alternative.family in asked_now]
        reason = "the check was interrupted"
        try:
            start_services(todo)
            asked = [subject for subject in todo if subject.todo]
            if asked:  # one server for all families: it is started once, and knows what it was started with
                start_warm_server({subject.alternative for subject in self._subjects if subject.todo})
            inquiry = replace(self._inquiry, seconds=self._seconds_left)
            with contextlib.closing(conform(inquiry, asked)) as answers:
                for number, subject in enumerate(answers, 1):
                    self._kept.keep(subject)
                    yield Checked(number, len(asked), subject.label)
            reason = f"the check had {self._inquiry.seconds:.0f} s"
            self._done += asked_now
        finally:
            for subject in todo:
                subject.give_up(reason)
            self._took += CLOCK.now() - started
            self._answers += sum(self._unknown[family] for family in asked_now)
            self._record(todo, CLOCK.now() - started)

    def give_up(self, reason: str) -> None:
        """What was not asked is not tested, for that reason."""
        todo = [subject for subject in self._subjects if subject.alternative.family in self.left]
        for subject in todo:
            subject.give_up(reason)
        self._record(todo, 0.0)

    def _record(self, todo: Sequence[Subject], seconds: float) -> None:
        """Add what was found to the record, whose families stand in one order, whichever was asked first."""
        safety, known = self._safety, sum(self._recalled.get(subject.label, 0) for subject in todo)
        places = {family: place for place, family in enumerate(safety["promises"])}
        asked = {subject.alternative.family for subject in todo}
        before = [found for found in safety["findings"] if found["family"] not in asked]
        safety["findings"] = sorted([*before, *in_order(todo, safety)], key=lambda one: places[one["family"]])
        safety.setdefault("unasked", []).extend(one.unasked for one in todo if one.unasked)
        safety["kept"] = safety.get("kept", 0) + known
        safety["asked"] = safety.get("asked", 0) + sum(subject.answered for subject in todo) - known
        safety["seconds"] += seconds


def examine_all(inquiry: Inquiry, safety: SafetyRecord) -> Iterator[Checked]:
    """Fill a record with findings, as ``Check`` does, of all families at once."""
    check = Check(inquiry, safety)
    yield from check.ask(check.left)


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
