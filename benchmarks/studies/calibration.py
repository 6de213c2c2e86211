"""How often verdicts are wrong on this machine: ``python -m benchmarks.studies.calibration``.

One session measures many copies of a baseline as a run does: calibrated, in turns, in the time that a run has for so
many rows, two of them together what the others are compared with; who is known well enough leaves. Copies that do the
same must not differ (false positives). In sessions of another kind some do 1, 2 or 5 % more work, which must be just
what is seen (coverage), and be noticed (power); their loops are given, so that one percent of them is a whole number.
Pairs of copies are measured alone, too, in turns and by stock pyperf in its own order and judged with its own test. All
of that happens on the machine as it is, and again beside a busy process on each core. Real comparisons, measured twice,
show how often a settled verdict turns round.

Every session is a line in a file as soon as it is done; a run that is called again goes on where it stopped.
"""

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import pvariance
from typing import Annotated, Any, Self

import typer
from pyperf._utils import is_significant  # the test behind `pyperf compare_to`
from rich.table import Table

import patterns
from benchmarks.engine.cost import COST
from benchmarks.engine.engines import (
    Measured,
    Series,
    Terms,
    first_launch,
    launch_again,
    measure_in_turns,
    played,
    stock,
)
from benchmarks.engine.looks import Contender, Readers, Times, judged, needed, times_of
from benchmarks.engine.readers import baseline_labels, readers_of
from benchmarks.engine.table import Failure
from benchmarks.engine.turns import Launch
from benchmarks.plan.comparisons import Comparison, make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import MIDDLE, PRESETS
from benchmarks.plan.subjects import subjects
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions
from benchmarks.studies.command import run_study
from benchmarks.studies.engine_cost import busy_neighbours
from results import record
from results.labels import Label, parsed
from results.statistics import LEVEL, Pool, centre_p, launch_log_ratios, pooled
from results.terminal import Terminal
from results.verdicts import OPEN, Word, edge_of, judge, noise, reach

