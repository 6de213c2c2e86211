"""The charts drawn: from plain marks to static SVG whose colours are CSS variables.

Vega-Lite draws when the report is built, so a page needs no script, and one drawing serves light, dark and print.
"""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import altair as alt
import vl_convert
from markupsafe import Markup

from reports.pages.svg import accessible
from reports.reading.wording import TIMES, compact
from reports.views.charts import MOST_SERIES, Caption, Chart, Dot, GrowthChart, LoopsChart, RatioChart

INK, MUTED, LINE, ACCENT, BAD, BAND = (f"var(--{name})" for name in ("ink", "muted", "line", "accent", "bad", "band"))
SERIES = tuple(f"var(--s{number})" for number in range(1, MOST_SERIES + 1))
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "triangle-right")
UNSAFE_SHAPE = "cross"
STEPS = (1.0, 2.0, 5.0)
ROW_HEIGHT = 22
TICK_WIDTH = 44  # pixels that the label of a tick needs
LABEL_HEIGHT = 15
SCHEMA = "6.4"


Layers: TypeAlias = alt.LayerChart | alt.FacetChart


def drawn(chart: Chart | None) -> Markup:
    """A chart as an SVG element; nothing where there is no chart."""
    if chart is None:
        return Markup()
    match chart:
        case RatioChart():
            return Markup(_ratio_chart(chart))
        case LoopsChart():
            return Markup(_loops_chart(chart))
        case GrowthChart():
            return Markup(_growth_chart(chart))


def _ratio_chart(chart: RatioChart) -> str:
    return _compiled(chart.caption, _dots(chart.dots, chart.band, width=270, labels=True), left=_extra(chart.dots))


def _loops_chart(chart: LoopsChart) -> str:
    every = [dot for _, dots in chart.panels for dot in dots]
    charts = [
        _dots(dots, chart.band, width=180, labels=number == 0, scale_of=every).properties(
            title=alt.TitleParams(name, anchor="start", fontSize=13, color=INK, dy=-4)
        )
        for number, (name, dots) in enumerate(chart.panels)
    ]
    return _compiled(chart.caption, alt.hconcat(*charts, spacing=40), left=_extra(chart.panels[0][1]))


def _growth_chart(chart: GrowthChart) -> str:
    lines, unit = chart.lines, chart.unit
    height, width = 240, 250
    numbers = [n for line in lines for n, _ in line.points]
    values = [seconds / unit for line in lines for _, seconds in line.points]
    low, high = min(values) / 1.2, max(values) * 1.2
    rows = [
        {"series": number, "n": n, "y": seconds / unit}
        for number, line in enumerate(lines)
        for n, seconds in line.points
    ]
    x = alt.X(field="n", type="quantitative").scale(type="log", nice=False, domain=[min(numbers), max(numbers)])
    x = x.axis(values=sorted(set(numbers)), format=",d", title=f"{chart.axes[0]} (log)", grid=True)
    y = alt.Y(field="y", type="quantitative").scale(type="log", nice=False, domain=[low, high])
    y = y.axis(values=log_ticks(low, high), labelExpr=_tick_labels(log_ticks(low, high)), title=None)
    order = list(range(len(lines)))
    shapes = [UNSAFE_SHAPE if line.unsafe else shape for line, shape in zip(lines, SHAPES, strict=False)]
    color = alt.Color(field="series", type="ordinal", legend=None).scale(domain=order, range=list(SERIES))
    shape = alt.Shape(field="series", type="ordinal", legend=None).scale(domain=order, range=shapes)
    base = alt.Chart(_data(rows)).encode(x=x, y=y, color=color)
    strokes = base.mark_line(strokeWidth=2).encode(detail=alt.Detail(field="series", type="ordinal"))
    points = base.mark_point(filled=True, size=46, opacity=1).encode(shape=shape)
    ends = [_pixel(line.points[-1][1] / unit, low, high, height) for line in lines]
    labels = [
        alt.Chart(_data([{}]))
        .mark_text(align="left", fontWeight=600, color=SERIES[number], text=lines[number].label)
        .encode(x=alt.value(width + 12), y=alt.value(place))
        for number, place in enumerate(spread(ends, LABEL_HEIGHT, height))
    ]
    title = alt.TitleParams(f"{chart.axes[1]} (log)", anchor="start", fontSize=12, fontWeight="normal", color=MUTED)
    drawing = alt.layer(strokes, points, *labels).properties(width=width, height=height, title=title)
    return _compiled(chart.caption, drawing)


