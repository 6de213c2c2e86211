"""What a page says of loops: the same alternative on each of them, and the best of one against the best of another."""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.reading.by_loop import ByLoop, by_loop
from reports.reading.family import FIRST, Family
from reports.reading.wording import listed, ratio_of, speed_of
from reports.views.charts import MOST_SERIES, Caption, Dot, LoopsChart, judged_dot
from results.statistics import BAND
from results.verdicts import Judgement

MOST_ROWS = 8  # of a table that is on the page once for each workload


@dataclass(frozen=True, slots=True)
class LoopCell:
    """The ratio of an alternative on another loop to itself on asyncio, and whether it is unsafe on that loop."""

    ratio: str
    interval: str
    word: str
    unsafe: bool


@dataclass(frozen=True, slots=True)
class LoopRow:
    """An alternative's cells, loop by loop, and whether it is unsafe on asyncio."""

    name: str
    unsafe: bool
    cells: tuple[LoopCell | None, ...]


@dataclass(frozen=True, slots=True)
class LoopsView:
    """One workload across loops; ``cut`` says that there are more rows than are shown."""

    loops: tuple[str, ...]
    rows: tuple[LoopRow, ...]
    cut: bool
    sentences: tuple[str, ...]
    chart: LoopsChart | None


def loops_view(family: Family, workload: str, loop: str, anchor: str) -> LoopsView | None:
    """Gather it for the page of a loop; only asyncio's has the chart. None without times on asyncio."""
    found = by_loop(family, workload, loop)
    if found is None:
        return None
    return LoopsView(
        loops=tuple(found.columns),
        rows=tuple(_row(found, name) for name in found.names[:MOST_ROWS]),
        cut=len(found.names) > MOST_ROWS,
        sentences=tuple(_sentences(found)),
        chart=_chart(found, workload, family.clock(workload), anchor) if loop == FIRST else None,
    )


def _sentences(found: ByLoop) -> Iterator[str]:
    if len(found.picks) > 1:
        changes = "; ".join(f"`{name}` on {listed(loops)}" for name, loops in found.picks.items())
        yield f"The pick changes with the loop: {changes}."
    for best in found.bests:
        word = "" if best.judgement.word in ("faster", "slower") else f": {best.judgement.word}"
        than = f"{speed_of(best.judgement)} than the pick on {FIRST}, `{best.mine}`{word}"
        yield f"The pick on {best.loop}, `{best.theirs}`, is {than}."


def _row(found: ByLoop, name: str) -> LoopRow:
    cells = (_cell(column.get(name), (name, loop) in found.unsafe) for loop, column in found.columns.items())
    return LoopRow(name, (name, FIRST) in found.unsafe, tuple(cells))


def _cell(found: Judgement | None, unsafe: bool) -> LoopCell | None:
    return LoopCell(*ratio_of(found), found.word, unsafe) if found else None


def _chart(found: ByLoop, workload: str, clock: str, anchor: str) -> LoopsChart | None:
    names = found.names[:MOST_SERIES]
    panels = []
    for loop, column in found.columns.items():
        dots = tuple(
            judged_dot(name, column[name], (name, loop) in found.unsafe)
            if name in column
            else Dot(name, None, None, None, "no number")
            for name in names
        )
        panels.append((f"{loop} against {FIRST}", dots))
    if not panels or not names:
        return None
    caption = Caption(
        f"loops-{anchor}",
        f"{workload}: the same alternative on other loops",
        f"{clock.capitalize()} relative to itself on {FIRST}, with 95 % intervals; the same numbers are in the table.",
    )
    return LoopsChart(caption, tuple(panels), BAND)
