"""What a run says on standard error: what it will do, how far it has come, and what came of it."""

import platform
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
)
from rich.text import Text

from benchmarks.engine.patience import CLOCK
from benchmarks.plan.backends import BACKENDS, version_of
from benchmarks.plan.comparisons import Plan
from benchmarks.plan.workloads import questions
from benchmarks.words import errors
from results.commands import through_tox
from results.safety import FindingRecord, SafetyRecord, UnaskedRecord, hindrance
from results.suite import SuiteRecord

PAUSE = 30.0  # seconds between two lines of a check, which has hundreds of short steps
MOST_NAMED = 6  # of what was not reached; the record has them all


class Step(Protocol):
    """How far something has come: ``number`` of ``total`` is done, ``label`` is under way."""

    @property
    def number(self) -> int:
        """How many are done."""

    @property
    def total(self) -> int:
        """Of how many."""

    @property
    def label(self) -> str:
        """What is under way."""


class Pace:
    """Knows when something began, must end, and should: moments of the program's clock, infinite where nobody knows."""

    def __init__(self, deadline: float, expected: float = float("inf")) -> None:
        """It begins now."""
        self.began = CLOCK.now()
        self.deadline = deadline
        self.expected = expected

    def expect(self, seconds: float) -> None:
        """It should take so many more seconds from now, as is known by now."""
        self.expected = CLOCK.now() + seconds

    def left(self, number: float, total: float | None) -> str:
        """``about 3:20 left`` until it should have ended, then ``at most 3:20 left``.

        Without a deadline only the steps so far tell, and nothing does before the first.
        """
        now = CLOCK.now()
        if now < self.expected < self.deadline:
            return f"about {clock(self.expected - now)} left"
        if self.deadline < float("inf"):
            return f"at most {clock(max(0.0, self.deadline - now))} left"
        return f"about {clock((now - self.began) / number * (total - number))} left" if number and total else ""


class TimeLeft(ProgressColumn):
    """What a pace leaves, which nobody has to announce."""

    def __init__(self, pace: Pace) -> None:
        """Of what the bar stands for."""
        super().__init__()
        self.pace = pace

    def render(self, task: Task) -> Text:
        """What the bar shows."""
        return Text(self.pace.left(task.completed, task.total))


class Teller:
    """Says how far something has come: a bar on a terminal, elsewhere a line at a step, but not too often."""

    def __init__(self, bar: Progress, what: str, pace: Pace, pause: float) -> None:
        """``what`` stands before each label; between two lines there is a ``pause`` of so many seconds."""
        self.bar = bar
        self.what = what
        self.pace = pace
        self.pause = pause
        self.told = pace.began
        self.task = bar.add_task(what, total=None)

    @contextmanager
    def telling(self, what: str, pause: float) -> Iterator[Self]:
        """Something else is under way until the block ends, and is told on the same bar."""
        before = self.what, self.pause
        self.what, self.pause = what, pause
        try:
            yield self
        finally:
            self.what, self.pause = before

    def tell(self, step: Step) -> None:
        """A step begins."""
        label = f"{self.what}{step.label}"
        self.bar.update(self.task, completed=step.number, total=step.total, description=label)
        if not errors.is_terminal and CLOCK.now() - self.told >= self.pause:
            self.told = CLOCK.now()
            left = self.pace.left(step.number, step.total)
            said = ", ".join(filter(None, (f"{step.number} of {step.total}", left)))
            errors.say(f"{label} ({said})")


@contextmanager
def progress(
    what: str = "", deadline: float = float("inf"), pause: float = 0.0, expected: float = float("inf")
) -> Iterator[Teller]:
    """Show how far something has come until the block ends, once a second: something is being measured."""
    pace = Pace(deadline, expected)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeLeft(pace),
    )
    with Progress(
        *columns, console=errors, disable=not errors.is_terminal, transient=True, refresh_per_second=1
    ) as bar:
        yield Teller(bar, what, pace, pause)


def heading(plan: Plan, preset: str, seconds: float, expected: float = float("inf")) -> list[str]:
    """What is about to be measured, on what, and what that should take, and takes at most."""
    used = {variant.backend for comparison in plan.comparisons for variant in comparison.variants}
    loops = [
        " ".join(filter(None, (name, version_of(backend.distribution) if backend.distribution else "")))
        for name, backend in BACKENDS.items()
        if name in used
    ]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    count = len(plan.comparisons)
    should = f"about {clock(expected)}, " if expected < seconds else ""
    lines = [
        f"{python} at {sys.executable}; {', '.join(loops)}",
        f"{preset} preset: {count} {'comparison' if count == 1 else 'comparisons'}, {should}at most {clock(seconds)}",
    ]
    if through_tox():
        lines.insert(1, "another Python: tox -e bench -x testenv:bench.base_python=/path/to/python -- ...")
    return lines


