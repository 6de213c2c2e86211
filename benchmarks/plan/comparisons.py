"""What will be measured: the comparisons of a run, each with the variants that are measured together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from benchmarks.plan.availability import variants_of
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.filters import Filters, askable, check_names, matches
from benchmarks.plan.nothing import Nothing, nothing
from benchmarks.plan.presets import MIDDLE, Preset
from benchmarks.plan.unasked import unasked
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import Questions, Workload, questions
from results.labels import NOTHING
from results.safety import UnaskedRecord
from results.suite import AbsenceRecord


@dataclass(frozen=True, slots=True)
class Comparison:
    """A family's workload at one n, with every variant that is measured together, twins and null rows among them."""

    family: str
    workload: str
    n: int
    variants: tuple[Variant, ...]

    @property
    def label(self) -> str:
        """What the progress bar shows."""
        return f"{self.family}/{self.workload} n={self.n}"

    @property
    def waits(self) -> bool:
        """Whether its workload does."""
        return questions(self.family).workload(self.workload).waits

    def under(self, preset: Preset) -> Preset:
        """What the preset is for blocks as long as the workload's may be."""
        return preset.for_blocks(questions(self.family).workload(self.workload).block_limit)

    @property
    def twin_of(self) -> str:
        """The label of the first variant whose second copy measures the noise, or an empty string."""
        return next((replace(variant, twin=0).label for variant in self.variants if variant.twin), "")


@dataclass(frozen=True, slots=True)
class Plan:
    """The comparisons in the order in which they are measured, and the rows that cannot have a number.

    ``unasked`` are those that can be asked nothing at all.
    """

    comparisons: tuple[Comparison, ...]
    absences: tuple[AbsenceRecord, ...]
    unasked: tuple[UnaskedRecord, ...] = ()

    @property
    def firsts(self) -> list[Comparison]:
        """The first comparison of each workload: the point at which verdicts are read, where it is measured."""
        found: dict[tuple[str, str], Comparison] = {}
        for comparison in self.comparisons:
            found.setdefault((comparison.family, comparison.workload), comparison)
        return [*found.values()]


def make_plan(filters: Filters, preset: Preset) -> Plan:
    """Cross families, workloads, the preset's points of the axis and variants; the middle points come first.

    Among them, those of the workloads that their families name first: a budget that ends early has the important ones.
    A workload takes part at the points that are on its own scale. Unless they are named, a preset may ask for no more
    workloads than all alternatives need, or show only one that grows. Raises UnknownNameError if a filter matches
    nothing.
    """
    check_names(filters)
    places: dict[tuple[str, str], int] = {}  # a workload's among those of its family
    comparisons: list[Comparison] = []
    absences: list[AbsenceRecord] = []
    for family in askable(filters.families):
        asked = questions(family)
        few = enough(family, filters, preset) if preset.few and not filters.workloads else None
        grows = True
        for place, workload in enumerate(asked.workloads):
            places[family, workload.name] = place
            if not matches(workload.name, filters.workloads) or (few is not None and workload.name not in few):
                continue
            variants, missing = variants_of(asked, workload, filters)
            everything = bool(filters.backends) or preset.everywhere
            here = [pair for pair in variants if everything or not BACKENDS[pair[1]].secondary]
            absences += [row for row in missing if everything or not BACKENDS[row["backend"]].secondary]
            wanted = filters.points or preset.for_blocks(workload.block_limit).points
            points = [n for n in workload.scale if n in wanted and (grows or n == MIDDLE)]
            if preset.grows_first and not (filters.points or filters.workloads):
                grows = grows and points == [MIDDLE]
            comparisons += [_comparison(asked, workload, n, here) for n in points]
    comparisons.sort(
        key=lambda entry: (
            max(entry.n, MIDDLE) / min(entry.n, MIDDLE),
            -entry.n,
            places[entry.family, entry.workload],
        )
    )
    return Plan(
        tuple(comparison for comparison in comparisons if comparison.variants),
        tuple(absences),
        tuple(unasked(filters, everywhere=preset.everywhere)),
    )


def enough(family: str, filters: Filters, preset: Preset) -> list[str]:
    """The names of as few workloads of a family as all take part in that could, each alternative on every loop."""
    asked = questions(family)
    points = {*(filters.points or preset.points)}
    who = {one.name: {*variants_of(asked, one, filters)[0]} for one in asked.workloads if points & {*one.scale}}
    found: list[str] = []
    left = set().union(*who.values())
    while left:
        found.append(max(who, key=lambda name: len(who[name] & left)))
        left -= who[found[-1]]
    return found


def _comparison(asked: Questions, workload: Workload, n: int, pairs: Iterable[tuple[str, str]]) -> Comparison:
    variants = [Variant(asked.family, workload.name, n, name, backend) for name, backend in pairs]
    twins = [
        Variant(asked.family, workload.name, n, variant.alternative, variant.backend, twin=1)
        for variant in variants
        if variant.alternative == asked.baseline.get(BACKENDS[variant.backend].library)
    ]
    has_null = isinstance(nothing(asked.family, workload.name), Nothing)
    nulls = [replace(twin, alternative=NOTHING, twin=0) for twin in twins if has_null]
    return Comparison(asked.family, workload.name, n, (*variants, *twins, *nulls))
