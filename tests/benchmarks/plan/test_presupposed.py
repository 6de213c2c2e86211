"""What workloads presuppose: needs of their family's contract, recorded with them, and counted where time goes."""

import pytest

import patterns
from benchmarks.engine.described import family_record
from benchmarks.engine.readers import readers_of
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.plan.workloads import questions

FAMILIES = [family for family in patterns.families() if any(one.presupposes for one in questions(family).workloads)]


def test_some_do() -> None:
    """Else the rest of this file would pass without a look."""
    assert FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_each_is_a_need_that_most_programs_do_not_have(family: str) -> None:
    """A usual one is presupposed by all questions, and a misspelt one would rule nobody out."""
    known = {need.name for need in patterns.contract(family).needs if not need.usual}
    for workload in questions(family).workloads:
        assert set(workload.presupposes) <= known, workload.name


@pytest.mark.parametrize("family", FAMILIES)
def test_it_stands_in_the_record(family: str) -> None:
    """Reports know no plan."""
    recorded = family_record(family)["workloads"]
    for workload in questions(family).workloads:
        assert recorded[workload.name].get("presupposes") == list(workload.presupposes)


def test_time_goes_to_who_keeps_it() -> None:
    """Who lacks it may be asked for less, as who lacks a usual need."""
    filters = Filters(families=("caches",), workloads=("stampede", "misses"), backends=("asyncio",))
    usual = {}
    for comparison in make_plan(filters, PRESETS["quick"]).comparisons:
        contenders = readers_of(comparison).contenders
        usual[comparison.workload] = contenders["dict_alone@asyncio"].usual, contenders["own_cache@asyncio"].usual

    assert usual == {"misses": (True, True), "stampede": (False, True)}
