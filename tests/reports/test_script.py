"""The page's script in a real browser, where there is one: what a click on a heading does to the rows."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.reports.parsed import names_in

Make = Callable[..., Any]
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
CLICK = """
<script>
const heads = document.querySelectorAll("#table-busy th[data-key] button");
for (const click of CLICKS) heads[click].click();
</script>
"""


def clicked(folder: Path, clicks: list[int]) -> Any:
    """The page after clicks on the sortable headings of its first table, by their number."""
    assert BROWSER
    shown = folder / "families" / "clicked.html"
    text = (folder / "families" / "demo.html").read_text(encoding="utf-8")
    shown.write_text(text + CLICK.replace("CLICKS", str(clicks)), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run([BROWSER, *options, shown.as_uri()], capture_output=True, text=True, check=True, timeout=60)
    shown.unlink()
    return html.fromstring(done.stdout)


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory: pytest.TempPathFactory, report: Path) -> Path:
    """A copy of the report, so that nobody else finds our pages in it."""
    return Path(shutil.copytree(report, tmp_path_factory.mktemp("script") / "html"))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here to run the page's script")
@pytest.mark.parametrize(
    ("clicks", "first", "last"),
    [
        ([0], "less", "usual"),
        ([0, 0], "usual", "less"),
        ([1, 1], "usual", "less"),
        ([2], "quick", "twin_of_quick"),
    ],
    ids=["ratio", "ratio, down", "time, down", "growth"],
)
def test_unsafe_rows_stay_last_under_every_sort(folder: Path, clicks: list[int], first: str, last: str) -> None:
    """The fastest row of all is unsafe: it comes first of those below the divider, never above it."""
    bodies = clicked(folder, clicks).get_element_by_id("table-busy").findall("tbody")
    named = [(body.get("class"), names_in(body)) for body in bodies]

    assert [kind for kind, _ in named] == [None, "divider", None, "divider", "fixed"]
    assert (named[0][1][0], named[0][1][-1]) == (first, last)
    assert sorted(named[0][1]) == ["less", "quick", "twin_of_quick", "usual"]
    assert sorted(named[2][1]) == ["careless", "pitfall"]
    assert sorted(named[4][1]) == ["absent", "hangs"]


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here to run the page's script")
def test_headings_say_what_they_promise(folder: Path) -> None:
    """The promise is the title of a heading, taken from its definition."""
    titles = clicked(folder, []).xpath("//table[@id='table-busy']//th/a[@href='#p-no_leaks']/@title")

    assert titles == ["Nothing is left behind, whoever is cancelled."]