def unmeasured(suite: SuiteRecord) -> dict[str, list[str]]:
    """The comparisons that were not reached, by the reason; not those of which a preset measures some rows alone."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    reached = {(entry["family"], entry["workload"], entry["n"]) for entry in suite["comparisons"]}
    for row in suite["absences"]:
        label = f"{row['family']}/{row['workload']} n={row['n']}"
        whole = (row["family"], row["workload"], row["n"]) not in reached
        if whole and row["state"] == "not measured" and label not in found[row["reason"]]:
            found[row["reason"]].append(label)
    return {reason: labels for reason, labels in found.items() if labels}


def unasked(safety: SafetyRecord) -> dict[str, list[str]]:
    """The alternatives that were not asked everything, by the reason; not those that could be asked nothing."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    hindered = {_label(record) for record in safety.get("unasked", ())}
    for finding in safety["findings"]:
        label = _label(finding)
        if finding["state"] == "not tested" and label not in {*hindered, *found[finding["reason"]]}:
            found[finding["reason"]].append(label)
    return {reason: labels for reason, labels in found.items() if labels}


def hindrances(records: Iterable[UnaskedRecord]) -> list[str]:
    """A line for each file or family with a mistake, and one for each thing that is not here."""
    lines: dict[str, None] = {}
    missing: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        if record["state"] == "not here":
            missing[record["reason"]].append(_label(record))
        else:
            lines[hindrance(record)] = None
    return [*lines, *(f"not here: {reason}: {named(labels)}" for reason, labels in missing.items())]


def tell_hindrances(records: Iterable[UnaskedRecord]) -> None:
    """Say what cannot be asked, and why."""
    for line in hindrances(records):
        errors.say(line)


def without_baseline(plan: Plan) -> list[str]:
    """A line for each family whose baseline is not here: nothing is faster or slower than what has no time."""
    lines: dict[str, None] = {}
    for record in plan.unasked:
        if record["state"] != "not here" or (backend := BACKENDS[record["backend"]]).problem():
            continue  # where there is no loop, there is nobody else either
        if record["alternative"] == questions(record["family"]).baseline.get(backend.library):
            what = f"{record['alternative']}, the baseline on {backend.name}, is not here"
            lines[f"no verdicts on {record['family']}: {what}"] = None
    return [*lines]


def _label(record: FindingRecord | UnaskedRecord) -> str:
    return f"{record['family']}/{record['alternative']}@{record['backend']}"


def counted(safety: SafetyRecord) -> str:
    """What the findings come to: promises kept and broken, as was known or is new, and what could not be asked."""
    told = Counter(_kind(finding) for finding in safety["findings"])
    kinds = ("kept", "known failures", "new failures", "declared failures that passed", "facts", "not applicable")
    always = ("kept", "known failures", "new failures")
    return ", ".join(f"{told[kind]} {kind}" for kind in (*kinds, "not tested") if told[kind] or kind in always)


def _kind(finding: FindingRecord) -> str:
    match finding["state"], finding["declared"]:
        case "FAIL", True:
            return "known failures"
        case "FAIL", False:
            return "new failures"
        case "pass", True:
            return "declared failures that passed"
        case "pass", False:
            return "kept"
        case "yes" | "no", _:
            return "facts"
        case state, _:
            return state


def not_reached(groups: dict[str, list[str]]) -> list[str]:
    """A line for each reason: how much, why, and the first few by name."""
    return [f"not reached: {len(names)} ({reason}): {named(names)}" for reason, names in groups.items()]


def named(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def share_kept(safety: SafetyRecord) -> str:
    """How much of a check was known before."""
    return f"{safety['kept']} findings kept from an earlier check, {safety['asked']} asked"


def unexpected(found_so: Iterable[FindingRecord]) -> None:
    """Name findings that contradict what their alternatives say of themselves."""
    for found in found_so:
        where = f"{_label(found)} {found['promise']}"
        failed = f"failed, undeclared: {found['reason']}"
        what = failed if found["state"] == "FAIL" else "passed, but is declared to fail"
        errors.say(f"unexpected: {where}: {what}")


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
