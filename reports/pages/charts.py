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
    TICK_BASELINE,
    TRADE_WIDTH,
    Definition,
)
from reports.pages.lettering import widest, width
from reports.pages.scales import Spot, around, free, log_ticks, pixel, ratio_ticks, spread, strokes
from reports.pages.svg import accessible
from reports.reading.wording import TIMES, compact, significant, unit_for
from reports.views.charts import (
    Chart,
    Dot,
    GrowthChart,
    LoopsChart,
    Mark,
    RatioChart,
    Tail,
    TailChart,
    TradeChart,
    lacking,
)

BAD = "var(--bad)"
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "triangle-right")
UNSAFE_SHAPE = "cross"
TICK_WIDTH = 44  # pixels that the label of a tick needs
LABEL_HEIGHT = 15
FAR = LABEL_HEIGHT  # from its mark, a name is taken for another one's
SHY = 2  # pixels between a name and the line that leads to it
PANEL_SPACING = 40
STROKE, STROKE_HEIGHT = 16, 4  # below the top of a row
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
        case TailChart():
            return _tail(chart)


def _ratios(chart: RatioChart) -> Definition:
    axis = _ratio_axis(chart.dots, chart.band, RATIO_WIDTH)
    return _filled(
        definitions.ratios(),
        data={
            "rows": _rows(chart.dots),
            "launches": _launches(chart.dots, axis["reach"]),
            "band": _band(chart.band),
            "axis": _axis(RATIO_WIDTH, chart.dots),
        },
        parameters=axis,
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
            "axis": _axis(LOOP_WIDTH, max(dots, key=len)),
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
    spans = [[(n, low / chart.unit, high / chart.unit) for n, low, high in line.spans] for line in lines]
    seen = [value for mine in values for value in mine] + [end for mine in spans for _, *ends in mine for end in ends]
    low, high = min(seen) / 1.2, max(seen) * 1.2
    ticks = log_ticks(low, high)
    words = [compact(tick) for tick in ticks]
    left, title = math.ceil(AXIS_GAP + widest(words)), f"{chart.axes[1]} (log)"
    apart = 2 * LABEL_HEIGHT if any(line.law for line in lines) else LABEL_HEIGHT
    places = [pixel(mine[-1], low, high, GROWTH_HEIGHT) for mine in values]
    ends = spread(places, apart, GROWTH_HEIGHT + LABEL_HEIGHT - apart)
    widths = widest([line.label for line in lines], bold=True), widest(line.law for line in lines)
    right = max(END_GAP + max(widths), width(title) - left - GROWTH_WIDTH)
    return _filled(
        definitions.growth(),
        data={
            "points": [
                {"series": number, "shape": UNSAFE_SHAPE if line.unsafe else SHAPES[number], "n": n, "y": value}
                for number, (line, mine) in enumerate(zip(lines, values, strict=True))
                for (n, _), value in zip(line.points, mine, strict=True)
            ],
            "spans": [
                {"series": number, "n": n, "y": least, "to": most}
                for number, mine in enumerate(spans)
                for n, least, most in mine
            ],
            "ends": [
                {"text": line.label, "y": place, "color": color}
                for line, place, color in zip(lines, ends, SERIES, strict=False)
            ],
            "laws": [
                {"text": line.law, "y": place + LABEL_HEIGHT - 2, "color": MUTED}
                for line, place in zip(lines, ends, strict=True)
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
    spots = [
        (TRADE_WIDTH - pixel(mark.x, *reaches[0], TRADE_WIDTH), pixel(mark.y, *reaches[1], GROWTH_HEIGHT))
        for mark in chart.marks
    ]
    named = [(mark, spot) for mark, spot in zip(chart.marks, spots, strict=True) if mark.named]
    names = _names(named, spots, chart)
    left = math.ceil(AXIS_GAP + widest(words[1]))
    right = max([0.0, *(float(str(one["x"])) + width(str(one["text"])) - TRADE_WIDTH for one in names)])
    return _filled(
        definitions.trade(),
        data={
            "marks": [_mark(mark) for mark in chart.marks],
            "names": names,
            "leaders": [one for one in names if one["led"]],
            "corners": [
                {"x": mark.x, "y": mark.y, "css": " ".join(["q", *map(lacking, mark.lacks)])} for mark in chart.front
            ],
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


def _mark(mark: Mark) -> dict[str, object]:
    """Hollow is who has something that is better in both."""
    return {
        "x": mark.x,
        "y": mark.y,
        "shape": SHAPES[mark.lane],
        "color": BAD if mark.unsafe else MUTED if mark.out else SERIES[mark.lane],
        "fill": "var(--paper)" if mark.out else SERIES[mark.lane],
        "css": "d" if mark.out else mark.css,
    }


def _names(named: list[tuple[Mark, Spot]], spots: list[Spot], chart: TradeChart) -> list[dict[str, object]]:
    """The names of marks, each where there is room near its own spot; all ``spots`` are taken.

    A name that is ``led`` stands so far off that a line leads to it, from its mark to the end that is nearer.
    """
    widths = [width(shortened(mark.label)) for mark, _ in named]
    lowest = GROWTH_HEIGHT - LABEL_HEIGHT / 2  # below are the numbers of the axis
    # A line through a name would read as a stroke of it: that of all who may stand on it, and that of the usual needs.
    places = dict(zip(chart.marks, spots, strict=True))
    usual = [places[mark] for mark in chart.front if mark.stands(chart.usual)]
    lines = strokes([places[mark] for mark in chart.front], TRADE_WIDTH) + strokes(usual, TRADE_WIDTH)
    above = [LABEL_HEIGHT / 2 + 2 if mark in chart.front else 0 for mark, _ in named]
    wanted = [(x + GAP, y - up) for (_, (x, y)), up in zip(named, above, strict=True)]
    found = free(wanted, widths, LABEL_HEIGHT, [*map(around, spots), *lines], lowest, 2 * GAP)
    return [
        {
            "text": shortened(mark.label),
            "x": x,
            "y": y,
            "color": BAD if mark.unsafe else INK,
            "css": " ".join(map(lacking, mark.lacks)),
            "led": abs(y - spot[1]) > FAR,
            "from": spot[0],
            "under": spot[1],
            "to": x - SHY if x > spot[0] else x + across + SHY,
        }
        for (mark, spot), across, (x, y) in zip(named, widths, found, strict=True)
    ]


def _tail(chart: TailChart) -> Definition:
    """Drawn as ratios are: each latency is a mark on the line of its row, the slowest alone filled."""
    every = [value for row in chart.rows for value in row.latencies]
    low, high = min(every) / 1.1, max(every) * 1.1
    ticks = log_ticks(low, high, RATIO_WIDTH // (TICK_WIDTH + 20))  # their labels have units
    ends = [
        Dot(row.label, row.latencies[-1], row.latencies[0], row.latencies[-1], _told(row), row.unsafe)
        for row in chart.rows
    ]
    marks = [
        {**line, "value": value, "fill": "var(--paper)", "label": "", "note": ""}
        for line, row in zip(_rows(ends), chart.rows, strict=True)
        for value in row.latencies[:-1]
    ]
    return _filled(
        definitions.ratios(),
        data={"rows": [*marks, *_rows(ends)], "launches": [], "band": [], "axis": _axis(RATIO_WIDTH, ends)},
        parameters={"reach": [low, high], "ticks": ticks, "words": [_brief(tick) for tick in ticks]},
        height=_height(ends),
        padding=_room(left=_room_for_labels(ends), right=_room_for_notes(ends) + SLACK),
    )


def _told(row: Tail) -> str:
    """Its latencies, and of how many operations: ``12, 40, 90 µs (6,000)``."""
    unit = unit_for(row.latencies[0])
    return f"{', '.join(significant(value / unit[1], 2) for value in row.latencies)} {unit[0]} ({row.events:,})"


def _brief(seconds: float) -> str:
    name, size = unit_for(seconds * (1 + 1e-9))  # a round number may be a hair below its unit
    return f"{compact(seconds / size)} {name}"


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


def _launches(dots: Sequence[Dot], reach: tuple[float, float]) -> list[dict[str, float]]:
    """A small stroke for each, below the interval of its row, at whole pixels: there are hundreds on a page."""
    return [
        {"x": x, "y": ROW_HEIGHT * number + STROKE, "to": ROW_HEIGHT * number + STROKE + STROKE_HEIGHT}
        for number, dot in enumerate(dots)
        for x in sorted({RATIO_WIDTH - round(pixel(value, *reach, RATIO_WIDTH)) for value in dot.launches})
    ]


def _axis(across: int, dots: Sequence[Dot]) -> list[dict[str, Any]]:
    """What the axis is, behind its last tick."""
    return [{"text": "log", "x": across + 2 * GAP, "y": _height(dots) + TICK_BASELINE}]


def _band(band: float) -> list[dict[str, float]]:
    return [{"from": math.exp(-band), "to": math.exp(band)}]


def _ratio_axis(dots: Sequence[Dot], band: float, across: int) -> dict[str, Any]:
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high, *dot.launches) if end is not None]
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
