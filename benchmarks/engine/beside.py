"""The passes of a comparison: launches of their own beside the timed ones, and what they gave as pyperf benchmarks.

A launch takes all passes that are due, one after another by the same workers: to start a worker takes longer than most
passes do. The seeds are the same in every run: a count of work must not depend on an order that was drawn.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyperf

from benchmarks.engine.host import Hosts, kept_or_own, run_session
from benchmarks.engine.passes import PASSES
from benchmarks.engine.taking import PassTerms
from benchmarks.engine.turns import Launch
from benchmarks.engine.worker import PYPERF_UNITS
from benchmarks.plan.comparisons import Comparison
from benchmarks.plan.variants import Variant
from results.suite import PassRecord, ReadingRecord
from results.times import MEASURE, TALLY, VARYING, WORK

PASSED_OVER = "usual programs cannot pick it, so only its work is counted; the preset `thorough` looks at all"
Rounds = list[dict[str, float]]  # what a label gave in a launch, turn by turn


@dataclass
class Beside:
    """What the passes over a comparison gave: their records, and benchmarks by pass."""

    passes: dict[str, PassRecord] = field(default_factory=dict)
    benchmarks: dict[str, list[pyperf.Benchmark]] = field(default_factory=dict)


def measures() -> dict[str, list[ReadingRecord]]:
    """What each pass measures, for the record."""
    return {name: list(one.measures) for name, one in PASSES.items()}


def take(
    comparison: Comparison,
    loops: Mapping[str, int],
    launches: Mapping[str, int],
    terms: Launch,
    looked_at: Collection[str] | None = None,
    hosts: Hosts | None = None,
) -> Beside:
    """Take passes over a comparison that was timed, each in so many launches.

    All that gave a time take part, with the ``loops`` that they were timed with, in every environment; but only the
    work of those is counted that are not among the labels to be ``looked_at``. ``terms`` holds the limits of a launch.
    Who takes passes over more comparisons of a family brings ``hosts``, which took nothing else: each launch has the
    hash seed of its number.
    """
    variants = [variant for variant in comparison.variants if variant.label in loops]
    template = replace(terms, loops=dict(loops), variants=variants)
    taken: dict[str, dict[str, dict[int, Rounds]]] = {name: {} for name in launches}
    missing: dict[str, dict[str, str]] = {name: {} for name in launches}
    for name in launches:
        if reason := PASSES[name].why_not(comparison.family, comparison.workload, comparison.n):
            missing[name] = {variant.label: reason for variant in variants}
        elif looked_at is not None and name != WORK:
            missing[name] = {one.label: PASSED_OVER for one in variants if one.label not in looked_at}
    began = time.perf_counter()
    for number in range(max(launches.values(), default=0)):
        due = [name for name in PASSES if number < launches.get(name, 0)]
        terms_of = [_terms(name, variants, missing[name], template.turn_limit) for name in due]
        playing = {label for one in terms_of for label in one.labels}
        if not playing:
            continue
        seated = [variant for variant in variants if variant.label in playing]
        launch = replace(template, variants=seated, beside=terms_of, number=number, seed=number)
        with kept_or_own(hosts, seated) as ours:
            (outcome,) = run_session([launch], *ours.ready([launch]))
        for name in due:
            missing[name] |= outcome.unable.get(name, {})
            for label, rounds in outcome.beside.get(name, {}).items():
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


def _terms(name: str, variants: Sequence[Variant], missing: Collection[str], limit: float) -> PassTerms:
    """A pass over all variants but those who have failed in it."""
    labels = [variant.label for variant in variants if variant.label not in missing]
    return PassTerms(name, labels, min(limit, PASSES[name].limit))


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
