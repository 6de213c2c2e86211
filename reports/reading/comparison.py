"""Two runs side by side: how far each ratio moved, with an interval, of times and of what was measured beside them.

Counts of work are exact, and are compared as they are.
Absolute times of two runs are never compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from operator import itemgetter

from reports.reading.family import TIME
from reports.reading.floor import Floor, floor, floor_beside, louder
from reports.reading.measured import Comparison, Measurements, Variant, clock_of
from reports.reading.wording import compact, plural, ratio_of, speed_of
from results.labels import NOTHING
from results.statistics import Pool, edge_p, estimate, holm, shift, shift_p
from results.verdicts import Judgement, worded

MACHINE = ("cpu_model_name", "cpu_count", "platform", "hostname")  # what makes two machines one
Key = tuple[str, str, int]


class IncomparableError(Exception):
    """Two runs that say nothing about each other; the message says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row: the ratio of a variant to its baseline in both runs, and how far it moved; or why nothing can be said.

    ``beside`` says that it is no time: it became less or more then, and not faster or slower.
    """

    variant: Variant
    before: Judgement | None = None
    after: Judgement | None = None
    moved: Judgement | None = None
    reason: str = ""
    beside: bool = False

    @property
    def word(self) -> str:
        """What became of it: a word of a judgement, or not compared."""
        return self.moved.word if self.moved else "not compared"

    @property
    def sentence(self) -> str:
        """The change in numbers, or the reason why there are none."""
        if self.moved is None:
            return self.reason
        text = speed_of(self.moved)
        return text.replace("faster", "less").replace("slower", "more") if self.beside else text

    @property
    def said(self) -> str:
        """The word as it is printed."""
        return {"faster": "less", "slower": "more"}.get(self.word, self.word) if self.beside else self.word

    @property
    def ratios(self) -> tuple[str, str]:
        """The ratio in the first and in the second run, each with its interval."""
        return _ratio(self.before), _ratio(self.after)

    def marked(self, what: str) -> str:
        """The change as the row itself tells it; ``what`` was measured."""
        return f"{f'{what} ' if self.beside else ''}{self.sentence} against the baseline"


@dataclass(frozen=True, slots=True)
class Counted:
    """A row whose count per operation is another one, which is exact: no noise makes a count."""

    variant: Variant
    name: str
    before: float
    after: float

    @property
    def word(self) -> str:
        """What became of it, as of a time."""
        return "faster" if self.after < self.before else "slower"

    @property
    def said(self) -> str:
        """The word as it is printed."""
        return "less" if self.after < self.before else "more"

    @property
    def sentence(self) -> str:
        """What was counted, and how far it moved."""
        return f"{compact(abs(self.after - self.before))} {self.said} {self.name}"

    @property
    def ratios(self) -> tuple[str, str]:
        """The counts themselves: nothing is relative to anything."""
        return compact(self.before), compact(self.after)

    def marked(self, what: str) -> str:  # noqa: ARG002  a count says what it is of
        """The change as the row itself tells it."""
        return self.sentence


@dataclass(frozen=True, slots=True)
class Section:
    """One comparison on one loop by one measure: its rows, and why verdicts are withheld, if they are.

    ``clock`` says which time they are of, or what was measured beside it. Of counts, which are ``exact``, there are the
    rows alone that changed.
    """

    family: str
    workload: str
    n: int
    backend: str
    baseline: str
    clock: str
    rows: tuple[Change | Counted, ...] = ()
    noisy: str = ""
    beside: bool = False
    exact: bool = False

    @property
    def label(self) -> str:
        """A heading."""
        what = f", {self.clock}" if self.beside else ""
        return f"{self.family}/{self.workload} n={self.n} on {self.backend}{what}"


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that two runs allow to say; ``remarks`` names what they do not share.

    ``counts`` is how many counts of work were compared: those that are the same have no row.
    """

    before: Measurements
    after: Measurements
    sections: tuple[Section, ...]
    counts: int = 0
    remarks: tuple[str, ...] = field(default=())

    def count(self, word: str) -> int:
        """How many rows have that word, but those of counts."""
        return sum(row.word == word for section in self.sections if not section.exact for row in section.rows)

    @property
    def counted(self) -> str:
        """What became of the counts of work: ``3 of 812 counts of work changed``."""
        moved = sum(len(section.rows) for section in self.sections if section.exact)
        return f"{moved:,} of {plural(self.counts, 'count')} of work changed"


