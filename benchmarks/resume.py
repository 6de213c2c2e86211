"""Going on with a run that was interrupted or killed: which one, and whether what it measured still fits."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import patterns
from benchmarks.engine.budget import shared
from benchmarks.engine.described import now
from benchmarks.engine.engines import Measured, first_launch
from benchmarks.engine.extra import Standing
from benchmarks.engine.looks import by_launch, label_of
from benchmarks.engine.settings import Settings
from benchmarks.machines.hosts import is_here
from benchmarks.options import Options, spelled
from benchmarks.plan.comparisons import Comparison, Plan
from benchmarks.plan.environments import There
from benchmarks.plan.filters import UnknownNameError
from benchmarks.plan.including import take_in
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.provenance import KIND, fingerprint, machine, machine_folder, versions
from benchmarks.recording import is_of
from benchmarks.run import looked_at
from benchmarks.telling import clock
from benchmarks.words import seconds_of
from results.files import RecordError
from results.labels import Label
from results.record import Writer, read_machine, read_suite
from results.safety import SafetyRecord
from results.suite import ComparisonRecord, RunRecord, SuiteRecord

SAME = ("hostname", *KIND)


class CannotResumeError(Exception):
    """A run that cannot be gone on with; the message says why."""


def newest_unfinished(root: Path, budget: str = "") -> Path:
    """The newest run of this machine that did not come to its end, or has used less than a ``budget`` if one is given.

    Raises CannotResumeError if there is none. And if a newer one cannot be read: who meant that one would find an older
    one measured to its end.
    """
    folder = machine_folder(root)
    for path in sorted(folder.glob("*/suite.json"), reverse=True):
        try:
            run = read_suite(path)["run"]
            if run["state"] != "complete" or has_more(run, budget):
                return path.parent
        except RecordError as error:
            raise CannotResumeError(f"{error}; name the run to go on with: --resume RUN") from error
    raise CannotResumeError(f"there is no unfinished run in {folder}; a complete one goes on with a longer --budget")


def has_more(run: RunRecord, budget: str | None) -> bool:
    """Whether a budget is given that is longer than what a run has used: then it goes on after its end, too."""
    return seconds_of(budget) > run["seconds"] if budget else False


def environments_of(directory: Path) -> Sequence[str]:
    """The environments that a run was started with, as they were written; raises RecordError if it cannot be read."""
    return read_suite(directory / "suite.json")["run"].get("options", {}).get("environment") or ()


def reopen(directory: Path, given: Mapping[str, Any], checked: Callable[[Options], Options]) -> tuple[Writer, Options]:
    """The record of an unfinished run, to be gone on with, and what it was asked for, ``checked`` like any options.

    ``given`` holds the options that were written beside ``--resume``. Raises CannotResumeError if the run is complete
    and is given no more time, or if something has changed since, and RecordError if the record cannot be read. Until
    then nothing is written.
    """
    suite = read_suite(directory / "suite.json")
    _take_in_again(directory, suite)
    if why := next(_reasons(directory, suite, given), None):
        raise CannotResumeError(f"{directory} {why}")
    options = suite["run"]["options"]
    options["scheduler"] = given.get("scheduler") or options.get("scheduler", "")
    options["budget"] = given.get("budget") or options.get("budget", "")
    asked = checked(Options(**options))
    writer = Writer.reopen(directory)
    run = writer.suite["run"]
    run["options"] = options
    run["state"], run["finished"] = "running", ""
    run.setdefault("resumed", []).append(now())
    writer.save()
    return writer, asked


def _take_in_again(directory: Path, suite: SuiteRecord) -> None:
    try:
        take_in(suite["run"].get("options", {}).get("include") or ())
    except UnknownNameError as error:
        raise CannotResumeError(f"{directory} cannot be gone on with: {error}") from error


def remembered(plan: Plan, settings: Settings, writer: Writer, safety: SafetyRecord | None) -> Iterator[Standing]:
    """What is known of the comparisons that the record holds: where their verdicts are open, they get extra launches.

    They are looked at as they were after their planned launches; ``safety`` is as for ``measure``.
    """
    for comparison in plan.comparisons:
        record = next((entry for entry in writer.suite["comparisons"] if is_of(entry, comparison)), None)
        if comparison.n == MIDDLE and settings.preset.extra and record and record.get("walls"):
            yield _remembered(comparison, record, settings, writer, safety)


def _remembered(
    comparison: Comparison, record: ComparisonRecord, settings: Settings, writer: Writer, safety: SafetyRecord | None
) -> Standing:
    (terms,) = shared(1.0, [comparison], settings, math.inf)
    variants = [variant for variant in comparison.variants if variant.label in record["loops"]]
    again = replace(
        first_launch(comparison, terms), variants=variants, loops=record["loops"], untimed=record.get("untimed", {})
    )
    planned = Measured(benchmarks=writer.held(record), launches=record["launches"], walls=record["walls"])
    standing = looked_at(comparison, again, planned, safety)
    for benchmark in writer.held(record, extra=True):
        launches = by_launch(benchmark)
        standing.times[label_of(benchmark)] |= launches
        standing.played[label_of(benchmark)] = len(launches)
        standing.next_number = max(standing.next_number, *(number + 1 for number in launches))
    extra = record.get("extra")
    if extra:
        standing.seconds, standing.timed_seconds = extra["seconds"], extra["timed_seconds"]
    lost = {
        str(Label(row["alternative"], row["backend"])) for row in writer.suite["absences"] if is_of(row, comparison)
    }
    standing.pairs = [pair for pair in standing.pairs if lost.isdisjoint((pair.over, pair.under))]
    return standing


def check_environments(there: Iterable[There], writer: Writer) -> None:
    """Raise CannotResumeError if another environment is not what it was when the run began."""
    for one in there:
        known = writer.elsewhere.get(one.name)
        if known is None or known.suite["versions"] != one.suite["versions"]:
            raise CannotResumeError(f"{writer.directory} was started with another environment {one.name}")


def _reasons(directory: Path, suite: SuiteRecord, given: Mapping[str, Any]) -> Iterator[str]:
    run = suite["run"]
    more = has_more(run, given.get("budget"))
    if run["state"] == "complete" and not more:
        yield f"is complete, after {clock(run['seconds'])}: a longer --budget beside --resume would go on"
    options = run.get("options")
    if options is None:
        yield "was recorded before runs could be resumed"
        return
    for name, value in given.items():
        moved = name == "scheduler" and value and options.get(name)  # hosts must be alike, wherever their scheduler is
        longer = name == "budget" and more
        if options.get(name) != value and not moved and not longer:
            yield f"was started with {spelled(name, options.get(name))}, not with {spelled(name, value)}"
    if is_here(given.get("scheduler") or options.get("scheduler", "")):
        yield from _moved(directory)
    yield from _changed(suite)


def _moved(directory: Path) -> Iterator[str]:
    here, there = machine(), read_machine(directory)
    for name in SAME:
        if here.get(name) != there.get(name):
            was, now_is = (" ".join(str(one.get(name)).split()) for one in (there, here))
            yield f"is of another machine or Python: {name} was {was}, is {now_is}"


def _changed(suite: SuiteRecord) -> Iterator[str]:
    present = versions(suite["families"])
    for name, version in suite["versions"].items():
        if present.get(name) != version:
            yield f"was started with {name} {version}, now there is {present.get(name, 'none')}"
    for family, record in suite["families"].items():
        here = {entry.path: entry.sha256 for entry in patterns.alternatives(family)}
        there = {entry["path"]: entry["sha256"] for entry in record["alternatives"].values()}
        for path in sorted(here.keys() | there.keys()):
            if here.get(path) != there.get(path):
                yield f"does not fit any more: {path} has changed since"
    if suite["run"].get("code") != fingerprint():
        yield "does not fit any more: patterns or benchmarks have changed since"