# One alternative for each loop, of different families, and the loops of its block: one percent of them is a whole
# number.
SUBJECTS = {copied: loops for family in patterns.families() for copied, loops in subjects(family).copies.items()}
BASELINES = 2  # copies that are compared with, as a baseline and its twin are
EQUAL = 8  # copies that do the same
BESIDE = 5  # of them beside those that do more
PLANTED = (1, 2, 5)  # percent more work
PRESET = PRESETS["standard"]
LAUNCHES = PRESET.launches
ROUNDS = 3  # of blocks whose loops are given, which are longer than others
PAIR_LAUNCHES = 10
PAIR_SECONDS = 15.0  # for one pair: what telling 2 % is allowed to take
STOCK_PROCESSES = 10
FLIPPED = {(family, workload) for family in patterns.families() for workload in subjects(family).twice}
FLIP_SECONDS = 15.0

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happened in each of several sessions: ``hits`` of ``trials``, of all sessions alike."""

    hits: tuple[int, ...]
    trials: int

    @classmethod
    def of(cls, found: Iterable[Iterable[bool]]) -> Self:
        """What happened, session by session; one that could not show it is left out."""
        sessions = [answers for one in found if (answers := list(one))]
        return cls(tuple(map(sum, sessions)), len(sessions[0]) if sessions else 1)

    @property
    def count(self) -> int:
        """Trials in all."""
        return self.trials * len(self.hits)

    @property
    def share(self) -> float:
        """The rate itself; not a number without trials."""
        return sum(self.hits) / self.count if self.hits else math.nan

    def interval(self) -> tuple[float, float]:
        """Where the true rate lies: Wilson's at 95 %, for as many trials as are left of what is alike in a session."""
        if not self.hits:
            return 0.0, 1.0
        z, n = 1.96, self.count / self._alike()
        middle = (self.share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(self.share * (1 - self.share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def _alike(self) -> float:
        """By how much the rates of sessions scatter more than if their trials were independent; 1 at least.

        The rows of a session share a baseline, so that one false alarm seldom comes alone.
        """
        chance = self.share * (1 - self.share) / self.trials
        if len(self.hits) < 2 or not chance:
            return 1.0
        return max(1.0, pvariance([hits / self.trials for hits in self.hits]) / chance)

    def __str__(self) -> str:
        """In percent, with the interval and the count."""
        low, high = (100 * end for end in self.interval())
        return f"{100 * self.share:.1f} % [{low:.1f}, {high:.1f}] of {self.count:,}" if self.hits else "not measured"


def baselines() -> list[tuple[Comparison, Variant]]:
    """Every family's baseline in each of its workloads and on each loop, at the middle point."""
    plan = make_plan(Filters(points=(MIDDLE,)), PRESET).comparisons
    return [
        (comparison, variant)
        for comparison in plan
        for label in dict.fromkeys(baseline_labels(comparison.family).values())
        for variant in comparison.variants
        if variant.label == label
    ]


class Copies(Series):
    """The launches of copies of one alternative, of which some leave as rows of a run do.

    The first is the baseline and the second its twin. The others stand for so many alternatives, every second of them
    one that may be picked. Where a launch gives their loops, whoever has more of them does more.
    """

    def __init__(self, launch: Launch) -> None:
        """The first launch is about to come."""
        self._loops = launch.loops  # later ones have loops that were chosen, which is no more work
        self._names = {variant.label: str(standing_for(variant)) for variant in launch.variants}
        super().__init__(launch, readers_of_copies(launch.variants))

    def needed(self, times: Times, played: int) -> set[str]:
        """Who stays, as if each were an alternative of its own."""
        shown = {self._names[label]: found for label, found in whole(times, self._loops).items()}
        playing = {self._names[variant.label] for variant in self.launch.variants}
        kept = needed(shown, playing, self.readers, played)
        return {label for label, name in self._names.items() if name in kept}


def standing_for(copy: Variant) -> Label:
    """The row that a copy stands for."""
    label = parsed(copy.label)
    return label if copy.twin < BASELINES else Label(f"copy_{copy.twin}", label.backend)


def readers_of_copies(copies: Sequence[Variant]) -> Readers:
    """What is asked of them: the first one is what all are compared with."""
    able = {str(standing_for(copy)): Contender("copy") for copy in copies if copy.twin >= BASELINES and copy.twin % 2}
    return Readers({copies[0].backend: copies[0].label}, able)


def equal(comparison: Comparison, subject: Variant, seed: int) -> Line:
    """Measure copies of a baseline as a run does: the log ratios, one per launch, to the first two of them.

    Where one of them gives no number there are none, but the reason (``missing``): such a session is counted nowhere.
    """
    copies = [replace(subject, twin=number) for number in range(BASELINES + EQUAL)]
    terms = Terms(PRESET, PRESET.row_seconds * len(copies), seed, readers=readers_of_copies(copies))
    launch = first_launch(replace(comparison, variants=tuple(copies)), terms)
    (measured,) = played([Copies(launch)], range(launch.launches))
    name = f"{subject.family}/{subject.workload}/{subject.label}"
    for failure in measured.failures.values():
        return {"subject": name, "missing": failure.reason, "seconds": measured.seconds}
    times = times_of(measured.benchmarks)
    return {
        "subject": name,
        "loops": measured.loops[subject.label],
        "twin": ratios(times, copies[:1], copies[1]),
        "rows": [ratios(times, copies[:BASELINES], copy) for copy in copies[BASELINES:]],
        "seconds": measured.seconds,
    }


def planted(subject: Variant, seed: int) -> Line:
    """Measure copies of an alternative of which some do more: the log ratios, one per launch, of all of them."""
    same, more = range(BASELINES + BESIDE), range(BASELINES + BESIDE, BASELINES + BESIDE + len(PLANTED))
    copies = [replace(subject, twin=number) for number in (*same, *more)]
    loops = [loops_of(subject)] * len(same) + [loops_of(subject, percent) for percent in PLANTED]
    (measured,) = played([Copies(given(copies, loops, seed, ROUNDS))], range(LAUNCHES))
    times = whole(times_of(complete(measured).benchmarks), measured.loops)
    rows = [ratios(times, copies[:BASELINES], copy) for copy in copies[BASELINES:]]
    return {
        "rows": rows[:BESIDE],
        "planted": dict(zip(map(str, PLANTED), rows[BESIDE:], strict=True)),
        "seconds": measured.seconds,
    }


def whole(times: Times, loops: Mapping[str, int]) -> Times:
    """Times of whole blocks where loops are given: pyperf divides by them, and what a copy does more of is gone."""
    return {
        label: {launch: [value * loops.get(label, 1) for value in values] for launch, values in found.items()}
        for label, found in times.items()
    }


def ratios(times: Times, under: Sequence[Variant], over: Variant) -> list[float]:
    """The log ratios of a copy to several others, one per launch."""
    found = launch_log_ratios([times[over.label]], [times[copy.label] for copy in under])
    return [round(value, 7) for value in found]


def loops_of(subject: Variant, more: int = 0) -> int:
    """The loops of a block that does so many percent more work."""
    return SUBJECTS[subject] * (100 + more) // 100


def in_turns(copies: Sequence[Variant], loops: Sequence[int], seed: int, launches: int, rounds: int) -> Measured:
    """Measure copies with these loops per block."""
    return complete(launch_again(given(copies, loops, seed, rounds), 0, launches))


def given(copies: Sequence[Variant], loops: Sequence[int], seed: int, rounds: int) -> Launch:
    """A launch of copies that calibrates nothing."""
    of = {copy.label: count for copy, count in zip(copies, loops, strict=True)}
    return Launch(list(copies), 0, seed, rounds, 1.0, 10.0, math.inf, launches=LAUNCHES, loops=of)


def complete(measured: Measured) -> Measured:
    """What was measured, unless a copy gave no number."""
    if measured.failures:
        raise RuntimeError("; ".join(f"{failure.label}: {failure.reason}" for failure in measured.failures.values()))
    return measured


def pair(subject: Variant, seed: int, seconds: float = PAIR_SECONDS) -> Line:
    """Measure two copies alone, one of which does 2 % more, with as many rounds as fit into those seconds."""
    copies, loops = [replace(subject, twin=number) for number in range(2)], [loops_of(subject), loops_of(subject, 2)]
    probe = in_turns(copies, loops, seed, 1, ROUNDS)
    one_round = probe.timed_seconds / ROUNDS + COST.gap * len(copies)
    starting = probe.seconds - ROUNDS * one_round
    rounds = max(1, int((seconds / PAIR_LAUNCHES - starting) / one_round))
    measured = in_turns(copies, loops, seed, PAIR_LAUNCHES, rounds)
    times = whole(times_of(measured.benchmarks), measured.loops)
    return {"rows": [], "planted": {"2": ratios(times, copies[:1], copies[1])}, "seconds": measured.seconds}


def stock_pair(subject: Variant, seed: int) -> Line:  # noqa: ARG001  pyperf draws its own
    """Measure two copies as pyperf does, one after the other, and ask pyperf's own test."""
    started = time.monotonic()
    first, second = (stock(subject, STOCK_PROCESSES, 0.004, 10.0) for _ in range(2))
    if isinstance(first, Failure) or isinstance(second, Failure):
        raise RuntimeError(f"pyperf could not measure {subject.label}")
    one, other = first.get_values(), second.get_values()
    significant, _ = is_significant(one, other)
    return {
        "significant": bool(significant),
        "noticed": {str(more): bool(is_significant(one, slowed(other, more))[0]) for more in PLANTED},
        "difference": sum(other) / len(other) / (sum(one) / len(one)) - 1,
        "seconds": time.monotonic() - started,
    }


def slowed(values: Sequence[float], more: int) -> list[float]:
    """What a copy would have shown that does so many percent more: pyperf chooses the loops, so it is only computed."""
    return [value * (1 + more / 100) for value in values]


def flips(number: int, seed: int) -> Line:
    """Measure one real comparison twice; the words of its rows against each baseline, both times."""
    preset = PRESETS["quick"]
    every = make_plan(Filters(points=(MIDDLE,)), preset).comparisons
    plan = [entry for entry in every if (entry.family, entry.workload) in FLIPPED]
    comparison = plan[number % len(plan)]
    baselines = questions(comparison.family).baseline.values()
    words: list[dict[str, Word]] = []
    for again in range(2):
        terms = Terms(preset, FLIP_SECONDS, seed + 1000 * again, readers=readers_of(comparison))
        (measured,) = measure_in_turns([comparison], [terms])
        times = times_of(measured.benchmarks)
        here = [label for label in map(parsed, times) if label.alternative in baselines and label.competes]
        words.append(
            {
                f"{pair.over} / {pair.under}": found.word
                for under in here
                for rows in [[row for row in map(parsed, times) if row.backend == under.backend and row.competes]]
                for pair, found in judged(times, [str(row) for row in rows if row != under], str(under)).items()
            }
        )
    return {"comparison": comparison.label, "words": words}


def false_positives(lines: Iterable[Line]) -> Rate:
    """Equal copies whose interval excludes zero."""
    return Rate.of([excludes(row, pooled(line["rows"]), 0.0) for row in line["rows"]] for line in lines)


def excludes(row: Sequence[float], pool: Pool, truth: float) -> bool:
    """Whether the interval of a row does not hold the truth."""
    return centre_p(row, truth, pool) <= 1 - LEVEL


def false_winners(lines: Iterable[Line]) -> Rate:
    """Sessions in which any of the equal copies is called faster or slower, by the edge that the twin sets."""
    return Rate.of([any(called(line))] for line in lines)


def called(line: Line) -> list[bool]:
    """Which rows of a session would be called faster or slower."""
    found = noise(line["twin"], line["rows"])
    edge = edge_of(reach(found.estimate) if found else None)
    return [one.word in ("faster", "slower") for one in judge(dict(enumerate(line["rows"])), edge).values()]


def pool_of(line: Line) -> Pool:
    """How the rows of a session scatter, those that do more among them."""
    return pooled([*line["rows"], *line["planted"].values()])


def coverage(lines: Iterable[Line], more: int) -> Rate:
    """Planted slow-downs whose interval holds the truth."""
    truth = math.log1p(more / 100)
    return Rate.of([not excludes(line["planted"][str(more)], pool_of(line), truth)] for line in lines)


def power(lines: Iterable[Line], more: int) -> Rate:
    """Planted slow-downs that are told from zero."""
    return Rate.of([excludes(line["planted"][str(more)], pool_of(line), 0.0)] for line in lines)


def noticed(lines: Iterable[Line], more: int) -> Rate:
    """Stock pairs that pyperf's own test calls different when one of them is so much slower."""
    return Rate.of([line["noticed"][str(more)]] for line in lines)


def turned(lines: Iterable[Line]) -> Rate:
    """Rows that were settled both times, and differently."""
    pairs = [
        (first[row], second[row])
        for line in lines
        for first, second in [line["words"]]
        for row in sorted(first.keys() & second.keys())
        if OPEN.isdisjoint((first[row], second[row]))
    ]
    return Rate.of([one != other] for one, other in pairs)


def lines_of(path: Path) -> list[Line]:
    """What has been measured so far; a line that a crash left incomplete is measured again."""
    if not path.exists():
        return []
    whole = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [json.loads(line) for line in whole]


def collect(path: Path, kind: str, wanted: int, machine: str, measure: Callable[[int, int], Line]) -> None:
    """Measure until there are as many lines of a kind as are wanted; each is written at once."""
    known = lines_of(path)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in known), encoding="utf-8")
    have = {line["number"] for line in known if (line["kind"], line["machine"]) == (kind, machine)}
    for number in range(wanted):
        if number in have:
            continue
        with busy_neighbours() if machine == "busy" else nullcontext():
            line = measure(number, 7919 * number + 1)
        line = {"kind": kind, "machine": machine, "number": number, **line}
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line)}\n")