def compare(
    before: Measurements, after: Measurements, *, other_machine: bool = False, changed_source: bool = False
) -> Changes:
    """Compare two runs, row by row.

    Raises IncomparableError for runs of different machines or Pythons unless ``other_machine``, and for runs that share
    no comparison. A row whose source changed in between is not compared unless ``changed_source``.
    """
    different = list(_differences(before, after))
    if different and not other_machine:
        raise IncomparableError(f"the runs are not from one machine: {'; '.join(different)} (--other-machine compares)")
    shared = before.comparisons.keys() & after.comparisons.keys()
    sections = tuple(
        section
        for key in sorted(shared)
        for measure in (TIME, *_shared_measures(before, after, key))
        for section in _sections(before, after, key, measure, changed_source)
    )
    if not sections:
        raise IncomparableError("the runs have no comparison in common")
    counted = [one for key in sorted(shared) for one in _counts(before, after, key, changed_source)]
    exact = (_exact(key, found) for key, found in groupby(counted, itemgetter(0)))
    remarks = (*different, *_version_remarks(before, after))
    moved = tuple(section for sections_of_key in exact for section in sections_of_key)
    return Changes(before, after, (*sections, *moved), len(counted), remarks)


def _counts(before: Measurements, after: Measurements, key: Key, changed_source: bool) -> Iterator[tuple[Key, Counted]]:
    """What both runs counted of the same code, by loops and alternatives; the workload around nothing is no row."""
    old, new = (run.comparisons[key].work for run in (before, after))
    rows = [variant for variant in old.keys() & new.keys() if variant.alternative != NOTHING]
    for variant in sorted(rows, key=lambda one: (one.backend, one.alternative)):
        if changed_source or not _source_changed(before, after, key, variant):
            for name, count in old[variant].items():
                other = new[variant].get(name)
                if count is not None and other is not None:  # one that varies is no number
                    yield key, Counted(variant, name, count, other)


def _exact(key: Key, found: Iterable[tuple[Key, Counted]]) -> Iterator[Section]:
    """A section for each loop on which a count changed."""
    moved = [one for _, one in found if one.before != one.after]
    for loop, rows in groupby(moved, lambda one: one.variant.backend):
        yield Section(*key, loop, "", "counts of work", tuple(rows), beside=True, exact=True)


def _source_changed(before: Measurements, after: Measurements, key: Key, variant: Variant) -> bool:
    sources = [run.run.suite["families"][key[0]]["alternatives"] for run in (before, after)]
    return len({entries[variant.alternative]["sha256"] for entries in sources}) > 1


def _differences(before: Measurements, after: Measurements) -> Iterator[str]:
    here, there = before.run.machine, after.run.machine
    for name in (*MACHINE, "python_implementation", "python_version"):
        if here.get(name) != there.get(name):
            yield f"{name.replace('_', ' ')} {here.get(name)} and {there.get(name)}"


def _version_remarks(before: Measurements, after: Measurements) -> Iterator[str]:
    """A line for each package of which they had two versions, and one for those that only one of them had."""
    old, new = before.run.suite["versions"], after.run.suite["versions"]
    for name in sorted(old.keys() & new.keys() - {"python"}):
        if old[name] != new[name]:
            yield f"{name} {old[name]} before, {new[name]} after"
    for when, mine, others in (("before", old, new), ("after", new, old)):
        if alone := sorted(mine.keys() - others.keys() - {"python"}):
            yield f"only {when}: {', '.join(f'{name} {mine[name]}' for name in alone)}"


def _shared_measures(before: Measurements, after: Measurements, key: Key) -> list[str]:
    """What both runs measured beside time here, of which less is better."""
    old, new = before.comparisons[key].measures, after.comparisons[key].measures
    return [name for name in _titles(after) if name in old and name in new]


def _titles(run: Measurements) -> dict[str, str]:
    """What the passes of a run measure of which less is better, by name."""
    every = (one for described in run.run.suite.get("passes", {}).values() for one in described)
    return {one["name"]: one["title"] for one in every if one["better"] == "lower"}


@dataclass(frozen=True, slots=True)
class _Side:
    """One of two runs: a comparison of it by one measure, and what is noise there."""

    run: Measurements
    whole: Comparison
    measure: str

    @property
    def comparison(self) -> Comparison:
        """That of the measure."""
        return self.whole if self.measure == TIME else self.whole.measures[self.measure]

    def floor(self, backend: str) -> Floor:
        """What the same code shows, measured twice."""
        return floor(self.whole, backend) if self.measure == TIME else floor_beside(self.whole, self.measure, backend)


