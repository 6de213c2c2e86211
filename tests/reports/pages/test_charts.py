"""Charts: their scales, their labels, and the SVG that is left of them."""

import math
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reports.pages.charts import LABEL_HEIGHT, drawn, filled, shortened
from reports.pages.definitions import TRADE_WIDTH
from reports.pages.lettering import width
from reports.pages.scales import STROKE, Box, around, free, log_ticks, ratio_ticks, spread, strokes
from reports.pages.svg import accessible
from reports.views.charts import Caption, Dot, GrowthChart, Line, Mark, RatioChart, TradeChart
from results.statistics import BAND

CAPTION = Caption("picture", "A <title>", "What it shows & why")


def texts(svg: str) -> list[str]:
    """All text in a picture, in drawing order."""
    return [str(element.text) for element in ET.fromstring(svg).iter("text")]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(1, 10, [1, 2, 5, 10]), (0.4, 30, [0.5, 1, 2, 5, 10, 20]), (1, 1e9, [10.0**n for n in range(10)])],
)
def test_log_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    """1, 2 and 5 of each decade, and only the decades when those would be too many."""
    assert ticks == pytest.approx(log_ticks(low, high))


@pytest.mark.parametrize(("low", "high"), [(0.94, 1.06), (0.9, 1.4), (0.3, 1.1), (0.01, 40)])
def test_ratio_ticks_hold_one(low: float, high: float) -> None:
    """The baseline's ratio has a line whatever the range."""
    ticks = ratio_ticks(low, high)

    assert 1 in [round(tick, 9) for tick in ticks]
    assert 2 <= len(ticks) <= 10


@pytest.mark.parametrize(("low", "high"), [(0.8, 1.18), (0.94, 1.06), (0.3, 3.9), (0.01, 40)])
def test_a_narrow_chart_has_few_ticks(low: float, high: float) -> None:
    """Their labels must not run into each other; the baseline's ratio keeps its own."""
    ticks = ratio_ticks(low, high, 4)

    assert 1 in [round(tick, 9) for tick in ticks]
    assert len(ticks) <= 5


def test_labels_do_not_overlap() -> None:
    """Labels that want the same place stand one below the other, within the picture."""
    placed = spread([100, 100, 101, 10, 238], gap=15, height=240)
    ordered = sorted(placed)

    assert placed[3] == 10
    assert all(below - above >= 15 for above, below in pairwise(ordered))
    assert ordered[-1] <= 240


def test_long_labels_are_cut() -> None:
    """A name may be longer than the space beside a chart."""
    assert (shortened("short"), shortened("x" * 50)) == ("short", "x" * 29 + "…")


def test_ratio_chart_names_every_row_and_its_verdict() -> None:
    """Labels stand at the marks; there is no legend to hunt for."""
    dots = (
        Dot("quick", 0.5, 0.45, 0.55, "2.0 times faster"),
        Dot("<b>usual</b>", 1.0, None, None, "baseline"),
        Dot("lost", None, None, None, "no number", unsafe=True),
    )
    svg = drawn(RatioChart(CAPTION, dots, BAND))

    assert {"quick", "<b>usual</b>", "lost", "baseline", "no number"} <= set(texts(svg))
    assert len(list(ET.fromstring(svg).iter("circle"))) == 2


def test_charts_take_their_colours_from_the_page() -> None:
    """Only CSS variables, so that light, dark and print share one drawing."""
    dots = (Dot("a", 0.5, 0.4, 0.6, "", unsafe=True), Dot("b", 1, None, None, ""))
    svg = drawn(RatioChart(CAPTION, dots, BAND))
    colours = {
        value
        for element in ET.fromstring(svg).iter()
        for name, value in element.attrib.items()
        if name in ("fill", "stroke")
    }

    assert {"none"} < colours
    assert all(value == "none" or value.startswith("var(--") for value in colours)


def test_growth_chart_labels_its_lines() -> None:
    """Axes say that they are logarithmic, ticks are the measured points."""
    lines = (Line("flat", ((10, 1e-6), (100, 1e-6))), Line("steep", ((10, 1e-6), (100, 1e-5))))
    found = texts(drawn(GrowthChart(CAPTION, lines, 1e-6, ("tasks", "µs per job"))))

    assert {"flat", "steep", "tasks (log)", "µs per job (log)", "10", "100", "1", "2", "5"} <= set(found)


def test_picture_has_a_name_and_a_description() -> None:
    """Both are escaped, and both are referred to by id."""
    root = ET.fromstring(drawn(RatioChart(CAPTION, (Dot("a", math.e, 2, 3, ""),), BAND)))

    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "picture-title picture-desc")
    assert [root[0].text, root[1].text] == ["A <title>", "What it shows & why"]


def test_lines_that_look_alike_are_one_path() -> None:
    """Each begins where its line was moved to, and goes on from there in relative steps."""
    cross = "M-1.25,-1L-1.25,1L3,1.5h2v-2Z"
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg"><g>'
        '<line transform="translate(5,10)" x2="0" y2="-264" stroke="red"/>'
        '<line transform="translate(6.5,0)" x2="7" y2="0" stroke="red"/>'
        '<line transform="translate(0,0)" x2="3" y2="4" stroke="blue"/>'
        f'<path transform="translate(10,20)" d="{cross}" stroke="blue"/></g></svg>'
    )
    group = ET.fromstring(accessible(drawn, "i", "t", "d"))[2]

    assert [(child.get("stroke"), child.get("d")) for child in group] == [
        ("red", "M5,10v-264M6.5,0h7"),
        (None, "M0,0L3,4M8.8,19v2l4.2,0.5h2v-2Z"),
    ]


