"""Charts that are kept: what was drawn before is not drawn again, and no more is kept than a report needs."""

import json
import subprocess
from pathlib import Path
from typing import cast

import pytest
from markupsafe import Markup, escape

from reports.pages import charts, drawings
from reports.pages.drawings import Drawings
from reports.pages.hand import Hand
from reports.views.charts import Caption, Dot, RatioChart
from results.statistics import BAND

CAPTION = Caption("picture", "A title", "What it shows")


def chart(value: float) -> RatioChart:
    """A chart of one row."""
    return RatioChart(CAPTION, (Dot("row", value, None, None, ""),), BAND)


@pytest.fixture(name="drawn")
def fixture_drawn(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """The values of charts that were drawn, in their order; the drawing is only a sign of it."""
    done: list[float | None] = []

    def draw(one: RatioChart) -> Markup:
        done.append(one.dots[0].value)
        return Markup(f"<svg>{one.dots[0].value}</svg>")

    monkeypatch.setattr(charts, "drawn", draw)
    return done


def report(file: Path, *values: float) -> list[str]:
    """The charts of a report with these values."""
    with Drawings(file) as found:
        places = [found.place(chart(value)) for value in values]
        found.keep()
        return [found.shown(place) for place in places]


def test_only_what_changed_is_drawn(tmp_path: Path, drawn: list[float | None]) -> None:
    """Two comparisons stay as they are, the third is another."""
    first = report(tmp_path / "charts.json", 1.0, 2.0, 3.0, 3.0)
    second = report(tmp_path / "charts.json", 1.0, 2.0, 4.0)

    assert drawn == [1.0, 2.0, 3.0, 4.0]
    assert first == ["<svg>1.0</svg>", "<svg>2.0</svg>", "<svg>3.0</svg>", "<svg>3.0</svg>"]
    assert second == ["<svg>1.0</svg>", "<svg>2.0</svg>", "<svg>4.0</svg>"]


def test_a_place_in_a_page_is_markup(tmp_path: Path, drawn: list[float | None]) -> None:
    """What a record says is escaped, and cannot be one."""
    with Drawings(tmp_path / "charts.json") as found:
        place = found.place(chart(1.0))

        assert isinstance(place, Markup)
        assert found.shown(f"<p>{place}{escape(str(place))}") == f"<p><svg>1.0</svg>{escape(str(place))}"


def test_many_charts_are_drawn_by_another_process(tmp_path: Path) -> None:
    """The same as here, and here if that process is gone."""
    with Drawings(tmp_path / "charts.json", many=True) as found:
        hand = cast("Hand", found._hand)
        found.place(chart(1.0))
        first = found.drawn(chart(1.0))
        hand._process.kill()
        hand._process.wait()
        found.place(chart(2.0))
        second = found.drawn(chart(2.0))

    assert [first, second] == [charts.drawn(chart(1.0)), charts.drawn(chart(2.0))]


def test_a_report_that_ends_early_ends_that_process(tmp_path: Path) -> None:
    """What it was to draw yet is not waited for."""
    with Drawings(tmp_path / "charts.json", many=True) as found:
        hand = cast("Hand", found._hand)
        asked = [hand.begin(chart(value)) for value in (1.0, 2.0, 3.0)]

    assert hand._process.poll() is not None
    assert asked[-1].cancelled()


def test_nobody_draws_apart_where_everything_is_kept(tmp_path: Path, drawn: list[float | None]) -> None:
    """A process would come up for nothing."""
    report(tmp_path / "charts.json", 1.0)
    with Drawings(tmp_path / "charts.json", many=True) as found:
        found.place(chart(1.0))

        assert found._hand is None


def test_where_no_process_is_to_be_had_charts_are_drawn_here(
    tmp_path: Path, drawn: list[float | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit of processes costs time, not the report."""

    def refused(*_: object, **__: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(subprocess, "Popen", refused)
    with Drawings(tmp_path / "charts.json", many=True) as found:
        assert found.shown(found.place(chart(1.0))) == "<svg>1.0</svg>"


def test_no_more_is_kept_than_the_last_report_needed(tmp_path: Path, drawn: list[float | None]) -> None:
    """However many runs are drawn into one folder."""
    for value in (1.0, 2.0, 3.0):
        report(tmp_path / "charts.json", value)

    assert list(json.loads((tmp_path / "charts.json").read_text())["value"]["charts"].values()) == ["<svg>3.0</svg>"]


def test_the_file_of_another_maker_is_not_used(
    tmp_path: Path, drawn: list[float | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other code draws otherwise."""
    report(tmp_path / "charts.json", 1.0)
    monkeypatch.setattr(drawings, "maker", lambda: "another")
    report(tmp_path / "charts.json", 1.0)
    report(tmp_path / "charts.json", 1.0)

    assert drawn == [1.0, 1.0]


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"charts": {}}', '{"maker": "x", "charts": []}'])
def test_a_damaged_file_is_replaced(tmp_path: Path, drawn: list[float | None], damaged: str) -> None:
    """It holds nothing."""
    (tmp_path / "charts.json").write_text(damaged, encoding="utf-8")
    report(tmp_path / "charts.json", 1.0)
    report(tmp_path / "charts.json", 1.0)

    assert drawn == [1.0]
