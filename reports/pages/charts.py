"""The charts drawn: from plain marks to static SVG whose colours are CSS variables.

Vega-Lite draws when the report is built, so a page needs no script, and one drawing serves light, dark and print.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import vl_convert
from markupsafe import Markup

from reports.pages import definitions
from reports.pages.definitions import (
    ACCENT,
    AXIS_GAP,
    END_GAP,
    GAP,
    GROWTH_HEIGHT,
    GROWTH_WIDTH,
    INK,
    LOOP_WIDTH,
    MUTED,
    RATIO_WIDTH,
    ROW_HEIGHT,
    SERIES,
    TRADE_WIDTH,
    Definition,
)
from reports.pages.lettering import widest, width
from reports.pages.scales import log_ticks, pixel, ratio_ticks, spread
from reports.pages.svg import accessible
from reports.reading.wording import TIMES, compact
from reports.views.charts import Chart, Dot, GrowthChart, LoopsChart, RatioChart, TradeChart

BAD = "var(--bad)"
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "triangle-right")
UNSAFE_SHAPE = "cross"
TICK_WIDTH = 44  # pixels that the label of a tick needs
LABEL_HEIGHT = 15
PANEL_SPACING = 40
EDGE = 4  # around everything
SLACK = 24  # the reader's font may be wider than usual
BOTTOM, GROWTH_BOTTOM = 21, 36  # below the axis: the labels of its ticks, and a title
GROWTH_TOP, PANEL_TOP = 21, 25  # above: a title


def drawn(chart: Chart) -> Markup:
    """A chart as an SVG element."""
    # As text, for what takes an object walks through it value by value.
    svg = vl_convert.vega_to_svg(msgspec.json.encode(filled(chart)).decode())
    caption = chart.caption
    return Markup(accessible(svg, caption.identifier, caption.title, caption.description))


def filled(chart: Chart) -> Definition:
    """The definition of a chart's kind with what this one shows."""
    match chart:
        case RatioChart():
            return _ratios(chart)
        case LoopsChart():
            return _loops(chart)
        case GrowthChart():
            return _growth(chart)
        case TradeChart():
            return _trade(chart)


def _ratios(chart: RatioChart) -> Definition:
    return _filled(
        definitions.ratios(),
        data={"rows": _rows(chart.dots), "band": _band(chart.band)},
        parameters=_ratio_axis(chart.dots, chart.band, RATIO_WIDTH),
        height=_height(chart.dots),
        padding=_room(left=_room_for_labels(chart.dots), right=_room_for_notes(chart.dots) + SLACK),
    )


def _loops(chart: LoopsChart) -> Definition:
    """A panel for each loop, one scale for all of them."""
    dots = [dots for _, dots in chart.panels]
    left, notes = _room_for_labels(dots[0]), [_room_for_notes(one) for one in dots]
    spacing = max(notes[:-1], default=0) + PANEL_SPACING
    start = -GAP - round(widest(_labels(dots[0])))
    titles = [{"text": title, "x": 0 if number else start} for number, (title, _) in enumerate(chart.panels)]
    definition = definitions.loops(len(dots))
    return _filled(
        definition,
        data={
            "band": _band(chart.band),
            **{f"rows{number}": _rows(one) for number, one in enumerate(dots)},
            **{f"title{number}": [title] for number, title in enumerate(titles)},
        },
        parameters=_ratio_axis([dot for one in dots for dot in one], chart.band, LOOP_WIDTH),
        layout={**definition["layout"], "padding": spacing},
        width=len(dots) * LOOP_WIDTH + (len(dots) - 1) * spacing,
        height=max(map(_height, dots)),
        padding=_room(left=left, right=notes[-1] + SLACK, top=PANEL_TOP),
    )


def _growth(chart: GrowthChart) -> Definition:
    lines = chart.lines
    numbers = sorted({n for line in lines for n, _ in line.points})
    values = [[seconds / chart.unit for _, seconds in line.points] for line in lines]
    low, high = min(map(min, values)) / 1.2, max(map(max, values)) * 1.2
    ticks = log_ticks(low, high)
    words = [compact(tick) for tick in ticks]
    left, title = math.ceil(AXIS_GAP + widest(words)), f"{chart.axes[1]} (log)"
    ends = spread([pixel(mine[-1], low, high, GROWTH_HEIGHT) for mine in values], LABEL_HEIGHT, GROWTH_HEIGHT)
    right = max(END_GAP + widest([line.label for line in lines], bold=True), width(title) - left - GROWTH_WIDTH)
    return _filled(
        definitions.growth(),
        data={
            "points": [
                {"series": number, "shape": UNSAFE_SHAPE if line.unsafe else SHAPES[number], "n": n, "y": value}
                for number, (line, mine) in enumerate(zip(lines, values, strict=True))
                for (n, _), value in zip(line.points, mine, strict=True)
            ],
            "ends": [
                {"text": line.label, "y": place, "color": color}
                for line, place, color in zip(lines, ends, SERIES, strict=False)
            ],
            "above": [{"text": title, "x": -left}],
            "below": [{"text": f"{chart.axes[0]} (log)"}],
        },
        parameters={
            "reach": [low, high],
            "ticks": ticks,
            "words": words,
            "span": [numbers[0], numbers[-1]],
            "numbers": numbers,
        },
        padding=_room(left=left + EDGE, right=math.ceil(right) + SLACK, top=GROWTH_TOP, bottom=GROWTH_BOTTOM),
    )


