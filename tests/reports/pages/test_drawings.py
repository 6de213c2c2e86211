"""Charts that are kept: what was drawn before is not drawn again, and no more is kept than a report needs."""

import json
from pathlib import Path

import pytest
from markupsafe import Markup

from reports.pages import charts, drawings
from reports.pages.drawings import Drawings
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


def report(file: Path, *values: float) -> list[Markup]:
    """The charts of a report with these values."""
    found = Drawings(file)
    shown = [found.drawn(chart(value)) for value in values]
    found.keep()
    return shown


def test_only_what_changed_is_drawn(tmp_path: Path, drawn: list[float | None]) -> None:
    """Two comparisons stay as they are, the third is another."""
    first = report(tmp_path / "charts.json", 1.0, 2.0, 3.0, 3.0)
    second = report(tmp_path / "charts.json", 1.0, 2.0, 4.0)

    assert drawn == [1.0, 2.0, 3.0, 4.0]
    assert first == ["<svg>1.0</svg>", "<svg>2.0</svg>", "<svg>3.0</svg>", "<svg>3.0</svg>"]
    assert second == ["<svg>1.0</svg>", "<svg>2.0</svg>", "<svg>4.0</svg>"]


def test_a_drawing_that_was_kept_is_markup(tmp_path: Path, drawn: list[float | None]) -> None:
    """The page shows it instead of its text."""
    report(tmp_path / "charts.json", 1.0)

    assert all(isinstance(one, Markup) for one in report(tmp_path / "charts.json", 1.0))


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
