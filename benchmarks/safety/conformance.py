"""The conformance runner: every alternative on every backend answers its family's promises, in watched processes.

A process that gives no sign of life within the hang limit is ended, and so is one that dies: the trial that it had
announced is the failure, and a new process goes on with the next promise.
"""

import math
import multiprocessing
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.engine import guard
from benchmarks.engine.memory import Scales
from benchmarks.engine.patience import CLOCK
from benchmarks.plan.availability import applies, crossed, declares, why_never, why_not_here
from benchmarks.plan.backends import BACKENDS, Backend
from benchmarks.plan.filters import Filters, matches
from benchmarks.plan.promises import Promise, promises
from benchmarks.plan.runtime import Silence, nap
from benchmarks.plan.unasked import unasked_record
from benchmarks.safety.examination import ROOT, Answer, Failure, Moment, examine
from benchmarks.safety.warm import in_clean_environment, method, start_warm_server
from patterns import YOURS, Alternative
from results.safety import Finding, FindingRecord, Hindrance, UnaskedRecord, trial_command
from results.text import plain

SEEDS = 20
FEWER = 4  # times fewer schedules on a loop that runs the same code as the one of its library
HANG_LIMIT = 5.0  # seconds without a sign of life; a trial takes milliseconds
TRACED = 1.0  # seconds in which a hung process has said where it is: its handler writes at once
HANGS = 3  # promises in which an alternative may hang that does not say so, before it is asked no more
TAKEN_DOWN = 1.0  # seconds in which a broken trial is taken down, if it ever is
KILLED = (-guard.KILL, 255)  # exit codes: somebody, or a machine without memory, killed it, or the server above it
FULL = -1  # the seed of a moment that stands for all trials of its promise


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked: ``seeds`` schedules of every promise that passes ``questions``, or only that of one ``seed``.

    ``hang_limit`` is the seconds without a sign of life after which a process counts as hung, ``jobs`` how many
    processes work at the same time; 0 means two per core, ``memory_limit`` the bytes that each may use, or 0. After
    ``seconds`` the inquiry ends, wherever it is; with ``first_failure`` a subject is asked no more after a failure that
    its alternative does not declare. ``kept`` is the folder of what earlier ones found, None where nothing is kept; a
    ``fresh`` inquiry asks all the same.
    """

    filters: Filters = field(default_factory=Filters)
    questions: tuple[str, ...] = ()
    seeds: int = SEEDS
    seed: int | None = None
    tick: int = 0
    everywhere: bool = False
    hang_limit: float = HANG_LIMIT
    jobs: int = 0
    seconds: float = math.inf
    memory_limit: int = 0
    first_failure: bool = False
    kept: Path | None = None
    fresh: bool = False

    def schedules(self, promise: str, alternative: Alternative, backend: str) -> int:
        """Under how many schedules a promise is tried.

        What a schedule shows on the loop of its library it would show again on another that runs the same alternative;
        what differs there shows under few. Who asks for loops by name gets all of them, and so does what is declared to
        fail, which may take many.
        """
        wholly = BACKENDS[backend].library == backend or self.filters.backends
        if wholly or declares(alternative, backend, promise):
            return self.seeds
        return max(1, self.seeds // FEWER)

    def moment(self, promise: str, alternative: Alternative, backend: str) -> Moment:  # noqa: ARG002  others mind who it is
        """The one trial of a promise that is asked for, or the moment that stands for all of them."""
        return Moment(promise, FULL if self.seed is None else self.seed, self.tick)


@dataclass
class Subject:
    """An alternative on a backend, what is asked of it, what is still to be answered, and what is known already.

    ``unasked`` says why nothing can be asked of it. ``answers`` are what ``findings`` say more about, as far as there
    was one. ``hung`` are the promises in whose trials it hung, but for those that it declares to fail. ``left`` are
    leftovers by their kind and the promise in whose trials they were seen, the first of each.
    ``spare`` is how often its process may be killed before that is its own fault.
    """

    alternative: Alternative
    backend: str
    asked: tuple[Promise, ...] = ()
    todo: list[Promise] = field(default_factory=list)
    unasked: UnaskedRecord | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    findings: dict[str, FindingRecord] = field(default_factory=dict)
    hung: list[str] = field(default_factory=list)
    left: dict[str, dict[str, tuple[Moment, str]]] = field(default_factory=dict)
    trials: int = 0
    spare: int = 1

    @property
    def label(self) -> str:
        """What the progress bar shows."""
        return f"{self.alternative.family}/{self.alternative.name}@{self.backend}"

    @property
    def answered(self) -> int:
        """How many of the promises that it was asked have an answer."""
        found = (self.findings.get(question.name) for question in self.asked)
        return sum(one is not None and one["state"] != "not tested" for one in found)

    def settle(
        self, question: str, state: Finding, reason: str = "", answered: Answer | None = None, seen_by: str = ""
    ) -> None:
        """Enter a finding into its cell; ``seen_by`` is another promise without which its trial shows nothing."""
        if answered:
            self.answers[question] = answered
        moment = answered.moment if answered else None
        failure = answered.failure if answered else None
        known = [
            failed
            for failed in self.alternative.known_failures
            if failed.promise == question and applies(failed, self.backend)
        ]
        family, name = self.alternative.family, self.alternative.name
        asked = list(dict.fromkeys(filter(None, [moment.question, question, seen_by]))) if moment else []
        file = self.alternative.path if self.alternative.kind == YOURS else ""
        self.findings[question] = {
            "family": family,
            "alternative": name,
            "backend": self.backend,
            "promise": question,
            "state": state,
            "trials": answered.trials if answered else 0,
            "seed": moment.seed if moment else None,
            "tick": moment.tick if moment else None,
            "reason": plain(failure.reason if failure else reason),
            "traceback": [*map(plain, failure.traceback)] if failure else [],
            "reproduce": trial_command(family, name, self.backend, asked, moment.seed, moment.tick, file)
            if moment
            else "",
            "declared": bool(known),
            "evidence": known[0].evidence if known else "",
        }

    def take(self, question: Promise, answered: Answer) -> None:
        """Enter what the trials of a promise came to."""
        self.trials += answered.trials
        if answered.untested:
            self.settle(question.name, "not tested", answered.untested)
        elif question.fact and answered.failure is None:
            self.settle(question.name, "yes" if answered.value else "no", answered=answered)
        else:
            self.settle(question.name, "FAIL" if answered.failure else "pass", answered=answered)

    def hinder(self, state: Hindrance, reason: str) -> None:
        """Nothing more can be asked of it, for one reason."""
        self.unasked = unasked_record(self.alternative.family, self.alternative.name, self.backend, state, reason)
        self.give_up(reason)
        self.todo.clear()

    def give_up(self, reason: str) -> None:
        """What has no answer yet gets none, and neither has what depends on all the others."""
        unheard = [question for question in self.asked if question.collects] if self.todo else []
        for question in [*self.todo, *unheard]:
            found = self.findings.get(question.name)
            if found is None or found["state"] != "FAIL":
                self.settle(question.name, "not tested", reason)

    def blame_leftovers(self) -> None:
        """A leftover breaks the promise that collects its kind, or that need in whose trials alone it was seen.

        What happens only to those who tick a need is no harm to everybody else.
        """
        asked = {question.name: question for question in self.asked}
        for collector in self.asked:
            found = self.findings.get(collector.name)
            if not collector.collects or not found or found["state"] != "pass":
                continue
            seen = [left for kind in collector.collects for left in self.left.get(kind, {}).values()]
            shared = [left for left in seen if asked[left[0].question].need in ("", collector.need)]
            self._blame(collector.name, self.trials, shared[:1])
            for left in [] if shared else seen:
                needed = self.findings.get(left[0].question)
                if needed and needed["state"] == "pass":
                    self._blame(left[0].question, needed["trials"], [left], collector.name)

    def _blame(self, question: str, trials: int, left: Sequence[tuple[Moment, str]], seen_by: str = "") -> None:
        answered = Answer(question, trials)
        for moment, text in left:
            where = f" (in a trial of {moment.question})" if not seen_by else ""
            answered = replace(answered, failure=Failure(f"{text}{where}"), moment=moment)
        self.settle(question, "FAIL" if left else "pass", answered=answered, seen_by=seen_by)


def subjects(inquiry: Inquiry) -> list[Subject]:
    """Everything that will be asked; what cannot be asked here is settled already, with the reason."""
    return [
        subject_of(alternative, backend, asked)
        for alternative, backend in crossed(inquiry.filters, everywhere=inquiry.everywhere)
        for asked in [[entry for entry in promises(alternative.family) if matches(entry.name, inquiry.questions)]]
        if asked
    ]


def subject_of(alternative: Alternative, backend: Backend, asked: Iterable[Promise]) -> Subject:
    """An alternative on a backend, to be ``asked`` these promises; what cannot be asked of it is settled already."""
    subject = Subject(alternative, backend.name)
    never = why_never(alternative)
    for question in asked:
        exempt = [
            entry.reason
            for entry in alternative.not_applicable
            if entry.promise == question.name and matches(backend.name, [entry.backends])
        ]
        if exempt:
            subject.settle(question.name, "not applicable", exempt[0])
        elif question.about and not never and not set(question.about) & set(alternative.offers):
            subject.settle(question.name, "not applicable", f"it offers no {' or '.join(question.about)}")
        else:
            subject.todo.append(question)
    if hindered := never or why_not_here(alternative, backend):
        subject.hinder(*hindered)
    subject.asked = tuple(subject.todo)
    return subject


class Watched:
    """A process that examines one subject, and the watch over it."""

    def __init__(self, subject: Subject, inquiry: Inquiry, folder: Path) -> None:
        """Start it."""
        self.subject, self.inquiry = subject, inquiry
        self.moment: Moment | None = None
        self.broken = ""
        self.imported = False
        self.hang_file = folder / f"{id(self)}.txt"
        whose = (subject.alternative, subject.backend)
        moments = [(inquiry.moment(one.name, *whose), inquiry.schedules(one.name, *whose)) for one in subject.todo]
        context = multiprocessing.get_context(method())
        self.connection: Connection
        self.connection, theirs = context.Pipe(duplex=False)
        self.process: BaseProcess = context.Process(  # type: ignore[attr-defined]  # every start method has one
            target=examine,
            args=(subject.alternative, subject.backend, moments, theirs, str(self.hang_file)),
            daemon=True,
        )
        in_clean_environment(self.process.start)  # it starts the server again if that has died
        theirs.close()
        self.scales = Scales(self.process.pid, inquiry.memory_limit, seldom=1)
        self.silence = Silence(self.process.pid or 0, CLOCK.now)

    @property
    def silent(self) -> bool:
        """Whether it has given no sign of life for too long."""
        return self.silence.longer_than(self.patience)

    @property
    def patience(self) -> float:
        """The seconds that it may be silent; importing takes longer than a trial.

        What is broken is known before its trial is taken down, which some of those that are never end: there is
        nothing more to wait for.
        """
        if self.broken:
            return min(TAKEN_DOWN, self.inquiry.hang_limit)
        return self.inquiry.hang_limit * (1 if self.moment else 4)

    def receive(self) -> bool:
        """Take in everything it has said; whether it goes on."""
        try:
            while self.connection.poll():
                kind, payload = self.connection.recv()
                self.silence.heard()
                if kind == "imported":
                    self.imported = not payload
                    if payload:
                        self.subject.hinder("not imported", payload)
                elif kind == "trial":
                    self.moment, self.broken = payload, ""
                elif kind == "broken":
                    self.broken = payload
                elif kind == "left":
                    moment, what, text = payload
                    self.subject.left.setdefault(what, {}).setdefault(moment.question, (moment, text))
                elif kind == "answer":
                    self.moment, self.broken = None, ""
                    self._enter(payload)
                else:
                    return False
                if self.inquiry.first_failure and not self.subject.todo:
                    return False
        except (EOFError, ConnectionError):
            guard.ended(self.process, 1)
            self._died(self.process.exitcode)
            return False
        return True

    def _died(self, code: int | None) -> None:
        """Blame whoever dies of itself; what may have been killed from outside is asked once more."""
        if code in KILLED and self.subject.spare:
            self.subject.spare -= 1
        elif code is None:
            self.blame("it closed its connection")
        else:
            self.blame(f"killed by signal {-code}" if code < 0 else f"the process exited with code {code}")

    def _enter(self, answered: Answer) -> None:
        """The first promise that is still to be answered has its answer, which may be enough."""
        question = self.subject.todo.pop(0)
        self.subject.take(question, answered)
        found = self.subject.findings[question.name]
        if self.inquiry.first_failure and found["state"] == "FAIL" and not found["declared"]:
            self.subject.give_up(f"it fails {question.name}, and only the first failure was asked for")
            self.subject.todo.clear()

    def hung(self) -> None:
        """Ask the process where it is, and blame the trial that it had announced."""
        lines: tuple[str, ...] = ()
        if hasattr(signal, "SIGUSR1") and self.process.pid:
            os.kill(self.process.pid, signal.SIGUSR1)
            lines = self._where(self.process.pid)
        question = self.subject.todo[0].name
        self.blame(self.broken or f"hung: no sign of life for {self.patience:g} s", lines)
        self._give_up_who_hangs(question)

    def _give_up_who_hangs(self, question: str) -> None:
        """Whoever never lets anybody run would hang in each promise, for as long as that takes to be noticed."""
        found = self.subject.findings.get(question)
        if found and not found["declared"] and not self.broken:
            self.subject.hung.append(question)
        if len(self.subject.hung) >= HANGS:
            self.subject.give_up(f"it hung in {', '.join(self.subject.hung)}, and is asked no more")
            self.subject.todo.clear()

    def _where(self, process: int) -> tuple[str, ...]:
        silence = Silence(process, CLOCK.now)
        while not silence.longer_than(TRACED):
            text = self.hang_file.read_text(encoding="utf-8") if self.hang_file.exists() else ""
            if text.endswith("\n"):
                frames = [line.strip().replace(f"{ROOT}{os.sep}", "") for line in text.splitlines() if "File" in line]
                return tuple(reversed(frames[:5]))
            nap()
        return ()

    def blame(self, reason: str, lines: tuple[str, ...] = ()) -> None:
        """The trial under way, or the first of the next promise, is where it ended, once it could be imported."""
        if not self.imported:
            self.subject.hinder("not imported", f"cannot be imported: {reason}")
            return
        question = self.subject.todo[0]
        first = self.inquiry.moment(question.name, self.subject.alternative, self.subject.backend)
        moment = self.moment or replace(first, seed=max(first.seed, 0))
        self._enter(Answer(question.name, 1, Failure(reason, lines), moment))

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self.connection.close()
        guard.end(self.process, 0.5 if not self.subject.todo else 0.01)
        guard.end_group(self.process.pid)
        self.hang_file.unlink(missing_ok=True)


def at_a_time(inquiry: Inquiry) -> int:
    """How many processes an inquiry has at the same time."""
    return inquiry.jobs or 2 * cores()  # some trials wait for a thread or a real timer


def conform(inquiry: Inquiry, todo: Sequence[Subject]) -> Generator[Subject]:
    """Examine the subjects, several at a time; yields each that is done. Closing the generator ends all processes."""
    if not todo:
        return
    deadline = CLOCK.now() + inquiry.seconds
    queue = list(todo)
    jobs = at_a_time(inquiry)
    running: list[Watched] = []
    start_warm_server({subject.alternative for subject in queue})
    with tempfile.TemporaryDirectory() as name:
        try:
            while (queue or running) and CLOCK.now() < deadline:
                while queue and len(running) < jobs:
                    running.append(Watched(queue.pop(0), inquiry, Path(name)))
                for watched in step(running, inquiry.hang_limit):
                    running.remove(watched)
                    watched.close()
                    if watched.subject.todo:
                        queue.insert(0, watched.subject)
                        continue
                    watched.subject.blame_leftovers()
                    yield watched.subject
        finally:
            for watched in running:
                watched.close()
            guard.end_runaways(set())


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def step(running: Sequence[Watched], patience: float) -> list[Watched]:
    """Listen to the processes for a moment; returns those that have ended, been ended or hung."""
    heard: list[object] = []

    def listen(piece: float) -> bool:
        heard[:] = wait([watched.connection for watched in running], timeout=piece)
        return bool(heard)

    CLOCK.wait(listen, patience / 10)
    ended = []
    for watched in running:
        if watched.connection in heard:
            if not watched.receive():
                ended.append(watched)
        elif watched.silent:
            watched.hung()
            ended.append(watched)
        if watched.scales.tip(alone=False) and watched not in ended:
            watched.blame(watched.scales.reason)
            ended.append(watched)
    return ended


def interpreter() -> str:
    """The patch level of Python that was examined."""
    return f"{platform.python_implementation()} {platform.python_version()} on {sys.platform}"