def test_simplified_svg_draws_the_same() -> None:
    """Roles and groups without a say go, a path that is a circle becomes one, common colours move to the group."""
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg"><g role="x" class="marks"><g></g>'
        '<path transform="translate(1.234,5)" d="M3,0A3,3,0,1,1,-3,0A3,3,0,1,1,3,0" fill="red" opacity="1"/>'
        '<path d="M0,0h1" fill="red"/><path d="" display="none" fill="red"/></g></svg>'
    )
    group = ET.fromstring(accessible(drawn, "i", "t", "d"))[2]

    assert group.attrib == {"fill": "red"}
    assert [(child.tag, child.attrib) for child in group] == [
        ("circle", {"r": "3", "cx": "1.2", "cy": "5"}),
        ("path", {"d": "M0,0h1"}),
    ]


def test_names_stand_clear_of_marks_and_of_each_other() -> None:
    """Where all stand on one line they go up or down, no further than they must."""
    spots = [(0.0, 100.0), (20.0, 100.0), (40.0, 100.0), (300.0, 20.0)]
    placed = free([(x + 10, y) for x, y in spots], [60.0, 60.0, 60.0, 60.0], 15, map(around, spots))
    rows = sorted(y for _, y in placed[:3])

    assert placed[3] == (310.0, 20.0)
    assert [x for x, _ in placed] == [10.0, 30.0, 50.0, 310.0]
    assert all(below - above >= 15 for above, below in pairwise(rows))
    assert max(abs(y - 100) for y in rows) <= 30


@pytest.mark.parametrize(("between", "rows"), [(8.0, 2), (20.0, 1)])
def test_names_on_one_line_do_not_read_as_one(between: float, rows: int) -> None:
    """Where there is no space between them, one goes up or down."""
    placed = free([(0.0, 100.0), (60.0 + between, 100.0)], [60.0, 60.0], 15, [])

    assert len({y for _, y in placed}) == rows


def test_a_name_goes_to_the_other_side_before_it_goes_far() -> None:
    """Unless there is no room before the axis."""
    spots = [(90.0, 100.0), (100.0, 100.0), (40.0, 20.0), (50.0, 20.0)]
    placed = free([(x + 10, y) for x, y in spots], [60.0] * 4, 15, map(around, spots), back=20.0)

    assert placed[0] == (90.0 - 10 - 60, 100.0)
    assert placed[1] == (110.0, 100.0)
    assert placed[2][0] == 50.0
    assert placed[2][1] != 20.0


def test_a_frontier_turns_at_its_corners() -> None:
    """Down to each from the one before, and to the right of it; whoever is beaten is no corner."""
    thick = STROKE

    assert sorted(strokes([(10.0, 50.0), (30.0, 40.0), (60.0, 90.0)], 100.0)) == sorted(
        [
            (10 - thick, 10 + thick, 0, 50),
            (10, 60, 50 - thick, 50 + thick),
            (60 - thick, 60 + thick, 50, 90),
            (60, 100, 90 - thick, 90 + thick),
        ]
    )


def test_no_line_runs_through_a_name_and_one_leads_to_what_is_far() -> None:
    """The frontier's turns at every mark here, which are so close that half of the names have to go elsewhere."""
    marks = tuple(
        Mark(f"a name of some length {number}", 1 + number / 40, 2 - number / 40, 0, False, False, True)
        for number in range(9)
    )
    data = datasets(TradeChart(CAPTION, marks, (), ("x", "y")))
    line = strokes([(one["from"], one["under"]) for one in data["names"]], TRADE_WIDTH)
    boxes = [
        (one["x"], one["x"] + width(one["text"]), one["y"] - LABEL_HEIGHT / 2, one["y"] + LABEL_HEIGHT / 2)
        for one in data["names"]
    ]

    assert [(name, box) for name in boxes for box in line if overlap(name, box)] == []
    assert 0 < len(data["leaders"]) < len(marks)
    assert data["leaders"] == [one for one in data["names"] if abs(one["y"] - one["under"]) > LABEL_HEIGHT]
    assert all(one["to"] < one["x"] or one["to"] > one["x"] + width(one["text"]) for one in data["leaders"])


def datasets(chart: TradeChart) -> dict[str, Any]:
    """What a picture is drawn from."""
    return {one["name"]: one["values"] for one in filled(chart)["data"] if "values" in one}


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes have some of the ground in common."""
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def test_no_name_is_lower_than_it_may_be() -> None:
    """Five marks side by side on the axis: their names are above one another, and none among its numbers."""
    spots = [(10.0 * place, 100.0) for place in range(5)]
    placed = free([(x + 5, y) for x, y in spots], [60.0] * 5, 15, map(around, spots), lowest=95.0)
    heights = sorted(y for _, y in placed)

    assert heights[-1] <= 95.0
    assert all(below - above >= 15 for above, below in pairwise(heights))
