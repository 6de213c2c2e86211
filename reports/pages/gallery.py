"""Charts as files of their own: a picture that stands alone, and the numbers behind it."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from markupsafe import Markup

from reports.views.charts import Chart, Dot, GrowthChart, LoopsChart, RatioChart, TradeChart
from results.eligibility import LANES

FOLDER = "charts"
TEMPLATES = Path(__file__).parent / "templates"
LINKS = Markup('<p class=small><a href="{0}.svg">SVG</a> <a href="{0}.csv">CSV</a></p>')
THEMES = re.compile(r":root \{[^}]*\}|@media \(prefers-color-scheme: dark\) \{\s*:root \{[^}]*\}\s*\}")
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


def alone(svg: str) -> str:
    """A chart of a page as a picture that needs no page: it brings its colours, in both themes."""
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(
        "<title ", f"<style>{_colours()}{FONT}</style><title ", 1
    )


@cache
def _colours() -> str:
    return "".join(" ".join(found.split()) for found in THEMES.findall((TEMPLATES / "style.css").read_text("utf-8")))


def table(chart: Chart) -> str:
    """The numbers behind a chart as CSV; ratios are factors, times are seconds per operation."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(_rows(chart))
    return file.getvalue().rstrip("\n")


def _rows(chart: Chart) -> Iterator[tuple[object, ...]]:
    match chart:
        case RatioChart():
            yield ("alternative", *DOT)
            yield from ((dot.label, *_dot(dot)) for dot in chart.dots)
        case LoopsChart():
            yield ("loops", "alternative", *DOT)
            yield from ((title, dot.label, *_dot(dot)) for title, dots in chart.panels for dot in dots)
        case GrowthChart():
            yield "alternative", "n", "seconds", "unsafe"
            yield from ((line.label, n, seconds, line.unsafe) for line in chart.lines for n, seconds in line.points)
        case TradeChart():
            yield "alternative", "lane", *chart.axes, "unsafe", "suits", "on the line"
            for mark in chart.marks:
                on_it = (mark.x, mark.y) in chart.frontier and not mark.out
                yield mark.label, LANES[mark.lane], mark.x, mark.y, mark.unsafe, not mark.out, on_it


DOT = ("ratio", "low", "high", "verdict", "unsafe")


def _dot(dot: Dot) -> tuple[object, ...]:
    return dot.value, dot.low, dot.high, dot.note, dot.unsafe
