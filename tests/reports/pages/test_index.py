"""The index: families by group, a line per workload for each loop, and the names of everything."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from reports.pages.rendering import Pages
from reports.reading.family import Family
from reports.reading.measured import measurements
from reports.reading.wording import DASH, TIMES
from reports.views.index_page import index_view
from reports.views.places import places
from reports.views.provenance import about
from results import record
from tests.reports.parsed import built, page, text_of

Make = Callable[..., Any]
GROUPS = {"alpha": "run many", "beta": "", "gamma": "limit", "delta": "run many"}


def lines(tree: Any, loop: str) -> list[list[str]]:
    """The lines of a loop, cell by cell."""
    rows = tree.xpath(f"//tr[contains(concat(@class, ' '), 'on-{loop} ')]")
    return [[text_of(cell) for cell in row.findall("td")] for row in rows]


def families(run: Path, groups: Mapping[str, str | None]) -> None:
    """Copy the run's only family under these names, each with its group; None leaves it as older records are."""
    path = run / "suite.json"
    suite = json.loads(path.read_text(encoding="utf-8"))
    one = suite["families"]["demo"]
    suite["families"] = {
        name: {**one, "doc": f"Do {name}.", **({} if group is None else {"group": group})}
        for name, group in groups.items()
    }
    suite["comparisons"] = [{**entry, "family": name} for name in groups for entry in suite["comparisons"]]
    path.write_text(json.dumps(suite), encoding="utf-8")
    for name in groups:
        shutil.copytree(run / "demo", run / name)


@pytest.fixture(name="grouped")
def fixture_grouped(tmp_path: Path, write: Make, fake: Make) -> Callable[..., Any]:
    """Build the index of families with these groups."""

    def build(groups: Mapping[str, str | None]) -> Any:
        run = write(tmp_path / "run", {"usual": fake()}, points=(100,), rounds=1)
        families(run, groups)
        return page(built(run, tmp_path / "html"), "index.html")

    return build


def test_index_has_a_line_for_every_workload(report: Path) -> None:
    """Workload, pick, ratio with interval, verdict and ties."""
    tree = page(report, "index.html")
    workload, pick, ratio, verdict, ties = lines(tree, "asyncio")[0]

    assert (workload, pick, verdict, ties) == ("busy", "quick", "faster", "twin_of_quick")
    assert re.match(rf"0\.50\d?{TIMES} \[0\.\d+{DASH}0\.\d+\]", ratio)
    assert [row[0] for loop in ("asyncio", "uvloop", "trio") for row in lines(tree, loop)] == 3 * [
        "busy",
        "mostly idle",
    ]


def test_a_family_leads_to_the_page_of_each_loop(report: Path) -> None:
    """Whichever loop is chosen: the question, and how many are safe there."""
    head = page(report, "index.html").xpath("//tbody[@class='family']//th")[0]

    assert [(link.get("class"), link.get("href")) for link in head.xpath(".//a")] == [
        ("on on-asyncio once", "families/demo.html"),
        ("on on-uvloop once", "families/demo-uvloop.html"),
        ("on on-trio once", "families/demo-trio.html"),
    ]
    assert "asyncio 4 of 6 safe, 2 not tested (1 of them known to be unsafe)" in text_of(head)


def test_every_alternative_is_named(report: Path) -> None:
    """Each leads to its code, also those without a number."""
    links = page(report, "index.html").xpath("//tr[@class='compared']//li/a")

    assert [text_of(link) for link in links][:3] == ["absent", "careless", "hangs"]
    assert len(links) == 9
    assert links[0].get("href") == "families/demo-code.html#code-absent"


def test_families_stand_under_their_group(grouped: Callable[..., Any]) -> None:
    """Groups by name, those without one last; links above lead to each."""
    tree = grouped(GROUPS)
    shown = [
        text_of(head) for head in tree.xpath("//tbody[@class='group']//th | //tbody[@class='family']//b[@class='name']")
    ]

    assert shown == ["limit", "gamma", "run many", "alpha", "delta", "others", "beta"]
    assert [text_of(link) for link in tree.xpath("//nav[@class='jump']/a")] == ["limit", "run many", "others"]


def test_an_older_record_has_no_groups(grouped: Callable[..., Any]) -> None:
    """Families in one list, without a heading that says nothing."""
    tree = grouped(dict.fromkeys(["alpha", "beta"]))

    assert tree.xpath("//tbody[@class='group'] | //nav[@class='jump']") == []
    assert [text_of(name) for name in tree.xpath("//b[@class='name']")] == ["alpha", "beta"]


def test_finder_is_hidden_without_a_script(report: Path) -> None:
    """A box that does nothing is not shown; it has a label, and tells its hits as they change."""
    finder = page(report, "index.html").get_element_by_id("finder")

    assert finder.get("hidden") is not None
    assert finder.xpath("./label/@for") == finder.xpath("./input[@type='search']/@id") == ["find"]
    assert finder.xpath("./*[@role='status' and @aria-live='polite']")


def test_index_of_many_families_stays_small(tmp_path: Path, write: Make, fake: Make) -> None:
    """150 KB for twenty families of six workloads and eighteen alternatives on three loops."""
    loops = ("asyncio", "uvloop", "trio")
    names = ("quick_one", "usual", "trio_usual")
    fakes = {name: fake(1.0 if name == names[0] else 2.0, backends=loops) for name in names}
    fakes |= {f"some_alternative_{number}": fake(backends=()) for number in range(15)}
    workloads = [f"some_workload_{number}" for number in range(6)]
    run = write(tmp_path / "run", fakes, workloads=workloads, points=(100,), rounds=1, safety=None)
    families(run, {f"family_{number}": f"group {number % 6}" for number in range(20)})
    found = measurements(record.read(run))
    drawn = [Family(name, found) for name in found.run.suite["families"]]
    index = Pages(about(found)).page("index", "", view=index_view(found, drawn, places(drawn)))

    assert index.count("faster") > 20 * 6 * len(loops)
    assert len(index.encode()) <= 150_000
