"""What the readers of a comparison will ask: its baselines, and who of its rows somebody may pick."""

from dataclasses import replace

import patterns
from benchmarks.engine.looks import Contender, Readers
from benchmarks.plan.availability import applies
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.comparisons import Comparison
from benchmarks.plan.promises import needs
from benchmarks.plan.workloads import Questions, questions
from results.eligibility import (
    YOURS,
    breaks,
    eligible,
    known_state,
    lane_of,
    needs_package,
    recommendable,
    unkept,
    usual,
)
from results.labels import Label, parsed
from results.safety import SafetyRecord, found_of


def readers_of(comparison: Comparison, safety: SafetyRecord | None = None) -> Readers:
    """What is asked of a comparison: its baselines, and those of its rows that somebody may pick."""
    able: dict[str, Contender] = {}
    known = needs(comparison.family)
    wanted = usual(known).union(questions(comparison.family).workload(comparison.workload).presupposes)
    entries = {entry.name: entry for entry in patterns.alternatives(comparison.family)}
    for variant in comparison.variants:
        if not variant.competes:
            continue
        entry = entries[variant.alternative]
        broken = broken_by(entry, variant.backend, safety)
        if recommendable(entry.kind, broken, known):
            lacks = {need["name"] for need in unkept(broken, known)}
            suits = entry.kind == YOURS or eligible(entry.kind, entry.caveats, broken, known, wanted)
            lane = lane_of(entry.kind, needs_package(entry.library, entry.requires))
            able[variant.label] = Contender(lane, frozenset(lacks.union(entry.caveats)), suits)
    return Readers(baseline_labels(comparison.family), able)


def labels_beside(comparison: Comparison, readers: Readers) -> set[str]:
    """Whose numbers beside time are asked for: who suits usual programs, and what those are compared with."""
    baselines = set(readers.baselines.values())
    return {
        variant.label
        for variant in comparison.variants
        if variant.is_null
        or str(parsed(variant.label).original) in baselines
        or ((contender := readers.contenders.get(variant.label)) and contender.usual)
    }


def growing(comparison: Comparison, safety: SafetyRecord | None = None) -> tuple[Comparison, Comparison]:
    """A comparison with those of its rows alone whose growth is asked for, as other numbers beside time; and the rest.

    A crossover is read by whoever chooses, among those that they may choose.
    """
    asked = labels_beside(comparison, readers_of(comparison, safety))
    kept = [variant for variant in comparison.variants if variant.here.label in asked]
    left = [variant for variant in comparison.variants if variant.here.label not in asked]
    return replace(comparison, variants=tuple(kept)), replace(comparison, variants=tuple(left))


def broken_by(entry: patterns.Alternative, backend: str, safety: SafetyRecord | None) -> list[str]:
    """The promises that an alternative breaks on a backend, as far as it was found or declares it."""
    found = found_of(safety, entry.family, entry.name, backend)
    declared = {failure.promise for failure in entry.known_failures if applies(failure, backend)}
    return [name for name in {*found, *declared} if breaks(known_state(found.get(name), name in declared))]


def baselines_of(asked: Questions) -> dict[str, str]:
    """The alternative that each backend's ratios are relative to."""
    return {
        name: asked.baseline[backend.library] for name, backend in BACKENDS.items() if backend.library in asked.baseline
    }


def baseline_labels(family: str) -> dict[str, str]:
    """The label that each backend's ratios are relative to."""
    return {name: str(Label(alternative, name)) for name, alternative in baselines_of(questions(family)).items()}