def _trade(chart: TradeChart) -> Definition:
    """Names stand beside their marks, as near as they can."""
    reaches = [_reach([getattr(mark, side) for mark in chart.marks]) for side in ("x", "y")]
    ticks = [ratio_ticks(*reach, most) for reach, most in zip(reaches, (TRADE_WIDTH // TICK_WIDTH, 7), strict=True)]
    words = [[f"{compact(tick)}{TIMES}" for tick in some] for some in ticks]
    named = [mark for mark in chart.marks if mark.named]
    places = [pixel(mark.y, *reaches[1], GROWTH_HEIGHT) for mark in named]
    names = [
        {
            "text": shortened(mark.label),
            "x": TRADE_WIDTH - pixel(mark.x, *reaches[0], TRADE_WIDTH) + GAP,
            "y": place,
            "color": BAD if mark.unsafe else INK,
        }
        for mark, place in zip(named, spread(places, LABEL_HEIGHT, GROWTH_HEIGHT), strict=True)
    ]
    left = math.ceil(AXIS_GAP + widest(words[1]))
    right = max([0.0, *(float(str(one["x"])) + width(str(one["text"])) - TRADE_WIDTH for one in names)])
    return _filled(
        definitions.trade(),
        data={
            "marks": [
                {
                    "x": mark.x,
                    "y": mark.y,
                    "shape": SHAPES[mark.lane],
                    "color": BAD if mark.unsafe else MUTED if mark.out else SERIES[mark.lane],
                    "fill": "var(--paper)" if mark.out else SERIES[mark.lane],
                }
                for mark in chart.marks
            ],
            "names": names,
            "frontier": [{"x": x, "y": y} for x, y in chart.frontier],
            "above": [{"text": f"{chart.axes[1]} (log)", "x": -left}],
            "below": [{"text": f"{chart.axes[0]} (log)"}],
        },
        parameters={
            "reach": reaches[1],
            "ticks": ticks[1],
            "words": words[1],
            "xreach": reaches[0],
            "xticks": ticks[0],
            "xwords": words[0],
        },
        padding=_room(left=left + EDGE, right=math.ceil(right) + SLACK, top=GROWTH_TOP, bottom=GROWTH_BOTTOM),
    )


def _reach(values: Sequence[float]) -> tuple[float, float]:
    """The ends of a log axis of ratios, with some room; equality is on it."""
    low, high = min([*values, 1 / 1.1]), max([*values, 1.1])
    beyond = (high / low) ** 0.05
    return low / beyond, high * beyond


def _filled(
    definition: Definition, data: Mapping[str, list[dict[str, Any]]], parameters: Mapping[str, object], **sizes: object
) -> Definition:
    return {
        **definition,
        **sizes,
        "data": [{**one, "values": data[one["name"]]} if one["name"] in data else one for one in definition["data"]],
        "signals": [
            {**one, "value": parameters[one["name"]]} if one["name"] in parameters else one
            for one in definition["signals"]
        ],
    }


def _rows(dots: Sequence[Dot]) -> list[dict[str, Any]]:
    return [
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


def _band(band: float) -> list[dict[str, float]]:
    return [{"from": math.exp(-band), "to": math.exp(band)}]


def _ratio_axis(dots: Sequence[Dot], band: float, across: int) -> dict[str, Any]:
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high) if end is not None]
    low, high = min([*ends, math.exp(-2 * band)]), max([*ends, math.exp(2 * band)])
    beyond = (high / low) ** 0.04
    low, high = low / beyond, high * beyond
    ticks = ratio_ticks(low, high, across // TICK_WIDTH)
    return {"reach": [low, high], "ticks": ticks, "words": [f"{compact(tick)}{TIMES}" for tick in ticks]}


def _height(dots: Sequence[Dot]) -> int:
    return ROW_HEIGHT * max(1, len(dots))


def _room_for_labels(dots: Sequence[Dot]) -> int:
    """Beside a chart; the reader's font may be wider than usual: room for a fifth more."""
    labels = _labels(dots)
    return math.ceil(GAP + EDGE + widest(labels) + 1.2 * max(map(len, labels)))


def _labels(dots: Sequence[Dot]) -> list[str]:
    return [shortened(dot.label) for dot in dots]


def _room_for_notes(dots: Sequence[Dot]) -> int:
    return math.ceil(GAP + widest(dot.note for dot in dots))


def _room(*, left: int, right: int, top: int = EDGE, bottom: int = BOTTOM) -> dict[str, int]:
    return {"left": left, "right": right, "top": top, "bottom": bottom}


def shortened(label: str, most: int = 30) -> str:
    """A label that fits beside a chart."""
    return label if len(label) <= most else f"{label[: most - 1]}…"
