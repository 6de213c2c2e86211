"""How often verdicts are wrong on this machine: ``python -m benchmarks.studies.calibration``.

One session measures many copies of one alternative in turns, as a comparison does. Copies that do the same must not
differ (false positives); copies that do 1, 2 or 5 % more work must show just that (coverage), and be noticed (power).
Pairs of copies are measured alone, too, in turns and by stock pyperf in its own order and judged with its own test. All
of that happens on the machine as it is, and again beside a busy process on each core. Real comparisons, measured twice,
show how often a settled verdict turns round.

Every session is a line in a file as soon as it is done; a run that is called again goes on where it stopped.
"""

import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from pyperf._utils import is_significant  # the test behind `pyperf compare_to`
from rich.table import Table

import patterns
from benchmarks.engine.cost import COST
from benchmarks.engine.engines import Measured, Terms, launch_again, measure_in_turns, stock
from benchmarks.engine.extra import by_launch, judged, label_of
from benchmarks.engine.turns import Failure, Launch
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import MIDDLE, PRESETS
from benchmarks.plan.subjects import subjects
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions
from benchmarks.studies.command import run_study
from benchmarks.studies.engine_cost import busy_neighbours
from results import record
from results.labels import parsed
from results.statistics import LEVEL, estimate, launch_log_ratios, two_sided_p
from results.terminal import Terminal
from results.verdicts import OPEN, Word, judge

