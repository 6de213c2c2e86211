"""What writes into the record of a run: what was measured as soon as it is done, and what was not, and why."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks.engine.apart import comparison_in
from benchmarks.engine.described import now, suite, unreached
from benchmarks.engine.engines import Measured
from benchmarks.engine.extra import Standing
from benchmarks.engine.settings import Settings
from benchmarks.plan.availability import absence
from benchmarks.plan.comparisons import Comparison, Plan
from benchmarks.plan.provenance import machine, machine_folder
from benchmarks.plan.workloads import questions
from results.record import Writer
from results.suite import FAILED, AbsenceRecord, ComparisonRecord, SuiteRecord


def open_record(plan: Plan, settings: Settings, where: Mapping[str, Any] | None = None) -> Writer:
    """The record of a run that is about to begin, on this machine or on that one; raises OSError if it has no place."""
    record = suite(plan, settings)
    if settings.environment:
        record["run"]["environment"] = settings.environment
    writer = Writer(directory(settings.root), dict(where or machine()), record)
    for one in settings.there:
        writer.add_environment(one.name, one.machine, one.suite)
    return writer


def directory(root: Path) -> Path:
    """A fresh run directory below this machine's."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
    path = machine_folder(root) / stamp
    return path if not path.exists() else path.with_name(f"{stamp}-{random.randrange(16**4):04x}")


def records(writer: Writer) -> Iterator[tuple[str, Writer]]:
    """The records that a run writes, by environment: its own, which has no name, and those within it."""
    yield "", writer
    yield from writer.elsewhere.items()


def finished(writer: Writer, comparison: Comparison) -> bool:
    """Whether the record holds a comparison."""
    return any(is_of(entry, comparison) for entry in writer.suite["comparisons"])


def is_of(record: ComparisonRecord | AbsenceRecord, comparison: Comparison) -> bool:
    """Whether a record, or a row without a number, is of a comparison."""
    return (record["family"], record["workload"], record["n"]) == (
        comparison.family,
        comparison.workload,
        comparison.n,
    )


def keep(writer: Writer, comparison: Comparison, measured: Measured, host: str = "") -> None:
    """Record a comparison: its failures as rows with a reason, its times as pyperf benchmarks.

    And the ``host`` that measured it, where that was another than the one that records.
    """
    forget(writer, comparison)
    keep_failures(writer, comparison, measured)
    record: ComparisonRecord = {
        "family": comparison.family,
        "workload": comparison.workload,
        "n": comparison.n,
        "launches": measured.launches,
        "rounds": measured.rounds,
        "loops": measured.loops,
        "untimed": measured.untimed,
        "twin_of": comparison.twin_of,
        "seconds": measured.seconds,
        "timed_seconds": measured.timed_seconds,
        "conditions": measured.conditions,
        "walls": measured.walls,
    }
    if host:
        record["host"] = host
    writer.add(record, measured.benchmarks, measured.readings)


def keep_failures(writer: Writer, comparison: Comparison, measured: Measured) -> None:
    """Record the variants that gave no number as rows with a reason."""
    by_label = {variant.label: variant for variant in comparison.variants}
    for label, failure in measured.failures.items():
        variant = by_label[label]
        if not variant.competes:
            continue
        row = absence(
            comparison.family,
            comparison.workload,
            comparison.n,
            variant.alternative,
            variant.backend,
            failure.state,
            failure.reason,
        )
        if failure.seconds is not None:
            operations = questions(comparison.family).workload(comparison.workload).operations(comparison.n)
            row["seconds"] = failure.seconds / operations
        writer.suite["absences"].append(row)


def keep_extra(writer: Writer, one: Standing, measured: Measured) -> None:
    """Record what launches beyond the planned ones gave."""
    record = next(entry for entry in writer.suite["comparisons"] if is_of(entry, one.comparison))
    record["extra"] = {"launches": one.played, "seconds": one.seconds, "timed_seconds": one.timed_seconds}
    record.setdefault("conditions", []).extend(measured.conditions)
    keep_failures(writer, one.comparison, measured)
    writer.add_extra(record, measured.benchmarks, measured.readings)


def skip_rest(writer: Writer, todo: Iterable[Iterable[Comparison]], budget: float) -> None:
    """Name the sessions that were not reached before all of the ``budget`` was spent, which is in seconds."""
    skip(writer, chain.from_iterable(todo), f"the budget of {budget:.0f} s was spent")


def skip(writer: Writer, comparisons: Iterable[Comparison], reason: str) -> None:
    """Name the comparisons that are not measured, or those of their rows, in each environment."""
    for comparison in comparisons:
        for name, one in records(writer):
            here = comparison_in(name, comparison)
            forget(one, here)
            one.suite["absences"] += unreached([here], reason)


def forget(writer: Writer, comparison: Comparison) -> None:
    """Take out the rows of a comparison that say that they were not reached."""
    rows = {(variant.alternative, variant.backend) for variant in comparison.variants}
    writer.suite["absences"] = [
        row
        for row in writer.suite["absences"]
        if row["state"] != "not measured"
        or not is_of(row, comparison)
        or (row["alternative"], row["backend"]) not in rows
    ]


def close(writer: Writer) -> None:
    """End a record, and those within it: as interrupted, unless everything was done."""
    run = writer.suite["run"]
    if run["state"] != "complete":
        run["state"] = "interrupted"
    run["finished"] = now()
    for _, one in records(writer):
        ended = one.suite["run"]
        ended["state"], ended["finished"], ended["seconds"] = run["state"], run["finished"], run["seconds"]
        one.save()


def undeclared_failures(record: SuiteRecord) -> list[str]:
    """One line for every way in which an alternative failed without saying that it would: its first row."""
    found: dict[tuple[str, ...], list[AbsenceRecord]] = defaultdict(list)
    for row in record["absences"]:
        if row["state"] in FAILED and not row["declared"]:
            found[row["family"], row["alternative"], row["state"], row["reason"]].append(row)
    return [
        f"{variant}{point}: {first['state']}: {first['reason']}{f' (and in {more} more)' if more else ''}"
        for first, more in ((rows[0], len(rows) - 1) for rows in found.values())
        for variant in [f"{first['family']}/{first['workload']}/{first['alternative']}@{first['backend']}"]
        for point in ["" if first["n"] is None else f" n={first['n']}"]
    ]
