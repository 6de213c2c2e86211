"""The kinds of charts in Altair, each defined and compiled once: charts differ in named data and parameters alone.

Letters have no size here, so that Vega measures none: what it would measure depends on the fonts that are installed,
and takes most of its time. Their size comes with the style sheet, and who draws leaves room for them.
"""

from functools import cache
from typing import Any, Literal, TypeAlias

import altair as alt
import vl_convert

from reports.pages.lettering import SIZE
from reports.views.charts import MOST_SERIES

INK, MUTED, LINE, ACCENT, BAND, PANEL = (
    f"var(--{name})" for name in ("ink", "muted", "line", "accent", "band", "panel")
)
SERIES = tuple(f"var(--s{number})" for number in range(1, MOST_SERIES + 1))
ROW_HEIGHT = 22
RATIO_WIDTH, LOOP_WIDTH, GROWTH_WIDTH, GROWTH_HEIGHT, TRADE_WIDTH = (
    270,
    180,
    250,
    240,
    320,
)  # of what is between the labels
GAP = 10  # between a chart of ratios and the letters beside it
AXIS_GAP, END_GAP = 6, 12  # between a chart of lines and the letters beside it
BASELINE = round(0.3 * SIZE)  # of letters that are in the middle of a row
TICK_BASELINE, AXIS_TITLE_BASELINE = 15, 30  # below an axis
TITLE_BASELINE = -7  # above a chart
PANEL_BASELINE = -11
AXIS = ("reach", "ticks", "words")  # parameters of an axis: its ends, where its ticks are, and their texts
WORDS = "words[round(datum.index * max(1, length(ticks) - 1))]"  # ours for each tick, written as everywhere else

CLASSES = alt.Description(field="css", type="nominal")  # of an element, where it says that it has some

SCHEMA = "6.4"  # of Vega-Lite

Definition: TypeAlias = dict[
    str, Any
]  # a Vega specification; heights, widths of rows and what is around are for others


@cache
def ratios() -> Definition:
    """Rows with a label, a mark with its interval, and a note.

    Data are ``rows``, ``launches``, ``band`` and the ``axis``'s title, parameters those of the axis.
    """
    strokes = alt.Chart(alt.NamedData("launches")).mark_rule(color=MUTED)
    strokes = strokes.encode(x=_datum("x"), y=_datum("y"), y2=_datum("to"))
    layers = [*_ratio_layers("rows", RATIO_WIDTH, labels=True), strokes, _axis_title()]
    return _defined(alt.layer(*layers).properties(width=RATIO_WIDTH, height=ROW_HEIGHT), *AXIS)


@cache
def loops(panels: int) -> Definition:
    """Panels of ratios side by side; the data of each are ``rows0``, ``rows1``, ... and ``title0``, ``title1``, ...

    The title of the ``axis`` stands beside the last.
    """
    charts = [
        alt.layer(
            *_ratio_layers(f"rows{number}", LOOP_WIDTH, labels=number == 0),
            _text(f"title{number}", color=INK, fontWeight="bold").encode(x=_datum("x"), y=alt.value(PANEL_BASELINE)),
            *([_axis_title()] if number == panels - 1 else []),
        ).properties(width=LOOP_WIDTH, height=ROW_HEIGHT)
        for number in range(panels)
    ]
    return _defined(alt.hconcat(*charts, bounds="flush"), *AXIS)


