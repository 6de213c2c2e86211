"""What a page says of the workload's own cost: the null row is no row, and older records have none."""

from collections.abc import Callable
from typing import Any

import pytest

from results.labels import NOTHING
from tests.reports.parsed import built, page, text_of

Make = Callable[..., Any]
NULL = {"what": "a thing that does nothing"}


@pytest.fixture(name="report", scope="module")
def fixture_report(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Callable[..., Any]:
    """The page of asyncio of a run with two alternatives, written with these settings."""

    def report(**settings: Any) -> Any:
        folder = tmp_path_factory.mktemp("report")
        run = write(folder / "run", {"usual": fake(), "quick": fake(0.5)}, points=(100,), **settings)
        return page(built(run, folder / "html"))

    return report


def lines(tree: Any) -> list[str]:
    """What is said of it."""
    return [text_of(line) for line in tree.xpath("//p[contains(@class, 'own')]")]


def test_a_page_says_how_much_is_the_workloads_own(report: Callable[..., Any]) -> None:
    """Out of the baseline's time, in its unit; what stood in is named."""
    tree = report(own=0.355, null=NULL, noise=0.0)

    assert lines(tree) == [
        f"Of 10.0 µs, 3.55 are the workload's own: so much does it take around {NULL['what']}. Nothing is subtracted."
    ]


def test_a_null_row_is_no_row(report: Callable[..., Any]) -> None:
    """It is faster than all, and yet it is nowhere but in that line: no table, no pick, no chart names it."""
    tree = report(own=0.1, null=NULL)
    rows = [text_of(head) for head in tree.xpath("//table[@id='table-busy']/tbody//th[@scope='row']")]

    assert len(rows) == 2
    assert NOTHING not in text_of(tree.find(".//main"))
    assert "quick" in text_of(tree.find_class("verdict")[0])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, []),
        ({"null": NULL}, []),
        (
            {"null": {"why_not": "it makes no sense"}},
            ["How much of a time is the workload's own is not measured: it makes no sense."],
        ),
    ],
    ids=["older record", "no number", "a reason"],
)
def test_what_is_not_measured_is_no_number(report: Callable[..., Any], settings: Any, said: list[str]) -> None:
    """A reason is said, and without one nothing."""
    assert lines(report(**settings)) == said
