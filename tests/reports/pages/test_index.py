"""The index: families by group, a line per workload for each loop, and the names of everything."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import pytest

from reports.pages.rendering import Pages
from reports.reading.family import Family
from reports.reading.measured import measurements
from reports.reading.wording import TIMES
from reports.views.index_page import index_view
from reports.views.places import places
from reports.views.provenance import about
from results import record
from tests.reports.parsed import built, page, text_of

Make = Callable[..., Any]
GROUPS = {"alpha": "run many", "beta": "", "gamma": "limit", "delta": "run many"}


def lines(tree: Any, loop: str) -> list[str]:
    """What is said of each question on a loop."""
    loops = tree.xpath("//input[@name='loop']/@value") or ["asyncio"]
    rows = tree.xpath("//tr[@class='more']//details//li")
    return [text_of(one) for row in rows for one in row.xpath(f"i[{loops.index(loop) + 1}]")]


def answers_of(tree: Any, chosen: str) -> list[list[list[str]]]:
    """What three lanes say where that is chosen, cell by cell, part by part."""
    style = str(tree.find(".//style").text_content())
    (css,) = re.findall(rf"body{re.escape(chosen)} \.([A-Z]+){{", style)
    cells = tree.xpath("//tbody[@class='family']/tr[1]/td")
    here = f"contains(concat(' ', @class, ' '), ' {css} ')"
    wanted = f"div[{here}]"
    shown = f"*[not(@class) or translate(@class, '{ascii_uppercase}', '') = @class or {here}]"
    return [[[text_of(part) for part in one.xpath(shown)] for one in cell.xpath(wanted)] for cell in cells]


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


def test_index_has_three_answers_for_each_choice(report: Path) -> None:
    """What is picked from each lane, how it stands, and what there is to copy; one of them stands for all three."""
    tree = page(report, "index.html")
    found = [answers_of(tree, f":has(#loop-asyncio:checked):has(#keep-{keep}:checked)") for keep in ("usual", "all")]

    assert found[0] == [
        [["One way of doing it", "as usual"]],
        [["quick", "pick", f"2.0{TIMES} faster"]],
        [["twin_of_quick", f"2.0{TIMES} faster", "6 lines"]],
    ]
    assert found[0] == found[1]  # no need here
    assert answers_of(tree, ":has(#loop-trio:checked):has(#keep-usual:checked)")[2] == [["none"]]


def test_index_has_a_line_for_every_question(report: Path) -> None:
    """Folded: the question leads to its place, and each loop has its pick, its ratio and the word for that."""
    tree = page(report, "index.html")
    links = tree.xpath("//tr[@class='more']//details//li/a")

    assert [(text_of(link), link.get("href")) for link in links] == [
        ("What does busy cost?", "families/demo.html#busy"),
        ("What does mostly_idle cost?", "families/demo.html#mostly_idle"),
    ]
    for loop in ("asyncio", "uvloop"):
        assert len(lines(tree, loop)) == 2
        for line in lines(tree, loop):
            assert re.match(rf"\w*quick 0\.\d+{TIMES}$", line)


def test_a_family_leads_to_the_page_of_each_loop(report: Path) -> None:
    """Whichever loop is chosen: the question, how many are safe there, and from which rate on it matters."""
    head = page(report, "index.html").xpath("//tbody[@class='family']//th")[0]

    assert [(link.get("class"), link.get("href")) for link in head.xpath(".//a")] == [
        ("l0", "families/demo.html"),
        ("l1", "families/demo-uvloop.html"),
        ("l2", "families/demo-trio.html"),
    ]
    assert "4 of 6 safe, 2 not tested (1 of them known to be unsafe)" in text_of(head)
    assert "does it matter? above 10,000/s" in text_of(head)


def test_the_index_says_how_often_a_file_of_ours_wins(tmp_path: Path, write: Make, fake: Make) -> None:
    """And in how many of those by little."""
    fakes = {"usual": fake(2.0), "quick": fake(1.0, kind="own"), "other": fake(1.06, kind="package")}
    folder = built(write(tmp_path / "run", fakes, points=(100,), noise=0.001), tmp_path / "html")

    assert "A file of ours is the pick in 2 of 2 questions; in 2 of them by less than 10 %." in text_of(
        page(folder, "index.html")
    )


def test_families_stand_under_their_group(grouped: Callable[..., Any]) -> None:
    """Groups in the order in which people meet them, those without one last."""
    tree = grouped(GROUPS)
    shown = [
        text_of(head) for head in tree.xpath("//tbody[@class='group']//th | //tbody[@class='family']//b[@class='name']")
    ]

    assert shown == ["run many", "alpha", "delta", "limit", "gamma", "others", "beta"]


def test_an_older_record_has_no_groups(grouped: Callable[..., Any]) -> None:
    """Families in one list, without a heading that says nothing."""
    tree = grouped(dict.fromkeys(["alpha", "beta"]))

    assert tree.xpath("//tbody[@class='group']") == []
    assert [text_of(name) for name in tree.xpath("//b[@class='name']")] == ["alpha", "beta"]


def test_finder_is_hidden_without_a_script(report: Path) -> None:
    """A box that does nothing is not shown; it has a label, and tells its hits as they change."""
    finder = page(report, "index.html").get_element_by_id("finder")

    assert finder.get("hidden") is not None
    assert finder.xpath("./label/@for") == finder.xpath("./input[@type='search']/@id") == ["find"]
    assert finder.xpath("./*[@role='status' and @aria-live='polite']")


def test_the_index_brings_no_rules_for_what_it_has_not(report: Path) -> None:
    """Evidence and charts are on other pages, whose style sheet has all that the index has, too."""
    index, family = (str(page(report, name).find(".//style").text_content()) for name in ("index.html", "safety.html"))

    for rule in (".proof{", "figcaption{", "svg text{"):
        assert rule in family
        assert rule not in index
    assert ".banner{" in index
    assert "@media print{" in index


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

    assert len(re.findall(rf"quick_one 0\.\d+{TIMES}", index)) == 20 * 6 * len(loops)
    assert len(index.encode()) <= 150_000
