"""What is unsafe is marked wherever it is drawn, and what was not tested is said where it is picked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reports.__main__ import app
from reports.pages.charts import drawn
from reports.views.charts import Caption, GrowthChart, Line
from tests.reports.parsed import built, page, row_of, text_of

Make = Callable[..., Any]


def test_a_pick_that_was_not_tested_says_so(
    tmp_path: Path, write: Make, fake: Make, found: Make, safety_of: Make
) -> None:
    """It may be picked, but not silently."""
    fakes = {"usual": fake(), "quick": fake(0.5)}
    gap = found("quick", "asyncio", "no_leaks", state="not tested", reason="interrupted")
    run = write(tmp_path / "run", fakes, points=(100,), safety=safety_of(fakes, gap))
    busy = page(built(run, tmp_path / "html")).get_element_by_id("busy")

    assert "Use quick: 2.00× faster [1.99–2.00] than usual. quick was not tested for 1 promise." in text_of(busy)  # noqa: RUF001


def test_without_any_findings_that_is_said_once(tmp_path: Path, write: Make, fake: Make) -> None:
    """Nothing was tested at all: the banner says it, not every verdict."""
    fakes = {"usual": fake(), "quick": fake(0.5, breaks=(("no_leaks", "trio"),))}
    run = write(tmp_path / "run", fakes, points=(100,), safety=None)

    assert "was not tested for" not in text_of(page(built(run, tmp_path / "html")).get_element_by_id("busy"))


def test_loops_are_compared_with_the_unsafe_last(tmp_path: Path, write: Make, fake: Make) -> None:
    """The word stands where it is unsafe: beside the name for asyncio, beside the ratio for another loop."""
    fakes = {
        "usual": fake(),
        "here": fake(0.5, breaks=(("no_leaks", "asyncio"),)),
        "there": fake(0.6, breaks=(("no_leaks", "uvloop"),)),
    }
    folder = built(write(tmp_path / "run", fakes, points=(100,)), tmp_path / "html")
    tree = page(folder, "families/demo-measures.html")
    rows = tree.xpath("//div[@id='loops-of-busy']//tbody/tr")

    assert [text_of(row.find("th")) for row in rows] == ["usual", "here unsafe", "there"]
    assert ["unsafe" in text_of(row.findall("td")[-1]) for row in rows] == [False, False, True]
    assert "unsafe" in text_of(tree.xpath("//*[local-name()='svg' and contains(@aria-labelledby, 'loops-')]")[0])


def test_an_unsafe_line_has_its_own_shape() -> None:
    """Where all others have a filled mark it has a cross, whatever its place in the legend of shapes."""
    points = ((10, 1e-6), (100, 2e-6))
    caption, unit, axes = Caption("x", "x", "x"), 1e-6, ("tasks", "µs per job")
    charts = [drawn(GrowthChart(caption, (Line("a", points, unsafe),), unit, axes)) for unsafe in (False, True)]

    assert [svg.count("<circle") for svg in charts] == [2, 0]


@pytest.mark.parametrize(("breaks", "circles"), [((), 3), ((("no_leaks", "asyncio"),), 0)])
def test_an_unsafe_line_of_the_page_has_it_too(
    tmp_path: Path, write: Make, fake: Make, breaks: tuple[tuple[str, str], ...], circles: int
) -> None:
    """The only line of a family, over three points."""
    run = write(tmp_path / "run", {"usual": fake(breaks=breaks, backends=("asyncio",))})
    tree = page(built(run, tmp_path / "html"))
    chart = tree.xpath("//*[local-name()='svg' and contains(@aria-labelledby, 'growth-')]")[0]

    assert len(chart.xpath(".//*[local-name()='circle']")) == circles
    assert ("(unsafe)" in text_of(chart)) == bool(breaks)


def test_what_was_seen_while_measuring_is_in_the_matrix(tmp_path: Path, write: Make, fake: Make, absent: Make) -> None:
    """All checks passed, and still it hung: below the divider, with the reason."""
    fakes = {"usual": fake(), "quick": fake(0.5)}
    hung = absent("quick", "hung", "no answer within 10 s", n=1000)
    tree = page(built(write(tmp_path / "run", fakes, points=(100,), absences=[hung]), tmp_path / "html"))

    assert text_of(row_of(tree, "matrix", "quick").find("th")) == "quick hung in busy"
    assert row_of(tree, "matrix", "quick").getparent().get("class") == "unsafe"
    assert "Safety on asyncio: 1 of 2 safe." in text_of(tree)


@pytest.mark.parametrize("tested", [True, False])
def test_terminal_counts_the_safe(tmp_path: Path, write: Make, fake: Make, tested: bool) -> None:
    """A line per family, a column per loop."""
    fakes = {"usual": fake(), "quick": fake(0.5, breaks=(("no_leaks", "uvloop"),))}
    run = write(tmp_path / "run", fakes, points=(100,), **({} if tested else {"safety": None}))
    done = CliRunner().invoke(app, ["build", str(run), "--all", "--output", str(tmp_path / "html")])
    line = next(line for line in reversed(done.stdout.splitlines()) if "demo" in line)
    expected = (
        ["2 of 2 safe", "1 of 2 safe"] if tested else ["2 not tested", "2 not tested (1 of them known to be unsafe)"]
    )

    assert " ".join(["demo", *expected]) == " ".join(line.split())
