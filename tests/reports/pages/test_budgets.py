"""How large pages are of a run in which everything was measured, of all families that the project has."""

from collections import Counter
from pathlib import Path

import pytest

import patterns
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import MIDDLE
from reports.pages.rendering import Pages
from reports.reading.family import families_of
from reports.reading.measured import measurements
from reports.views.code_page import code_page
from reports.views.index_page import index_view
from reports.views.places import places
from reports.views.provenance import about
from results import record
from tests.reports.made_up import PRESET, write_made_up
from tests.reports.parsed import built

PAGE, INDEX = 200_000, 150_000  # bytes
HEAVIEST = 3  # families by their rows, and as many by their questions: their pages are the largest


@pytest.fixture(name="heaviest", scope="module")
def fixture_heaviest() -> list[str]:
    """The families with most rows, and those with most questions."""
    plan = make_plan(Filters(points=(MIDDLE,)), PRESET)
    rows = Counter(one.family for one in plan.comparisons for variant in one.variants if variant.competes)
    questions = Counter(one.family for one in plan.comparisons)
    return sorted({name for found in (rows, questions) for name, _ in found.most_common(HEAVIEST)})


@pytest.mark.timeout(600)  # beside the tests of other workers
def test_the_largest_families_have_small_pages(tmp_path: Path, heaviest: list[str]) -> None:
    """Every page of theirs, on every loop, with all sizes, passes, growth and launches that confirm."""
    folder = built(write_made_up(tmp_path / "run", heaviest), tmp_path / "html")
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*.html")}

    assert {f"families/{name}-measures.html" for name in heaviest} <= sizes.keys()
    assert {name: size for name, size in sizes.items() if size > PAGE} == {}


@pytest.mark.timeout(600)  # beside the tests of other workers
def test_the_index_and_the_code_of_all_families_are_small(tmp_path: Path) -> None:
    """Three answers for each loop, strictness and measure, and every question of every family."""
    found = measurements(record.read(write_made_up(tmp_path / "run", points=(MIDDLE,))))
    families = families_of(found)
    where = places(families)
    view = index_view(found, families, where)
    index = Pages(about(found)).page("index", "Everything", view=view)
    below = Pages(about(found), "../")
    codes = {one.name: below.page("code", "Code", view=code_page(one, where[one.name])) for one in families}

    assert len(families) == len(patterns.families())
    assert len(view.measures) == 3
    assert len(index.encode()) <= INDEX
    assert {name: len(page.encode()) for name, page in codes.items() if len(page.encode()) > PAGE} == {}
