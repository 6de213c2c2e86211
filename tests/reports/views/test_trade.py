"""The picture of what one gives for speed: who is on the line, who has a name, and what the drawing shows of it."""

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reports.pages.charts import drawn, filled
from reports.pages.definitions import GROWTH_HEIGHT
from reports.pages.gallery import alone
from reports.pages.scales import pixel
from reports.reading.family import families_of
from reports.reading.measured import measurements
from reports.views.charts import Caption, Mark, TradeChart
from reports.views.trade import compared, frontier, trades
from results import record

Make = Callable[..., Any]
CAPTION = Caption("picture", "A title", "What it shows")
READINGS = [{"name": "p99", "title": "slowest 1 %", "unit": "second", "better": "lower"}]


def mark(x: float, y: float, *lacks: str, out: bool = False) -> Mark:
    """An alternative at that place."""
    return Mark(f"{x} {y}", x, y, 0, out, unsafe=False, named=True, lacks=lacks)


@pytest.mark.parametrize(
    ("marks", "line"),
    [
        ([mark(1, 1)], [(1, 1)]),
        ([mark(1, 1), mark(0.5, 2), mark(2, 0.5), mark(2, 2)], [(0.5, 2), (1, 1), (2, 0.5)]),
        ([mark(1, 1), mark(0.1, 0.1, out=True)], [(1, 1)]),
        ([mark(1, 1), mark(1, 2), mark(2, 1)], [(1, 1)]),
        ([], []),
    ],
)
def test_nobody_beats_in_both_who_is_on_the_line(marks: list[Mark], line: list[tuple[float, float]]) -> None:
    """Only of those that suit somebody; what always stands there is named below the picture."""
    found = compared(marks)

    assert sorted((one.x, one.y) for one in found if one.stands([])) == line
    assert [(one.x, one.y) for one in TradeChart(CAPTION, found, (), ("x", "y")).front] == line


def test_the_headline_names_whom_nobody_beats_in_both_for_most_programs() -> None:
    """Not who lacks a usual need, nor who is beaten by somebody who keeps it; nothing where nobody is left."""
    marks = compared([mark(0.5, 0.5, "order"), mark(0.6, 2), mark(1, 1), mark(2, 2)])

    assert frontier(TradeChart(CAPTION, marks, ("order",), ("x", "y"))) == (
        "A title: nobody is better in both than `0.6 2` or `1 1`"
    )
    assert frontier(TradeChart(CAPTION, marks, (), ("x", "y"))) == "A title: nobody is better in both than `0.5 0.5`"
    assert frontier(TradeChart(CAPTION, marks[:1], ("order",), ("x", "y"))) == ""


def test_the_line_follows_what_is_needed() -> None:
    """Whoever is ruled out beats nobody; of two that lack something, who lacks less decides."""
    marks = compared([mark(0.5, 0.5, "order"), mark(0.6, 0.6, "order", "threads"), mark(1, 1), mark(2, 2)])
    stands = {needs: [one.label for one in marks if one.stands(needs)] for needs in ((), ("order",), ("threads",))}

    assert stands == {(): ["0.5 0.5"], ("order",): ["1 1"], ("threads",): ["0.5 0.5"]}
    assert [one.css for one in marks] == ["b-order", "b-order b-threads d__order", "d__order", "d"]


def test_no_line_runs_through_a_name() -> None:
    """Of who stands on it the name is above: beside the mark the line would read as a stroke of it."""
    marks = compared([mark(0.5, 2), mark(1, 1), mark(2, 0.5), mark(2, 3)])
    chart = TradeChart(CAPTION, marks, (), ("x", "y"))
    definition = filled(chart)
    data = {one["name"]: one.get("values") for one in definition["data"]}
    [(low, high)] = [one["value"] for one in definition["signals"] if one["name"] == "reach"]
    heights = {one["text"]: one["y"] for one in data["names"]}

    for one in chart.front:
        assert pixel(one.y, low, high, GROWTH_HEIGHT) - heights[one.label] > 7, one.label
    assert heights["2 3"] == pytest.approx(pixel(3, low, high, GROWTH_HEIGHT))


