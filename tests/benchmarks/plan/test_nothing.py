"""Workloads around nothing: every workload has a null row or a reason, and its answers are right on every loop."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

import patterns
from benchmarks.engine.blocks import Bench
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.nothing import Nothing, by_hand, nothing
from benchmarks.plan.presets import PRESETS
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions
from results.labels import NOTHING

EVERY = [(family, workload.name) for family in patterns.families() for workload in questions(family).workloads]
LOOPS = [name for name, backend in BACKENDS.items() if not backend.problem()]


@pytest.mark.parametrize(("family", "workload"), EVERY, ids="/".join)
def test_each_workload_has_a_null_row_or_says_why_not(family: str, workload: str) -> None:
    """Both are for readers: a phrase that goes on a sentence."""
    found = nothing(family, workload)
    words = found.what if isinstance(found, Nothing) else found

    assert len(words) > 10
    assert words[0].islower()
    assert words[-1] != "."


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("n", [1, 100])
def test_nothing_gives_the_right_answers(loop: str, n: int) -> None:
    """A block of each null row: what is answered is compared, and leftovers are looked for, as with alternatives."""
    asked = [
        (family, workload)
        for family, workload in EVERY
        if isinstance(nothing(family, workload), Nothing) and n in questions(family).workload(workload).scale
    ]

    assert len(asked) > 20
    for family, workload in asked:
        Bench(Variant(family, workload, n, NOTHING, loop)).block(2)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("limit", [None, 3])
def test_jobs_run_side_by_side_by_hand(loop: str, limit: int | None) -> None:
    """In the turns that the longest of them needs, or its share of the limit; in order, whoever is ready first."""
    toolkit = BACKENDS[loop].toolkit
    seen: Counter[str] = Counter()

    def job(turns: int) -> Callable[[], Any]:
        async def run() -> int:
            seen["running"] += 1
            seen["most"] = max(seen["most"], seen["running"])
            for _ in range(turns):
                await toolkit.hop()
            seen["running"] -= 1
            return turns

        return run

    wanted = [2, 0, 1, 3, 1, 0, 2]

    async def main() -> list[int]:
        return await by_hand([job(turns) for turns in wanted], limit)

    assert BACKENDS[loop].run(main, 0) == wanted
    assert seen["most"] == (limit or len([turns for turns in wanted if turns]))  # the others end as they begin


def test_a_null_row_stands_beside_each_baseline() -> None:
    """On every loop that measures the baseline; it competes with nobody, and has no twin."""
    (comparison,) = make_plan(Filters(("locks",), ("contended",)), PRESETS["quick"]).comparisons
    nulls = [variant for variant in comparison.variants if variant.is_null]

    assert [variant.backend for variant in nulls] == [one.backend for one in comparison.variants if one.twin]
    assert not any(variant.competes or variant.twin for variant in nulls)
    (without,) = make_plan(Filters(("fan_out",), ("first_10",)), PRESETS["quick"]).comparisons
    assert not any(variant.is_null for variant in without.variants)