def _sections(
    before: Measurements, after: Measurements, key: Key, measure: str, changed_source: bool
) -> Iterator[Section]:
    family, workload, n = key
    old, new = (_Side(run, run.comparisons[key], measure) for run in (before, after))
    times = [*sorted(old.comparison.times), *sorted(new.comparison.times)]
    for backend in dict.fromkeys(variant.backend for variant in times):
        name = before.run.suite["families"][family]["baseline"].get(backend)
        if name is None or name != after.run.suite["families"][family]["baseline"].get(backend):
            continue
        baseline = Variant(name, backend)
        if baseline not in old.comparison.times or baseline not in new.comparison.times:
            continue
        noisy = _noise(old, new, backend)
        rows = _rows(old, new, key, baseline, changed_source)
        yield Section(
            family,
            workload,
            n,
            backend,
            name,
            _clock(after, key) if measure == TIME else _titles(after)[measure],
            tuple(_withheld(rows) if noisy else rows),
            noisy,
            beside=measure != TIME,
        )


def _clock(run: Measurements, key: Key) -> str:
    return clock_of(run.run.suite["families"][key[0]]["workloads"][key[1]])


def _rows(first: _Side, second: _Side, key: Key, baseline: Variant, changed_source: bool) -> Iterator[Change]:
    before, after, beside = first.run, second.run, first.measure != TIME
    old, new = first.comparison, second.comparison

    def changed(variant: Variant) -> bool:
        return not changed_source and _source_changed(before, after, key, variant)

    samples: dict[Variant, tuple[list[float], list[float]]] = {}
    silent: dict[Variant, str] = {}
    for variant in sorted({*old.times, *new.times}):
        if variant.backend != baseline.backend or variant == baseline:
            continue
        if variant not in old.times or variant not in new.times:
            silent[variant] = f"only in the {'second' if variant in new.times else 'first'} run"
        elif not beside and _clock(before, key) != _clock(after, key):
            silent[variant] = f"{_clock(before, key)} in the first run, {_clock(after, key)} in the second"
        elif changed(variant) or changed(baseline):
            whose = "its" if changed(variant) else "the baseline's"
            silent[variant] = f"{whose} source changed in between (--changed-source compares)"
        else:
            samples[variant] = old.log_ratios(variant, baseline), new.log_ratios(variant, baseline)
    edge = louder(*(side.floor(baseline.backend) for side in (first, second)))
    pools = old.pool(baseline), new.pool(baseline)
    moved = _judged(samples, edge, pools)
    for variant in sorted({*samples, *silent}):
        if variant in silent:
            yield Change(variant, reason=silent[variant], beside=beside)
        else:
            early, late = samples[variant]
            alone = _alone(early, edge, pools[0]), _alone(late, edge, pools[1])
            yield Change(variant, *alone, moved[variant], beside=beside)


def _judged(
    samples: dict[Variant, tuple[list[float], list[float]]], edge: float, pools: tuple[Pool, Pool]
) -> dict[Variant, Judgement]:
    estimates = {variant: shift(*pair, pools) for variant, pair in samples.items()}
    adjusted = holm(
        {
            variant.label: edge_p(found.centre, edge, partial(shift_p, *samples[variant], pools=pools))
            for variant, found in estimates.items()
        }
    )
    return {
        variant: worded(found, adjusted[variant.label], len(estimates), edge) for variant, found in estimates.items()
    }


def _alone(values: list[float], edge: float, pool: Pool) -> Judgement:
    return worded(estimate(values, pool), 1.0, 1, edge)


def _ratio(judgement: Judgement | None) -> str:
    if judgement is None:
        return ""
    centre, interval = ratio_of(judgement)
    return f"{centre} [{interval}]" if interval else centre


def _noise(old: _Side, new: _Side, backend: str) -> str:
    """Why nothing is said about changes of this comparison, or an empty string."""
    for which, side in (("first", old), ("second", new)):
        if reason := side.floor(backend).reason:
            return f"in the {which} run {reason}"
    return ""


def _withheld(rows: Iterable[Change]) -> Iterator[Change]:
    """The rows without their words: where nothing tells noise from difference, ratios do not say what changed."""
    for row in rows:
        known = row.moved and row.moved.low is not None
        yield replace(row, moved=replace(row.moved, word="withheld", why="")) if row.moved and known else row


def marks(changes: Changes) -> dict[tuple[str, str, int, Variant], tuple[str, ...]]:
    """What became of the rows that changed, for the pages of the later run: family, workload, n and variant."""
    found: dict[tuple[str, str, int, Variant], tuple[str, ...]] = {}
    since = changes.before.run.suite["run"]["id"]
    for section in changes.sections:
        for row in section.rows:
            if row.word in ("faster", "slower"):
                key = section.family, section.workload, section.n, row.variant
                found[key] = (*found.get(key, ()), f"changed since {since}: {row.marked(section.clock)}")
    return found