@cache
def growth() -> Definition:
    """Lines over n with a label at their ends.

    Data are ``points``, ``spans``, ``ends``, ``laws`` below those, and the titles ``above`` and ``below``; parameters
    are those of the axis of time, and the ``span`` and the ``numbers`` of n.
    """
    x = alt.X(field="n", type="quantitative").scale(type="log", nice=False, domain=alt.ExprRef("span"))
    x = x.axis(values=alt.ExprRef("numbers"), format=",d", title=None, grid=True)
    y = alt.Y(field="y", type="quantitative").scale(type="log", nice=False, domain=alt.ExprRef("reach"))
    y = y.axis(values=alt.ExprRef("ticks"), labelExpr=WORDS, title=None, labelOffset=BASELINE)
    order = list(range(MOST_SERIES))
    color = alt.Color(field="series", type="ordinal", legend=None).scale(domain=order, range=list(SERIES))
    base = alt.Chart(alt.NamedData("points")).encode(x=x, y=y, color=color)
    strokes = base.mark_line(strokeWidth=2).encode(detail=alt.Detail(field="series", type="ordinal"))
    shape = alt.Shape(field="shape", type="nominal", scale=None)
    points = base.mark_point(filled=True, size=46, opacity=1).encode(shape=shape)
    spans = alt.Chart(alt.NamedData("spans")).mark_rule(strokeWidth=1).encode(x=x, y=y, y2="to:Q", color=color)
    labels = _text("ends", fontWeight=600, dy=BASELINE), _text("laws", dy=BASELINE)
    ends, laws = (
        one.encode(x=alt.value(GROWTH_WIDTH + END_GAP), y=_datum("y"), color=_datum("color")) for one in labels
    )
    titles = (
        _text("above", color=MUTED).encode(x=_datum("x"), y=alt.value(TITLE_BASELINE)),
        _text("below", align="center", color=MUTED).encode(
            x=alt.value(GROWTH_WIDTH / 2), y=alt.value(GROWTH_HEIGHT + AXIS_TITLE_BASELINE)
        ),
    )
    layers = alt.layer(strokes, spans, points, ends, laws, *titles)
    return _defined(layers.properties(width=GROWTH_WIDTH, height=GROWTH_HEIGHT), *AXIS, "span", "numbers")


@cache
def trade() -> Definition:
    """Marks by two measures, with names beside some of them, and a ground that ends where nobody is better in both.

    Data are ``marks``, ``names``, ``leaders`` to those that stand far off, ``corners`` of that ground, and the titles
    ``above`` and ``below``; parameters are those of both axes, the lower one's with an x in front. What is drawn of an
    alternative has its classes.
    """
    x = alt.X(field="x", type="quantitative").scale(type="log", nice=False, domain=alt.ExprRef("xreach"))
    x = x.axis(
        values=alt.ExprRef("xticks"), labelExpr=WORDS.replace("words", "xwords").replace("ticks", "xticks"), title=None
    )
    y = alt.Y(field="y", type="quantitative").scale(type="log", nice=False, domain=alt.ExprRef("reach"))
    y = y.axis(values=alt.ExprRef("ticks"), labelExpr=WORDS, title=None, labelOffset=BASELINE)
    # A corner's ground covers the lines of others within it: what is left of all lines is the frontier, whichever
    # corners a style sheet hides.
    corners = alt.Chart(alt.NamedData("corners")).encode(x=x, y=y, description=CLASSES)
    right, top = alt.value(TRADE_WIDTH), alt.value(0)
    rule = corners.mark_rule(aria=True, strokeWidth=3, color=MUTED)
    lines = rule.encode(x2=right), rule.encode(y2=top)
    ground = corners.mark_rect(aria=True, color=PANEL, opacity=1).encode(x2=right, y2=top)
    marks = alt.Chart(alt.NamedData("marks")).mark_point(aria=True, size=52, strokeWidth=2, opacity=1)
    marks = marks.encode(
        description=CLASSES,
        x=x,
        y=y,
        shape=alt.Shape(field="shape", type="nominal", scale=None),
        stroke=_datum("color"),
        fill=_datum("fill"),
    )
    leaders = alt.Chart(alt.NamedData("leaders")).mark_rule(aria=True, strokeWidth=1, color=MUTED)
    leaders = leaders.encode(x=_datum("from"), x2=_datum("to"), y=_datum("under"), y2=_datum("y"), description=CLASSES)
    layers = alt.layer(
        *lines,
        ground,
        leaders,
        marks,
        _text("names", dy=BASELINE, aria=True).encode(
            x=_datum("x"), y=_datum("y"), color=_datum("color"), description=CLASSES
        ),
        _text("above", color=MUTED).encode(x=_datum("x"), y=alt.value(TITLE_BASELINE)),
        _text("below", align="center", color=MUTED).encode(
            x=alt.value(TRADE_WIDTH / 2), y=alt.value(GROWTH_HEIGHT + AXIS_TITLE_BASELINE)
        ),
    )
    parameters = (*AXIS, *(f"x{name}" for name in AXIS))
    return _defined(layers.properties(width=TRADE_WIDTH, height=GROWTH_HEIGHT), *parameters)


