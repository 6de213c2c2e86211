"""Families that are easily taken for each other lead to each other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reports.parsed import built, page, text_of

Make = Callable[..., Any]
NEIGHBOURS = [
    {"family": "other", "why": "do <another> thing"},
    {"family": "nowhere", "why": "do what nobody measured"},
    {"family": "third", "why": "do a third thing"},
]


def write_families(folder: Path, write: Make, fake: Make, neighbours: list[dict[str, str]]) -> Path:
    """Three families on two loops, of which the first knows its neighbours and the second has one loop less."""
    run = Path(write(folder, {"usual": fake(), "quick": fake(0.5)}, points=(100,), rounds=1))
    path = run / "suite.json"
    suite = json.loads(path.read_text(encoding="utf-8"))
    demo = suite["families"]["demo"]
    only = {"backend": "asyncio", "family": "other", "workload": "busy", "n": None, "alternative": "usual"}
    suite["absences"].append({**only, "state": "raised", "reason": "x", "declared": False, "seconds": None})
    suite["families"] |= {"other": demo, "third": demo, "demo": {**demo, "neighbours": neighbours}}
    path.write_text(json.dumps(suite), encoding="utf-8")
    return run


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Path:
    """Their report."""
    run = write_families(tmp_path_factory.mktemp("run"), write, fake, NEIGHBOURS)
    return built(run, tmp_path_factory.mktemp("html"))


def test_a_page_links_its_neighbours_with_the_reason(folder: Path) -> None:
    """A neighbour that this run does not hold is not named."""
    found = page(folder).find_class("neighbours")[0]

    assert text_of(found) == "Something else? To do <another> thing, see other; to do a third thing, see third."
    assert found.xpath("./a/@href") == ["other.html", "third.html"]


def test_a_neighbour_is_met_on_the_same_loop(folder: Path) -> None:
    """Where it was tried there; on its first loop where it was not."""
    found = page(folder, "families/demo-uvloop.html").find_class("neighbours")[0]

    assert found.xpath("./a/@href") == ["other.html", "third-uvloop.html"]


def test_a_family_without_neighbours_says_nothing(report: Path, folder: Path) -> None:
    """Those of older records, and those whose neighbours were not measured."""
    assert page(report).find_class("neighbours") == []
    assert page(folder, "families/other.html").find_class("neighbours") == []


def test_a_damaged_neighbour_is_named(tmp_path: Path, write: Make, fake: Make) -> None:
    """The family is left out in one line, as with every other damage."""
    folder = built(write_families(tmp_path / "run", write, fake, [{"family": "other"}]), tmp_path / "html")

    assert "family demo is left out: Object missing required field `why` - at $.neighbours[0]" in text_of(
        page(folder, "index.html")
    )
