"""The page about what changes between environments, and who leads there."""

from pathlib import Path

from reports.kept import report as kept
from reports.reading.wording import TIMES
from tests.reports.parsed import page, text_of
from tests.reports.synthetic import Fake, write_run

PAGE = "environments.html"


def test_rows_that_change_and_promises_that_turn_are_on_a_page(report: Path) -> None:
    """Those alone: what does not change is counted."""
    tree = page(report, PAGE)
    rows = [[text_of(cell) for cell in row] for row in tree.xpath("//tbody/tr[th][ancestor::table[@class='compare']]")]
    assert {row[0] for row in rows} == {"quick", "pitfall"}
    assert any(row[0] == "pitfall" and f"1.50{TIMES} faster" in row[-1] for row in rows)
    (turned,) = map(text_of, tree.xpath("//ul[@class='turned']/li"))
    assert turned.startswith("quick on asyncio, ✗ broken in other and kept in here: Nothing is left behind")
    assert turned.endswith("one task is left")
    assert "practically the same" in text_of(tree)
    assert (
        "memory, stalls and counts of work were measured in each, and are in the record of each; launches beyond the "
        "planned ones were played in here alone" in " ".join(text_of(tree).split())
    )


def test_the_index_leads_there(report: Path) -> None:
    """With the names of the environments, and of the one that everything else is of."""
    (line,) = page(report, "index.html").xpath(f"//p[a[@href='{PAGE}']]")
    assert text_of(line).startswith("What changes between here and other: ")
    assert text_of(line).endswith("This page is of here.")


def test_a_run_of_one_environment_has_no_such_page(tmp_path: Path) -> None:
    """Nor is that of an earlier report left there."""
    several = write_run(tmp_path / "several", {"usual": Fake()}, points=(100,))
    write_run(several / "environments" / "other", {"usual": Fake()}, points=(100,))
    one = write_run(tmp_path / "one", {"usual": Fake()}, points=(100,))
    output = tmp_path / "html"
    draw(several, output)
    assert (output / PAGE).exists()
    draw(one, output)
    assert not (output / PAGE).exists()
    assert PAGE not in (output / "index.html").read_text()


def draw(run: Path, output: Path) -> None:
    """Build a report where another one may be."""
    kept(run, [], output)