def warm_up() -> None:
    """Compile every kind once, before there is anything to draw."""
    ratios()
    loops(3)
    growth()
    trade()


def _ratio_layers(rows: str, width: int, *, labels: bool) -> list[alt.Chart]:
    scale = alt.Scale(type="log", domain=alt.ExprRef("reach"), nice=False)
    axis = alt.Axis(values=alt.ExprRef("ticks"), labelExpr=WORDS, title=None, grid=True)
    base = alt.Chart(alt.NamedData(rows)).encode(y=alt.Y(field="row", type="ordinal", axis=None))
    marked = base.transform_filter("datum.value !== null")
    x = alt.X(field="value", type="quantitative", scale=scale, axis=axis)
    layers = [
        alt.Chart(alt.NamedData("band"))
        .mark_rect(color=BAND, opacity=1)
        .encode(x=alt.X(field="from", type="quantitative", scale=scale, axis=axis), x2=alt.X2(field="to")),
        marked.mark_rule(strokeWidth=2).encode(
            x=alt.X(field="low", type="quantitative", scale=scale), x2=alt.X2(field="high"), color=_datum("color")
        ),
        marked.mark_point(size=52, strokeWidth=2, opacity=1).encode(x=x, stroke=_datum("color"), fill=_datum("fill")),
        base.mark_text(align="left", dy=BASELINE).encode(
            x=alt.value(width + GAP), text=alt.Text(field="note", type="nominal"), color=_datum("quiet")
        ),
    ]
    if labels:
        left = base.mark_text(align="right", dy=BASELINE)
        layers.append(
            left.encode(x=alt.value(-GAP), text=alt.Text(field="label", type="nominal"), color=_datum("text"))
        )
    return layers


def _axis_title() -> alt.Chart:
    return _text("axis", color=MUTED).encode(x=_datum("x"), y=_datum("y"))


def _text(data: str, align: Literal["left", "center"] = "left", **marks: Any) -> alt.Chart:
    chart: alt.Chart = alt.Chart(alt.NamedData(data)).mark_text(align=align, baseline="alphabetic", **marks)
    return chart.encode(text=alt.Text(field="text", type="nominal"))


def _datum(name: str) -> Any:
    """A place in pixels or a colour, as the data have it."""
    return alt.value(alt.ExprRef(f"datum.{name}"))


def _defined(chart: alt.LayerChart | alt.FacetChart | alt.HConcatChart, *parameters: str) -> Definition:
    configured = chart.configure(
        aria=False,
        autosize="none",
        background="transparent",
        font="sans-serif",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            domain=False,
            ticks=False,
            gridColor=LINE,
            labelColor=MUTED,
            labelFontSize=0,
            labelPadding=AXIS_GAP,
            labelFlush=False,
            labelOverlap=False,
        ),
        axisX=alt.AxisConfig(labelBaseline="alphabetic", labelPadding=TICK_BASELINE),
        text=alt.MarkConfig(fontSize=0),
    )
    params = [{"name": name, "value": []} for name in parameters]
    found: Definition = vl_convert.vegalite_to_vega({**configured.to_dict(), "params": params}, vl_version=SCHEMA)
    return found
