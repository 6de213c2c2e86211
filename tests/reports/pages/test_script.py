"""The page's script in a real browser, where there is one: what a click on a heading does to the rows."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from reports.pages.rendering import Pages
from reports.reading.family import families_of
from reports.reading.measured import measurements
from reports.views.index_page import index_view
from reports.views.places import places
from reports.views.provenance import about
from results import record
from tests.reports.browser import BROWSER, MISSING, needs_browser
from tests.reports.parsed import built, names_in, text_of
from tests.reports.synthetic import FITTING, SOURCE
from tests.where import RECORDED

pytestmark = needs_browser
Make = Callable[..., Any]
CLICK = """
<script>
const heads = document.querySelectorAll("#table-busy th[data-key] button");
for (const click of CLICKS) heads[click].click();
</script>
"""
COPY = """
<script>
const copied = [];
Object.defineProperty(navigator, "clipboard", {value: {writeText: async text => copied.push(text)}});
const buttons = [...document.querySelectorAll("details:has(#code-ONE) .copy")];
buttons.forEach(button => button.click());
document.body.dataset.copied = JSON.stringify(copied);
document.body.dataset.buttons = JSON.stringify(buttons.map(button => button.textContent));
</script>
"""
TYPE = """
<script>
const box = document.getElementById("find");
box.value = TEXT;
box.dispatchEvent(new Event("input"));
</script>
"""


def clicked(folder: Path, clicks: list[int]) -> Any:
    """The page after clicks on the sortable headings of its first table, by their number."""
    return shown(folder, "families/demo.html", CLICK.replace("CLICKS", str(clicks)))


def found(folder: Path, text: str) -> Any:
    """The index after somebody has typed into its box."""
    return shown(folder, "index.html", TYPE.replace("TEXT", json.dumps(text)))


def shown(folder: Path, name: str, script: str) -> Any:
    """A page of the report as a browser has it after one more script."""
    assert BROWSER, MISSING
    file = (folder / name).with_name("shown.html")
    file.write_text((folder / name).read_text(encoding="utf-8") + script, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run([BROWSER, *options, file.as_uri()], capture_output=True, text=True, check=True, timeout=60)
    file.unlink()
    return html.fromstring(done.stdout)


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory: pytest.TempPathFactory, report: Path) -> Path:
    """A copy of the report, so that nobody else finds our pages in it."""
    return Path(shutil.copytree(report, tmp_path_factory.mktemp("script") / "html"))


@pytest.fixture(name="real", scope="module")
def fixture_real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the recorded run, alone in its folder."""
    read = measurements(record.read(RECORDED))
    families = families_of(read)
    view = index_view(read, families, places(families))
    folder = tmp_path_factory.mktemp("real")
    (folder / "index.html").write_text(Pages(about(read)).page("index", "Real", view=view), encoding="utf-8")
    return folder


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

    assert [kind for kind, _ in named] == [None, "divider", "is-unsafe", "divider", "fixed"]
    assert (named[0][1][0], named[0][1][-1]) == (first, last)
    assert sorted(named[0][1]) == ["less", "quick", "twin_of_quick", "usual"]
    assert sorted(named[2][1]) == ["careless", "pitfall"]
    assert sorted(named[4][1]) == ["absent", "hangs"]


def test_memory_is_sorted_by_its_size(tmp_path: Path, write: Make, fake: Make) -> None:
    """Whatever the unit: 900 B are less than 1.2 kB, and what holds nothing comes first."""
    held = {"usual": 900.0, "large": 2_500_000.0, "more": 1200.0, "none": 1.0}
    fakes = {name: fake(readings=(("memory", amount),), backends=("asyncio",)) for name, amount in held.items()}
    memory = [{"name": "memory", "title": "memory in flight", "unit": "byte", "better": "lower"}]
    folder = built(write(tmp_path / "run", fakes, points=(100,), readings=memory), tmp_path / "html")
    table = clicked(folder, [3]).get_element_by_id("table-busy")

    assert text_of(table.xpath(".//th[@aria-sort='ascending']")[0]) == "memory in flight"
    assert names_in(table.find("tbody")) == ["none", "usual", "more", "large"]
    assert "under 1 B" in text_of(table)


@pytest.mark.parametrize(
    ("text", "count", "hits"),
    [
        ("", "", []),
        ("demo", "1 hit: 1 family", []),
        ("do a THING", "1 hit: 1 family", []),
        ("Mostly_Idle", "1 hit: 1 question", []),
        ("quick", "2 hits: 2 alternatives", ["quick", "twin_of_quick"]),
        ("demo trio.usual", "1 hit: 1 alternative", ["trio_usual"]),
        ("usu", "2 hits: 2 alternatives", ["trio_usual", "usual"]),
        ("<b>", "No hits", []),
    ],
)
def test_box_finds_families_questions_and_alternatives(folder: Path, text: str, count: str, hits: list[str]) -> None:
    """The hits are counted in words, alternatives that are some are linked, and a family without any is hidden."""
    tree = found(folder, text)
    seen = "not(ancestor-or-self::*[@hidden])"
    links = tree.xpath(f"//ul[@class='hits']/li/a[{seen}]")

    assert tree.get_element_by_id("finder").get("hidden") is None
    assert text_of(tree.get_element_by_id("found")) == count
    assert [link.get("href").partition("#code-")[2] for link in links] == hits
    assert bool(tree.xpath(f"//tbody[@class='family' and {seen}]")) == (count != "No hits")


@pytest.mark.parametrize(
    ("typed", "family"),
    [
        ("worker pool", "fan_out"),
        ("pub sub", "callbacks"),
        ("pub/sub", "callbacks"),
        ("TTL", "caches"),
        ("mutex", "locks"),
        ("throttle", "rate_limits"),
        ("debounce", "batching"),
        ("asyncio.Lock", "locks"),
    ],
)
def test_box_knows_words_that_people_use(real: Path, typed: str, family: str) -> None:
    """On the index of the committed run: the family whose problem it is, and no family that has nothing of it."""
    tree = found(real, typed)
    shown_ones = tree.xpath("//tbody[@class='family' and not(@hidden)]//b[@class='name']")
    names = [text_of(name) for name in shown_ones]

    assert family in names
    assert len(names) < 6


def test_hits_of_one_name_can_be_told_apart(real: Path) -> None:
    """What several alternatives are called has the name of each file behind it."""
    links = [text_of(link) for link in found(real, "worker pool").xpath("//ul[@class='hits']/li/a")]

    assert len(links) == len(set(links)) > 1
    assert "own_workers" in links


@pytest.mark.parametrize(
    ("name", "buttons", "copied"),
    [
        ("quick", ["Copy the pattern", "Copy the file"], [SOURCE, SOURCE + FITTING]),
        ("usual", ["Copy"], [SOURCE]),
    ],
)
def test_first_button_copies_what_one_needs(folder: Path, name: str, buttons: list[str], copied: list[str]) -> None:
    """The pattern, and with the second one the whole file; a file of one part has one button."""
    body = shown(folder, "families/demo-code.html", COPY.replace("ONE", name)).find("body")

    assert json.loads(body.get("data-buttons")) == buttons
    assert json.loads(body.get("data-copied")) == copied
