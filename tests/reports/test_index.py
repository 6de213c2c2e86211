"""The index: a row per family, a line per workload, for each loop."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.reports.parsed import page, text_of

Make = Callable[..., Any]


def test_index_has_a_line_for_every_workload(report: Path) -> None:
    """Question, pick, ratio with interval and ties, for each loop."""
    tables = page(report, "index.html").xpath("//table")
    rows = [text_of(row) for row in tables[0].xpath(".//tbody/tr")]

    assert [re.match(r"Picks on ([\w-]+)", text_of(table))[1] for table in tables] == ["asyncio", "uvloop", "trio"]  # type: ignore[index]
    assert rows[0].startswith("Do a thing demo: 4 of 6 safe, 2 not tested (1 of them known to be unsafe)")
    assert re.match(r"busy quick 0\.50\d?. \[0\.\d+.0\.\d+\] faster twin_of_quick", rows[1])
    assert rows[2].startswith("mostly idle quick")
