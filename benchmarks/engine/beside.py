"""The passes of a comparison: launches of their own beside the timed ones, and what they gave as pyperf benchmarks.

Their seeds are the same in every run: a count of work must not depend on an order that was drawn.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyperf

from benchmarks.engine.host import Host, run_session
from benchmarks.engine.passes import PASSES
from benchmarks.engine.turns import Launch, Outcome, imports_of
from benchmarks.engine.worker import PYPERF_UNITS
from benchmarks.plan.comparisons import Comparison
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions
from results.suite import ComparisonRecord, PassRecord, ReadingRecord
from results.times import MEASURE, TALLY, VARYING, WORK

STEP = 10  # times as many operations are in flight at the second point of a fresh pass
SLOW = 1.5  # seconds for a call there; who needs more for ten times the work is left out of the pass
LEAST_BYTE = 1.0  # an operation that adds less counts as one that adds a byte: pyperf knows no zero, and ratios neither

Rounds = list[dict[str, float]]  # what a label gave in a launch, turn by turn


@dataclass
class Beside:
    """What the passes over a comparison gave: their records, and benchmarks by pass."""

    passes: dict[str, PassRecord] = field(default_factory=dict)
    benchmarks: dict[str, list[pyperf.Benchmark]] = field(default_factory=dict)


def measures() -> dict[str, list[ReadingRecord]]:
    """What each pass measures, for the record."""
    return {name: list(one.measures) for name, one in PASSES.items()}


def take(comparison: Comparison, record: ComparisonRecord, launches: Mapping[str, int], terms: Launch) -> Beside:
    """Take passes over a comparison that was timed, each in so many launches.

    All that gave a time take part, with the loops that they were timed with; ``terms`` holds the limits of a launch.
    """
    variants = [variant for variant in comparison.variants if variant.label in record["loops"]]
    template = replace(terms, loops=record["loops"], variants=variants)
    taken: dict[str, dict[str, dict[int, Rounds]]] = {name: {} for name in launches}
    missing: dict[str, dict[str, str]] = {name: {} for name in launches}
    for name in launches:
        if reason := _why_not(comparison, name):
            missing[name] = {variant.label: reason for variant in variants}
    began = time.perf_counter()
    for number in range(max(launches.values(), default=0)):
        asked = {name: missing[name] for name in launches if number < launches[name]}
        session = [replace(one, number=number, seed=number) for one in _session(comparison, template, asked)]
        if not session:
            continue
        with Host(number, imports_of(variants)) as host:
            host.wait()
            outcomes = run_session(session, host)
        for name in asked:
            ours = [outcome for one, outcome in zip(session, outcomes, strict=True) if one.beside == name]
            missing[name] |= {failure.label: failure.reason for outcome in ours for failure in outcome.failures}
            for label, rounds in (_joined(name, comparison.n, ours) if ours else {}).items():
                taken[name].setdefault(label, {})[number] = rounds
    share = (time.perf_counter() - began) / max(1, sum(launches.values()))
    beside = Beside()
    for name, by_label in taken.items():
        whole = {variant: by_label.get(variant.label, {}) for variant in variants if variant.label not in missing[name]}
        beside.benchmarks[name] = [one for variant, found in whole.items() for one in _benchmarks(name, variant, found)]
        beside.passes[name] = {
            "launches": launches[name],
            "seconds": share * launches[name],
            "measured": [variant.label for variant, found in whole.items() if found],
            "missing": missing[name],
        }
    return beside


def _why_not(comparison: Comparison, name: str) -> str:
    """Why a pass cannot be taken over a comparison, or an empty string."""
    more = STEP * comparison.n
    if reason := PASSES[name].why_not(comparison.family, comparison.workload):
        return reason
    if PASSES[name].fresh and more not in questions(comparison.family).workload(comparison.workload).scale:
        return f"it takes n = {more:,}, too, which this workload is not asked at"
    return ""


def _session(comparison: Comparison, template: Launch, names: Mapping[str, Collection[str]]) -> list[Launch]:
    """The launches of some passes, without those who have failed in them.

    Where a process of its own is needed for a turn, there is one at each of two points of the axis.
    """
    found = []
    for name, without in names.items():
        one = PASSES[name]
        variants = [variant for variant in template.variants if variant.label not in without]
        limit = min(template.turn_limit, SLOW) if one.fresh else template.turn_limit
        for n in (comparison.n, STEP * comparison.n) if one.fresh else (comparison.n,):
            at = [replace(variant, n=n) for variant in variants]
            found += [replace(template, beside=name, rounds=one.rounds, variants=at, turn_limit=limit)] if at else []
    return found


def _joined(name: str, n: int, outcomes: Sequence[Outcome]) -> dict[str, Rounds]:
    """What a pass gave in a launch, by label: of a fresh one what each further operation adds."""
    if not PASSES[name].fresh:
        (outcome,) = outcomes
        return outcome.beside
    few, many = outcomes
    more = STEP * n - n
    return {
        label: [
            {measure: max(LEAST_BYTE, (high[measure] - low[measure]) / more) for measure in low}
            for low, high in zip(few.beside[label], many.beside[label], strict=True)
        ]
        for label in few.beside.keys() & many.beside.keys()
    }


def _benchmarks(name: str, variant: Variant, launches: Mapping[int, Rounds]) -> list[pyperf.Benchmark]:
    """A benchmark for each measure of a pass; of work a single one, whose numbers are its tallies."""
    if not launches:
        return []
    if name == WORK:
        return [_counted(variant, launches)]
    return [
        pyperf.Benchmark(
            [_run(variant, one, launch, [turn[one["name"]] for turn in rounds]) for launch, rounds in launches.items()]
        )
        for one in PASSES[name].measures
    ]


def _counted(variant: Variant, launches: Mapping[int, Rounds]) -> pyperf.Benchmark:
    """Blocks in which one operation was counted again and again; what was not the same in each of them varies."""
    blocks = [block for rounds in launches.values() for block in rounds]
    first = blocks[0]
    varying = [name for name in first if any(block[name] != first[name] for block in blocks)]
    tallies = {f"{TALLY}{name}": count for name, count in first.items()}
    said = {**tallies, VARYING: ", ".join(varying)} if varying else tallies
    record: ReadingRecord = {"name": WORK, "title": "blocks counted", "unit": "count", "better": "neither"}
    return pyperf.Benchmark([_run(variant, record, 0, [1.0] * len(blocks), **said)])


def _run(variant: Variant, one: ReadingRecord, launch: int, values: Sequence[float], **more: object) -> pyperf.Run:
    metadata = {
        **variant.metadata,
        "name": f"{variant.benchmark}: {one['title']}",
        "launch": launch,
        MEASURE: one["name"],
        "unit": PYPERF_UNITS[one["unit"]],
        **more,
    }
    return pyperf.Run(list(values), metadata=metadata, collect_metadata=False)
