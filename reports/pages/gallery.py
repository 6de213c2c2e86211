"""Charts as files of their own: a picture that stands alone, and the numbers behind it."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from markupsafe import Markup

from reports.views.charts import (
    Chart,
    Dot,
    GrowthChart,
    LoopsChart,
    RatioChart,
    TailChart,
    TradeChart,
    beaten_by,
    lacking,
)
from results.eligibility import LANES

FOLDER = "charts"
TEMPLATES = Path(__file__).parent / "templates"
LINKS = Markup('<p class=small><a href="{0}.svg">SVG</a> <a href="{0}.csv">CSV</a></p>')
COLOUR = re.compile(r"(--[\w-]+): light-dark\((#\w+), (#\w+)\)")
HOLLOW = "fill:var(--paper);"
SMALL = "transform:scale(.7);transform-box:fill-box;transform-origin:center"
FONT = "svg{background:var(--paper);font:12px system-ui,sans-serif}[font-weight=bold]{font-size:13px}"


@dataclass
class Gallery:
    """The charts of a page: where each stands, and its files, whose names begin like the page's."""

    page: str
    place: Callable[[Chart], Markup]
    charts: dict[str, Chart] = field(default_factory=dict)

    def shown(self, chart: Chart) -> Markup:
        """The place of a chart in a page, with links to its files."""
        name = f"{FOLDER}/{self.page}.{chart.caption.identifier}"
        self.charts[name] = chart
        return self.place(chart) + LINKS.format(f"../{name}")


def alone(svg: str, chart: Chart) -> str:
    """A chart of a page as a picture that needs no page: it brings its colours, in both themes.

    What a page shows by what is ticked, it shows as for most programs.
    """
    style = f"{_colours()}{FONT}{''.join(_for_most(chart)) if isinstance(chart, TradeChart) else ''}"
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(
        "<title ", f"<style>{style}</style><title ", 1
    )


def _for_most(chart: TradeChart) -> Iterator[str]:
    yield from (f".q.{lacking(need)}{{display:none}}.{lacking(need)}:not(.q,text){{{HOLLOW}}}" for need in chart.usual)
    beaten = sorted({lacks for mark in chart.marks for lacks in mark.beaten})
    yield from (f".{beaten_by(lacks)}{{{HOLLOW}{SMALL}}}" for lacks in beaten if not set(lacks) & set(chart.usual))


@cache
def _colours() -> str:
    """Those of the pages, said so that programs for pictures understand them, too."""
    found = COLOUR.findall((TEMPLATES / "style.css").read_text("utf-8"))
    light, dark = (";".join(f"{name}:{pair[theme]}" for name, *pair in found) for theme in (0, 1))
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def table(chart: Chart) -> str:
    """The numbers behind a chart as CSV; ratios are factors, times are seconds per operation."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(_rows(chart))
    return file.getvalue().rstrip("\n")


def _rows(chart: Chart) -> Iterator[tuple[object, ...]]:
    match chart:
        case RatioChart():
            yield ("alternative", *DOT, "launches")
            yield from ((dot.label, *_dot(dot), " ".join(map(str, dot.launches))) for dot in chart.dots)
        case LoopsChart():
            yield ("loops", "alternative", *DOT)
            yield from ((title, dot.label, *_dot(dot)) for title, dots in chart.panels for dot in dots)
        case GrowthChart():
            yield "alternative", "n", "seconds", "low", "high", "unsafe"
            for line in chart.lines:
                ends = {n: span for n, *span in line.spans}
                yield from ((line.label, n, seconds, *ends.get(n, ("", "")), line.unsafe) for n, seconds in line.points)
        case TailChart():
            yield "alternative", "operations", "unsafe", "seconds, from the median to the slowest 1 %"
            yield from ((row.label, row.events, row.unsafe, *row.latencies) for row in chart.rows)
        case TradeChart():
            yield "alternative", "lane", *chart.axes, "unsafe", "suits", "on the line"
            for mark in chart.marks:
                suits = not mark.out and not set(mark.lacks) & set(chart.usual)
                yield mark.label, LANES[mark.lane], mark.x, mark.y, mark.unsafe, suits, mark.stands(chart.usual)


DOT = ("ratio", "low", "high", "verdict", "unsafe")


def _dot(dot: Dot) -> tuple[object, ...]:
    return dot.value, dot.low, dot.high, dot.note, dot.unsafe
