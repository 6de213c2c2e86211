"""A report's pages as trees, and what a reader finds in them."""

from pathlib import Path
from typing import Any

from lxml import html

from reports.pages.build import build
from reports.pages.drawings import Drawings
from reports.reading.measured import measurements
from results import record
from results.record import Run


def built(run: Path, output: Path) -> Path:
    """Build a run's report and return its folder."""
    return built_of(record.read(run), output)


def built_of(run: Run, output: Path) -> Path:
    """Build the report of a run that has been read and return its folder."""
    with Drawings(output / "charts.json") as drawings:
        return build(measurements(run), output, drawings).path


def tree_of(path: Path) -> Any:
    """A page as a tree."""
    return html.fromstring(path.read_text(encoding="utf-8"))


def page(folder: Path, name: str = "families/demo.html") -> Any:
    """One of a report's pages."""
    return tree_of(folder / name)


def text_of(element: Any) -> str:
    """Its text with single spaces."""
    return " ".join(str(element.text_content()).split())


def names_in(body: Any) -> list[str]:
    """The alternatives of a table body, in order."""
    return [text_of(link) for link in body.xpath("./tr/th/a")]


def row_of(tree: Any, table: str, name: str) -> Any:
    """The row of an alternative in a table."""
    return tree.xpath(f"//table[@id='{table}']//tr[th/a[.='{name}']]")[0]


def cells_of(tree: Any, table: str, name: str) -> dict[str, Any]:
    """The cells of an alternative by their heading, those of the promises included."""
    heads = [text_of(head) for head in tree.xpath(f"//table[@id='{table}']/thead/tr/th")]
    return dict(zip(heads, row_of(tree, table, name), strict=True))