# One alternative for each loop, of different families, and the loops of its block: one percent of them is a whole
# number, and the tenth of a millisecond that a block takes longer after the others' turns is little beside 5 to 7.
SUBJECTS = {copied: loops for family in patterns.families() for copied, loops in subjects(family).copies.items()}
COPIES = 10  # that do the same: five pairs, and nine rows against the first
PLANTED = (1, 2, 5)  # percent more work
LAUNCHES = 10
ROUNDS = 6
PAIR_SECONDS = 15.0  # for one pair: what telling 2 % is allowed to take
STOCK_PROCESSES = 10
FLIPPED = {(family, workload) for family in patterns.families() for workload in subjects(family).twice}
FLIP_SECONDS = 15.0

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happened; the interval is Wilson's, at 95 %."""

    hits: int
    trials: int

    @property
    def share(self) -> float:
        """The rate itself; not a number without trials."""
        return self.hits / self.trials if self.trials else math.nan

    def interval(self) -> tuple[float, float]:
        """Where the true rate lies."""
        if not self.trials:
            return 0.0, 1.0
        z, n = 1.96, self.trials
        middle = (self.share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(self.share * (1 - self.share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        """In percent, with the interval and the count."""
        low, high = (100 * end for end in self.interval())
        return f"{100 * self.share:.1f} % [{low:.1f}, {high:.1f}] of {self.trials}" if self.trials else "not measured"


def copies_of(subject: Variant) -> list[Variant]:
    """The copies of a session: first those that do the same, then one for each planted slow-down."""
    return [
        Variant(subject.family, subject.workload, subject.n, subject.alternative, subject.backend, twin=number)
        for number in range(COPIES + len(PLANTED))
    ]


def session(subject: Variant, seed: int, launches: int = LAUNCHES, rounds: int = ROUNDS) -> Line:
    """Measure the copies of one alternative in turns: log ratios, one per launch, of equal and of planted pairs."""
    copies = copies_of(subject)
    loops = [loops_of(subject)] * COPIES + [loops_of(subject, more) for more in PLANTED]
    ratios, measured = in_turns(copies, loops, seed, launches, rounds)
    return {
        "equal": [ratios(number + 1, number) for number in range(0, COPIES, 2)],
        "rows": [ratios(number, 0) for number in range(1, COPIES)],
        "planted": {str(more): ratios(COPIES + at, 0) for at, more in enumerate(PLANTED)},
        "seconds": measured.seconds,
    }


def loops_of(subject: Variant, more: int = 0) -> int:
    """The loops of a block that does so many percent more work."""
    return SUBJECTS[subject] * (100 + more) // 100


def in_turns(
    copies: Sequence[Variant], loops: Sequence[int], seed: int, launches: int, rounds: int
) -> tuple[Callable[[int, int], list[float]], Measured]:
    """Measure copies with these loops per block; returns the log ratios of any two, one per launch, and the rest."""
    labels = [copy.label for copy in copies]
    of = dict(zip(labels, loops, strict=True))
    launch = Launch(list(copies), 0, seed, rounds, 1.0, 10.0, math.inf, loops=of)
    measured = launch_again(launch, 0, launches)
    if measured.failures:
        raise RuntimeError("; ".join(f"{failure.label}: {failure.reason}" for failure in measured.failures.values()))
    # pyperf divides by the loops: what a planted copy does more of would be gone.
    times = {
        label: {launch: [value * of[label] for value in values] for launch, values in by_launch(benchmark).items()}
        for benchmark in measured.benchmarks
        for label in [label_of(benchmark)]
    }

    def ratios(over: int, under: int) -> list[float]:
        found = launch_log_ratios(times[labels[over]], times[labels[under]])
        return [round(value, 7) for value in found]

    return ratios, measured


def pair(subject: Variant, seed: int, seconds: float = PAIR_SECONDS) -> Line:
    """Measure two copies alone, one of which does 2 % more, with as many rounds as fit into those seconds."""
    copies, loops = copies_of(subject)[:2], [loops_of(subject), loops_of(subject, 2)]
    _, probe = in_turns(copies, loops, seed, 1, ROUNDS)
    one_round = probe.timed_seconds / ROUNDS + COST.gap * len(copies)
    starting = probe.seconds - ROUNDS * one_round
    ratios, measured = in_turns(copies, loops, seed, LAUNCHES, max(1, int((seconds / LAUNCHES - starting) / one_round)))
    return {"planted": {"2": ratios(1, 0)}, "seconds": measured.seconds}


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
        (measured,) = measure_in_turns([comparison], [Terms(preset, FLIP_SECONDS, seed + 1000 * again)])
        times = {label_of(benchmark): by_launch(benchmark) for benchmark in measured.benchmarks}
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
    """Pairs of equal copies whose interval excludes zero."""
    p_values = [two_sided_p(pair, 0.0) for line in lines for pair in line["equal"]]
    return Rate(sum(p <= 1 - LEVEL for p in p_values), len(p_values))


def false_winners(lines: Iterable[Line]) -> Rate:
    """Sessions in which any of the equal copies is called faster or slower than the first."""
    lines = list(lines)
    return Rate(sum(any(called(line["rows"])) for line in lines), len(lines))


def called(rows: Sequence[Sequence[float]]) -> list[bool]:
    """Which rows of a table would be called faster or slower."""
    return [found.word in ("faster", "slower") for found in judge(dict(enumerate(rows))).values()]


def coverage(lines: Iterable[Line], more: int) -> Rate:
    """Planted slow-downs whose interval holds the truth."""
    truth = math.log1p(more / 100)
    intervals = [estimate(line["planted"][str(more)]).interval for line in lines]
    return Rate(sum(one is not None and one.low <= truth <= one.high for one in intervals), len(intervals))


def power(lines: Iterable[Line], more: int) -> Rate:
    """Planted slow-downs that are told from zero."""
    p_values = [two_sided_p(line["planted"][str(more)], 0.0) for line in lines]
    return Rate(sum(p <= 1 - LEVEL for p in p_values), len(p_values))


def noticed(lines: Iterable[Line], more: int) -> Rate:
    """Stock pairs that pyperf's own test calls different when one of them is so much slower."""
    found = [line["noticed"][str(more)] for line in lines]
    return Rate(sum(found), len(found))


def turned(lines: Iterable[Line]) -> Rate:
    """Rows that were settled both times, and differently."""
    pairs = [
        (first[row], second[row])
        for line in lines
        for first, second in [line["words"]]
        for row in first.keys() & second.keys()
        if OPEN.isdisjoint((first[row], second[row]))
    ]
    return Rate(sum(one != other for one, other in pairs), len(pairs))


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
            [line for line in lines if (line["kind"], line["machine"]) == (kind, machine)]
            for machine in ("quiet", "busy")
        ]
        shown.add_row(question, *(str(rate(some)) for some in chosen))

    row("equal pairs called different at 5 %", "session", false_positives)
    row("tables of equal rows with any false winner", "session", false_winners)
    for more in PLANTED:
        row(f"interval holds a planted {more} %", "session", partial(coverage, more=more))
    for more in PLANTED:
        row(f"a planted {more} % is noticed", "session", partial(power, more=more))
    row(f"a planted 2 % is noticed within {PAIR_SECONDS:.0f} s for a pair", "pair", partial(power, more=2))
    row("settled verdicts that differ the second time", "flips", turned)
    row(
        "stock pyperf: equal pairs called different at 5 %",
        "stock",
        lambda some: Rate(sum(line["significant"] for line in some), len(some)),
    )
    for more in PLANTED:
        row(f"stock pyperf: {more} % more is noticed", "stock", partial(noticed, more=more))
    return shown


def main(
    sessions: Annotated[
        int, typer.Option(min=0, help="sessions on the quiet machine, and as many on a busy one")
    ] = 200,
    pairs: Annotated[
        int, typer.Option(min=0, help="pairs measured alone, in turns and in pyperf's stock order, quiet and busy")
    ] = 40,
    twice: Annotated[int, typer.Option(min=0, help="real comparisons that are measured twice")] = 8,
    output: Annotated[Path, typer.Option(help="where the lines go, and where it goes on")] = record.HERE
    / "calibration.jsonl",
) -> None:
    """Measure how often verdicts are wrong here; hours at the defaults, and it may be stopped at any time."""

    def subject(number: int) -> Variant:
        return list(SUBJECTS)[number % len(SUBJECTS)]

    for machine in ("quiet", "busy"):
        collect(output, "session", sessions, machine, lambda number, seed: session(subject(number), seed))
        collect(output, "pair", pairs, machine, lambda number, seed: pair(subject(number), seed))
        collect(output, "stock", pairs, machine, lambda number, seed: stock_pair(subject(number), seed))
    collect(output, "flips", twice, "quiet", flips)
    Terminal(width=120).print(table(output))


if __name__ == "__main__":
    run_study(main)