def table(path: Path) -> Table:
    """The error rates of what has been measured so far."""
    lines = lines_of(path)
    shown = Table("question", "quiet", "busy neighbours", title_justify="left")

    def row(question: str, kind: str, rate: Callable[[list[Line]], Rate]) -> None:
        chosen = [
            [line for line in lines if (line["kind"], line["machine"]) == (kind, machine) and "missing" not in line]
            for machine in ("quiet", "busy")
        ]
        shown.add_row(question, *(str(rate(some)) for some in chosen))

    row("equal rows called different at 5 %", "equal", false_positives)
    row("tables of equal rows with any false winner", "equal", false_winners)
    for more in PLANTED:
        row(f"interval holds a planted {more} %", "planted", partial(coverage, more=more))
    for more in PLANTED:
        row(f"a planted {more} % is noticed", "planted", partial(power, more=more))
    row(f"a planted 2 % is noticed within {PAIR_SECONDS:.0f} s for a pair", "pair", partial(power, more=2))
    row("settled verdicts that differ the second time", "flips", turned)
    row(
        "stock pyperf: equal pairs called different at 5 %",
        "stock",
        lambda some: Rate.of([line["significant"]] for line in some),
    )
    for more in PLANTED:
        row(f"stock pyperf: {more} % more is noticed", "stock", partial(noticed, more=more))
    return shown


