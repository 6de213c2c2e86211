"""What the terminal says: picks, safety, what was asked for by name, and what changed between two runs."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from reports.reading.answers import Program, answers
from reports.reading.comparison import Changes
from reports.reading.family import Family, families_of, loops_in_order
from reports.reading.measured import Measurements
from reports.reading.wording import CLOCKS
from reports.views.answered import LANE_NAMES, STANDS_FOR_ALL, matters, three
from reports.views.index_page import Line, line_of
from reports.views.listing import Listing
from reports.views.table import table
from reports.views.yours import listed_yours

WORDS = (
    "faster",
    "slower",
    "practically the same",
    "within the noise here",
    "not resolved",
    "no interval",
    "withheld",
    "not compared",
)


def overview(measurements: Measurements) -> tuple[Listing, ...]:
    """What there is to say of a run first: the reader's files, three answers a family, what was asked for by name."""
    yours, named = listed_yours(families_of(measurements)), asked_for(measurements)
    return (*([yours] if yours.rows else []), three_answers(measurements), *([named] if named.rows else []))


def rest(measurements: Measurements) -> tuple[Listing, ...]:
    """What else there is: every workload on every loop, and safety."""
    return picks(measurements), safety(measurements)


def three_answers(measurements: Measurements) -> Listing:
    """One line per family, for a bit of everything on the loop that a reader has unless they chose another."""
    loop = loops_in_order(measurements)[0]
    lines = [(family, answers(family, Program(loop))) for family in families_of(measurements)]
    return Listing(
        f"What to use on {loop}, against what most people write ({STANDS_FOR_ALL} stands for all three)",
        ("family", *LANE_NAMES.values(), "does it matter?"),
        tuple((family.name, *three(found), matters(found)) for family, found in lines),
    )


def picks(measurements: Measurements) -> Listing:
    """One line per family, workload and backend: the pick, its ratio with the interval, and what ties with it."""
    return Listing(
        "Picks: time ratio to what most people write [95 % interval]",
        ("family", "workload", "backend", "pick", "ratio", "ties"),
        tuple(row for family in families_of(measurements) for row in _picks(family)),
    )


def _picks(family: Family) -> Iterator[tuple[str, ...]]:
    for workload, loop in _measured(family):
        line = line_of(family, workload, loop)
        yield family.name, workload, loop, line.pick or line.reason, _ratio(line), ", ".join(line.ties)


def _ratio(line: Line) -> str:
    if not line.ratio:
        return ""
    told = f"{line.ratio} [{line.interval}]" if line.interval else f"{line.ratio} {line.word}"
    return told if line.clock == CLOCKS["wall"] else f"{told} {line.clock}"


def _measured(family: Family) -> Iterator[tuple[str, str]]:
    for workload in family.record["workloads"]:
        for loop in family.loops:
            if family.case(workload, loop):
                yield workload, loop


def asked_for(measurements: Measurements) -> Listing:
    """A line for each row of an alternative that the run was asked for by name; none if it was asked for none."""
    globs = measurements.run.suite["run"].get("options", {}).get("alternative") or ()
    return Listing(
        "What was asked for by name",
        ("family", "workload", "backend", "alternative", "ratio", "", "what is wrong with it"),
        tuple(
            (family.name, workload, loop, row.name, ratio, row.word, "; ".join(row.faults))
            for family in (families_of(measurements) if globs else ())
            for workload, loop in _measured(family)
            for row in table(family, workload, loop).rows
            for ratio in [f"{row.ratio} [{row.interval}]" if row.interval else row.ratio]
            if any(fnmatchcase(row.name, glob) for glob in globs)
        ),
    )


def safety(measurements: Measurements) -> Listing:
    """How many alternatives of each family are safe, loop by loop."""
    families = families_of(measurements)
    loops = [loop for loop in loops_in_order(measurements) if any(loop in family.loops for family in families)]
    return Listing(
        "Safety: how many of the alternatives keep what everybody relies on",
        ("family", *loops),
        tuple(
            (family.name, *(family.count(loop).text if loop in family.loops else "" for loop in loops))
            for family in families
        ),
    )


def changed(changes: Changes) -> Listing:
    """A line per ratio that moved or could not be compared, and per comparison that noise takes the verdicts from."""
    counts = ", ".join(f"{count} {word}" for word in WORDS if (count := changes.count(word)))
    exact = f"; {changes.counted}" if changes.counts else ""
    return Listing(
        f"Changes of the ratio to the baseline: {counts}{exact}",
        ("comparison", "alternative", "before", "after", "change"),
        tuple(_changed(changes)),
    )


def _changed(changes: Changes) -> Iterator[tuple[str, ...]]:
    for section in changes.sections:
        if section.noisy:
            yield section.label, "", "", "", f"verdicts withheld: {section.noisy}"
        for row in section.rows:
            if row.word in ("faster", "slower", "not compared"):
                yield section.label, row.variant.alternative, *row.ratios, row.sentence
