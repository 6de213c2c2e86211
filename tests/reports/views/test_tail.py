"""The picture of latencies: from the median to the slowest 1 %, and of how many operations."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reports.pages.charts import drawn
from reports.pages.gallery import table
from reports.reading.family import families_of
from reports.reading.measured import measurements
from reports.views.tail import tail_chart
from results import record

Make = Callable[..., Any]


@pytest.mark.parametrize("names", [("p50", "p99"), ("p50", "p95", "p99")])
def test_a_row_reaches_from_its_median_to_its_slowest(
    tmp_path: Path, write: Make, fake: Make, names: tuple[str, ...]
) -> None:
    """Older records have nothing between; whoever has no latencies has no row, and an unsafe one says so."""
    values = {name: 1e-5 * (number + 1) for number, name in enumerate(names)}
    fakes = {
        "usual": fake(readings=(*values.items(),), backends=("asyncio",)),
        "careless": fake(readings=(*values.items(),), backends=("asyncio",), breaks=(("no_leaks", "asyncio"),)),
        "unread": fake(0.7, backends=("asyncio",)),
    }
    readings = [{"name": name, "title": name, "unit": "second", "better": "lower"} for name in names]
    (family,) = families_of(measurements(record.read(write(tmp_path, fakes, points=(100,), readings=readings))))
    chart = tail_chart(family.case("busy", "asyncio"), "busy", "busy")

    assert chart is not None
    assert {row.label: (len(row.latencies), row.unsafe) for row in chart.rows} == {
        "usual": (len(names), False),
        "careless": (len(names), True),
    }
    assert all(row.latencies == tuple(sorted(row.latencies)) for row in chart.rows)
    assert all(row.events % 1000 == 0 < row.events for row in chart.rows)
    marks = [one for one in ET.fromstring(drawn(chart)).iter() if one.tag == "circle"]
    assert len(marks) == 2 * len(names)
    assert len(table(chart).splitlines()) == 3


def test_without_latencies_there_is_no_picture(tmp_path: Path, write: Make, fake: Make) -> None:
    """Nor without a case."""
    (family,) = families_of(measurements(record.read(write(tmp_path, {"usual": fake()}, points=(100,)))))

    assert tail_chart(family.case("busy", "asyncio"), "busy", "busy") is None
    assert tail_chart(None, "busy", "busy") is None