def test_what_the_style_sheet_hides_is_told_by_classes() -> None:
    """Of each that may stand on the line a ground with its corner there; of all a mark, and of some a name."""
    marks = compared([mark(0.5, 0.5, "order"), mark(1, 1), mark(2, 2)])
    root = ET.fromstring(drawn(TradeChart(CAPTION, marks, ("order",), ("x", "y"))))
    classes = Counter((one.tag, one.get("class")) for one in root.iter() if one.get("class"))

    assert classes["path", "q b-order"] == classes["path", "q"] == 3
    assert classes["circle", "b-order"] == classes["circle", "d__order"] == classes["circle", "d"] == 1
    assert classes["text", "b-order"] == 1


def test_a_picture_without_a_page_is_for_most_programs() -> None:
    """It has no ticks to follow."""
    marks = compared([mark(0.5, 0.5, "order"), mark(0.7, 0.7, "threads"), mark(1, 1), mark(2, 2)])
    chart = TradeChart(CAPTION, marks, ("order",), ("x", "y"))
    style = ET.fromstring(alone(str(drawn(chart)), chart)).findtext("{*}style", "")

    assert ".q.b-order{display:none}" in style
    assert ".d__threads{fill" in style
    assert ".d{fill" in style
    assert "b-threads" not in style
    assert "d__order" not in style


def test_picture_shows_who_has_both(tmp_path: Path, write: Make, fake: Make) -> None:
    """Names beside those that suit, in the colours of their lanes; what is unsafe is hollow, and has none."""
    fakes = {
        "usual": fake(readings=(("p99", 1e-4),), backends=("asyncio",)),
        "quick": fake(0.5, readings=(("p99", 2e-4),), backends=("asyncio",), kind="own"),
        "careless": fake(0.2, readings=(("p99", 1e-5),), backends=("asyncio",), breaks=(("no_leaks", "asyncio"),)),
        "unread": fake(0.7, backends=("asyncio",)),
    }
    run = write(tmp_path, fakes, points=(100,), readings=READINGS)
    (family,) = families_of(measurements(record.read(run)))
    (chart,) = trades(family, "asyncio")
    svg = str(drawn(chart))

    assert sorted((one.label, one.lane, one.out, one.unsafe, one.named) for one in chart.marks) == [
        ("careless", 0, True, True, False),
        ("quick", 2, False, False, True),
        ("usual", 0, False, False, True),
    ]
    assert [one.label for one in chart.front] == ["quick", "usual"]
    assert all(f">{name}</text>" in svg for name in ("usual", "quick"))
    assert "careless" not in svg
    assert "time against slowest 1 %" in svg


def test_without_two_that_have_both_there_is_no_picture(tmp_path: Path, write: Make, fake: Make) -> None:
    """As in every older record."""
    fakes = {"usual": fake(readings=(("p99", 1e-4),)), "quick": fake(0.5)}
    run = write(tmp_path, fakes, points=(100,), readings=READINGS)
    (family,) = families_of(measurements(record.read(run)))

    assert trades(family, "asyncio") == ()


@pytest.mark.parametrize(("memory", "pictures"), [(1000 * math.sqrt(2), 0), (3000.0, 1)])
def test_where_all_are_the_same_there_is_no_picture(
    tmp_path: Path, write: Make, fake: Make, memory: float, pictures: int
) -> None:
    """It would show names on each other, and say nothing.

    A baseline is the mean of two copies, the second of which is read as twice the first here.
    """
    fakes = {
        "usual": fake(readings=(("memory", 1000.0),), backends=("asyncio",)),
        "quick": fake(0.5, readings=(("memory", memory),), backends=("asyncio",)),
    }
    readings = [{"name": "memory", "title": "memory", "unit": "byte", "better": "lower"}]
    (family,) = families_of(measurements(record.read(write(tmp_path, fakes, points=(100,), readings=readings))))

    assert len(trades(family, "asyncio")) == pictures
