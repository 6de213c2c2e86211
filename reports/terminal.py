"""The verdicts as a table in the terminal."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from rich.table import Table
from rich.text import Text

from reports.reading.comparison import Changes
from reports.reading.family import Family, families_of, loops_in_order
from reports.reading.measured import Measurements
from reports.reading.wording import CLOCKS
from reports.views.index_page import Line, line_of
from reports.views.table import table


def verdict_table(measurements: Measurements) -> Table:
    """One line per family, workload and backend: the pick, its ratio with the interval, and what ties with it."""
    families = families_of(measurements)
    shown = Table(title="Picks: time ratio to what most people write [95 % interval]", title_justify="left", box=None)
    for heading in ("family", "workload", "backend", "pick", "ratio", "ties"):
        shown.add_column(heading, overflow="fold")
    for cells in _rows(families):
        shown.add_row(*(Text(cell) for cell in cells))  # Text: a name in brackets is no markup
    return shown


def named_table(measurements: Measurements) -> Table | None:
    """A line for each row of an alternative that the run was asked for by name; None if it was asked for none."""
    globs = measurements.run.suite["run"].get("options", {}).get("alternative") or ()
    shown = Table(title="What was asked for by name", title_justify="left", box=None)
    for heading in ("family", "workload", "backend", "alternative", "ratio", "", "what is wrong with it"):
        shown.add_column(heading, overflow="fold")
    for family in families_of(measurements):
        for workload in family.record["workloads"]:
            for loop in family.loops:
                for row in table(family, workload, loop).rows if family.case(workload, loop) else ():
                    if any(fnmatchcase(row.name, glob) for glob in globs):
                        ratio = f"{row.ratio} [{row.interval}]" if row.interval else row.ratio
                        cells = (family.name, workload, loop, row.name, ratio, row.word, "; ".join(row.faults))
                        shown.add_row(*(Text(cell) for cell in cells))
    return shown if shown.row_count else None


def change_table(changes: Changes) -> Table:
    """A line per ratio that moved or could not be compared, and per comparison that noise takes the verdicts from."""
    counts = ", ".join(
        f"{count} {word}"
        for word in (
            "faster",
            "slower",
            "practically the same",
            "not resolved",
            "no interval",
            "withheld",
            "not compared",
        )
        if (count := changes.count(word))
    )
    shown = Table(title=f"Changes of the ratio to the baseline: {counts}", title_justify="left", box=None)
    for heading in ("comparison", "alternative", "before", "after", "change"):
        shown.add_column(heading, overflow="fold")
    for section in changes.sections:
        if section.noisy:
            shown.add_row(Text(section.label), "", "", "", Text(f"verdicts withheld: {section.noisy}"))
        for row in section.rows:
            if row.word in ("faster", "slower", "not compared"):
                cells = (section.label, row.variant.alternative, *row.ratios, row.sentence)
                shown.add_row(*(Text(cell) for cell in cells))
    return shown


def safety_table(measurements: Measurements) -> Table:
    """How many alternatives of each family are safe, loop by loop."""
    families = families_of(measurements)
    loops = [loop for loop in loops_in_order(measurements) if any(loop in family.loops for family in families)]
    shown = Table(title="Safety: how many of the alternatives keep every promise", title_justify="left", box=None)
    for heading in ("family", *loops):
        shown.add_column(heading, overflow="fold")
    for family in families:
        counts = [family.count(loop).text if loop in family.loops else "" for loop in loops]
        shown.add_row(*(Text(cell) for cell in (family.name, *counts)))
    return shown


def _rows(families: Sequence[Family]) -> Iterator[tuple[str, ...]]:
    for family in families:
        for workload in family.record["workloads"]:
            for loop in family.loops:
                if family.case(workload, loop):
                    line = line_of(family, workload, loop)
                    yield family.name, workload, loop, line.pick or line.reason, _ratio(line), ", ".join(line.ties)


def _ratio(line: Line) -> str:
    if not line.ratio:
        return ""
    told = f"{line.ratio} [{line.interval}]" if line.interval else f"{line.ratio} {line.word}"
    return told if line.clock == CLOCKS["wall"] else f"{told} {line.clock}"