def main(
    sessions: Annotated[
        int, typer.Option(min=0, help="sessions on the quiet machine, and as many on a busy one")
    ] = 130,
    pairs: Annotated[
        int, typer.Option(min=0, help="pairs measured alone, in turns and in pyperf's stock order, quiet and busy")
    ] = 40,
    twice: Annotated[int, typer.Option(min=0, help="real comparisons that are measured twice")] = 8,
    output: Annotated[Path, typer.Option(help="where the lines go, and where it goes on")] = record.HERE
    / "calibration.jsonl",
) -> None:
    """Measure how often verdicts are wrong here; hours at the defaults, and it may be stopped at any time."""
    every = baselines()

    def subject(number: int) -> Variant:
        return list(SUBJECTS)[number % len(SUBJECTS)]

    for machine in ("quiet", "busy"):
        collect(output, "equal", sessions, machine, lambda number, seed: equal(*every[number % len(every)], seed))
        collect(output, "planted", sessions, machine, lambda number, seed: planted(subject(number), seed))
        collect(output, "pair", pairs, machine, lambda number, seed: pair(subject(number), seed))
        collect(output, "stock", pairs, machine, lambda number, seed: stock_pair(subject(number), seed))
    collect(output, "flips", twice, "quiet", flips)
    Terminal(width=120).print(table(output))


if __name__ == "__main__":
    run_study(main)
