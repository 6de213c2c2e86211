"""A run in the words of its record: all that is known before the first block."""

from collections.abc import Iterable
from datetime import UTC, datetime

from packaging.requirements import Requirement

import patterns
from benchmarks.engine import beside
from benchmarks.engine.readers import baselines_of
from benchmarks.engine.settings import Settings
from benchmarks.plan.availability import absence, applies, needed
from benchmarks.plan.backends import BACKENDS, version_of
from benchmarks.plan.comparisons import Comparison, Plan
from benchmarks.plan.nothing import Nothing, nothing
from benchmarks.plan.promises import needs
from benchmarks.plan.provenance import fingerprint, revision, versions
from benchmarks.plan.workloads import questions
from results.record import FORMAT
from results.suite import AbsenceRecord, AlternativeRecord, FamilyRecord, NullRecord, SuiteRecord


def suite(plan: Plan, settings: Settings) -> SuiteRecord:
    """Everything that is known before the first block."""
    families = sorted({entry.family for entry in plan.comparisons} | {row["family"] for row in plan.absences})
    commit, dirty = revision()
    return {
        "format": FORMAT,
        "run": {
            "id": datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ"),
            "command": settings.command,
            "preset": settings.preset.name,
            "engine": settings.engine,
            "seed": settings.seed,
            "started": now(),
            "finished": "",
            "state": "running",
            "seconds": 0.0,
            "commit": commit,
            "dirty": dirty,
            "options": settings.options,
            "code": fingerprint(),
        },
        "families": {family: family_record(family) for family in families},
        "backends": {
            name: {
                "library": backend.library,
                "distribution": backend.distribution,
                "version": version_of(backend.distribution) or "" if backend.distribution else "",
                "why": backend.why,
                "problem": backend.problem(),
            }
            for name, backend in BACKENDS.items()
        },
        "versions": versions(families),
        "comparisons": [],
        "absences": [*plan.absences, *unreached(plan.comparisons, "the run was interrupted")],
        "unasked": [*plan.unasked],
        "passes": {
            name: found
            for name, found in beside.measures().items()
            if name in settings.preset.passes and settings.engine == "turns"
        },
    }


def family_record(family: str) -> FamilyRecord:
    """The words and sources of a family."""
    asked, contract = questions(family), patterns.contract(family)
    return {
        "doc": contract.doc,
        "group": contract.group,
        "neighbours": [{"family": entry.family, "why": entry.why} for entry in contract.neighbours],
        "needs": needs(family),
        "baseline": baselines_of(asked),
        "workloads": {
            workload.name: {
                "question": workload.question,
                "axis": workload.axis,
                "operation": workload.operation,
                "scale": list(workload.scale),
                "tallies": list(workload.tallies),
                "clock": workload.clock,
                "readings": [reading.record for reading in workload.readings],
                "null": null_record(family, workload.name),
                "presupposes": list(workload.presupposes),
            }
            for workload in asked.workloads
        },
        "alternatives": {entry.name: alternative_record(entry) for entry in patterns.alternatives(family)},
    }


def null_record(family: str, workload: str) -> NullRecord:
    """What a workload is measured around to show its own cost, or why it is not; empty where nobody said either."""
    match nothing(family, workload):
        case Nothing(what=what):
            return {"what": what}
        case str(reason) if reason:
            return {"why_not": reason}
    return {}


def alternative_record(entry: patterns.Alternative) -> AlternativeRecord:
    """The words and source of an alternative."""
    names = [Requirement(requirement).name for requirement in needed(entry)]
    return {
        "title": entry.title,
        "doc": entry.doc,
        "path": entry.path,
        "source": entry.source,
        "pattern_lines": len(entry.pattern.splitlines()),
        "sha256": entry.sha256,
        "library": entry.library,
        "kind": entry.kind,
        "requires": list(entry.requires),
        "versions": {name: version for name in names if (version := version_of(name))},
        "caveats": list(entry.caveats),
        "known_failures": [
            {
                "promise": failure.promise,
                "python": failure.python,
                "evidence": failure.evidence,
                "applies_to": [name for name in BACKENDS if applies(failure, name)],
            }
            for failure in entry.known_failures
        ],
    }


def now() -> str:
    """The moment, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def unreached(comparisons: Iterable[Comparison], reason: str) -> list[AbsenceRecord]:
    """The rows of comparisons that are not reached. They are there from the start: a killed run adds nothing."""
    return [
        absence(entry.family, entry.workload, entry.n, variant.alternative, variant.backend, "not measured", reason)
        for entry in comparisons
        for variant in entry.variants
        if variant.competes
    ]