def _dots(dots: Sequence[Dot], band: float, width: int, labels: bool, scale_of: Sequence[Dot] = ()) -> Layers:
    low, high = _reach(scale_of or dots, band)
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    ticks = ratio_ticks(low, high, width // TICK_WIDTH)
    axis = alt.Axis(values=ticks, labelExpr=_tick_labels(ticks, TIMES), title=None, grid=True)
    rows = [
        {
            "row": number,
            "value": dot.value,
            "low": dot.value if dot.low is None else dot.low,
            "high": dot.value if dot.high is None else dot.high,
            "label": shortened(dot.label),
            "note": dot.note,
            "color": BAD if dot.unsafe else ACCENT,
            "text": BAD if dot.unsafe else INK,
            "quiet": BAD if dot.unsafe else MUTED,
            "fill": "var(--paper)" if dot.unsafe else ACCENT,
        }
        for number, dot in enumerate(dots)
    ]
    base = alt.Chart(_data(rows)).encode(y=alt.Y(field="row", type="ordinal", axis=None))
    marked = base.transform_filter("datum.value !== null")
    x = alt.X(field="value", type="quantitative", scale=scale, axis=axis)
    within = alt.Chart(_data([{"from": math.exp(-band), "to": math.exp(band)}]))
    layers: list[Any] = [
        within.mark_rect(color=BAND, opacity=1).encode(
            x=alt.X(field="from", type="quantitative", scale=scale, axis=axis), x2=alt.X2(field="to")
        ),
        marked.mark_rule(strokeWidth=2).encode(
            x=alt.X(field="low", type="quantitative", scale=scale),
            x2=alt.X2(field="high"),
            color=alt.Color(field="color", type="nominal", scale=None),
        ),
        marked.mark_point(size=52, strokeWidth=2, opacity=1).encode(
            x=x,
            stroke=alt.Stroke(field="color", type="nominal", scale=None),
            fill=alt.Fill(field="fill", type="nominal", scale=None),
        ),
        base.mark_text(align="left").encode(
            x=alt.value(width + 10),
            text=alt.Text(field="note", type="nominal"),
            color=alt.Color(field="quiet", type="nominal", scale=None),
        ),
    ]
    if labels:
        left = base.mark_text(align="right")
        layers.append(
            left.encode(
                x=alt.value(-10),
                text=alt.Text(field="label", type="nominal"),
                color=alt.Color(field="text", type="nominal", scale=None),
            )
        )
    return alt.layer(*layers).properties(width=width, height=max(1, len(dots)) * ROW_HEIGHT)


def _data(rows: list[dict[str, Any]]) -> alt.Data:
    return alt.Data(values=rows)  # type: ignore[no-untyped-call]


def _extra(dots: Sequence[Dot]) -> int:
    return 4 + round(1.2 * max(len(shortened(dot.label)) for dot in dots))


def _reach(dots: Sequence[Dot], band: float) -> tuple[float, float]:
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high) if end is not None]
    low, high = min([*ends, math.exp(-2 * band)]), max([*ends, math.exp(2 * band)])
    room = (high / low) ** 0.04
    return low / room, high * room


def _compiled(caption: Caption, chart: Layers | alt.HConcatChart, left: int = 4, right: int = 24) -> str:
    # The reader's font may be wider than the one that the compiler measures with: room for a fifth more.
    configured = chart.configure(
        background="transparent",
        font="sans-serif",
        padding={"left": left, "right": right, "top": 4, "bottom": 4},
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            domain=False,
            ticks=False,
            gridColor=LINE,
            labelColor=MUTED,
            titleColor=MUTED,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelPadding=6,
            labelFlush=False,
            labelOverlap=False,
        ),
        text=alt.MarkConfig(fontSize=12),
    )
    svg = vl_convert.vegalite_to_svg(configured.to_dict(validate=False), vl_version=SCHEMA)
    return accessible(svg, caption.identifier, caption.title, caption.description)


def _tick_labels(ticks: Sequence[float], suffix: str = "") -> str:
    """A Vega expression that writes each tick as we do elsewhere; the labels are numbers, never a record's text."""
    texts = ", ".join(f"'{compact(tick)}{suffix}'" for tick in ticks)
    return f"[{texts}][round(datum.index * {max(1, len(ticks) - 1)})]"


def log_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Round numbers within a range: 1, 2, 5 and their decades; only the decades when there would be too many."""
    for steps in (STEPS, (1.0, 3.0), (1.0,)):
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        ticks = [step * 10.0**decade for decade in decades for step in steps if low <= step * 10.0**decade <= high]
        if len(ticks) <= most:
            break
    return ticks


def ratio_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Ticks for ratios, about ``most`` of them: 1 is always among them; narrow ranges get an even step."""
    if high / low > 4:
        return log_ticks(low, high, most)
    step = next((size for size in (0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / size <= most), 1.0)
    return [round(number * step, 2) for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def spread(places: Sequence[float], gap: float, height: float) -> list[float]:
    """Places for labels, as near as possible to where they belong, at least ``gap`` apart."""
    order = sorted(range(len(places)), key=places.__getitem__)
    placed: dict[int, float] = {}
    last = -math.inf
    for index in order:
        last = max(places[index], last + gap)
        placed[index] = last
    bottom = height + gap
    for index in reversed(order):
        placed[index] = bottom = min(placed[index], bottom - gap)
    return [placed[index] for index in range(len(places))]


def _pixel(value: float, low: float, high: float, height: float) -> float:
    return height * (1 - math.log(value / low) / math.log(high / low))


def shortened(label: str, width: int = 30) -> str:
    """A label that fits beside a chart."""
    return label if len(label) <= width else f"{label[: width - 1]}…"
