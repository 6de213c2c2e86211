"""One block: every backend runs it, and nothing is timed where no time would mean anything."""

import gc
import sys
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.engine import blocks
from benchmarks.engine.blocks import CLOCKS, Bench, DisturbedError, WrongAnswerError, refuse_disturbance, shortened
from benchmarks.plan.backends import BACKENDS, Toolkit
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import Reading, Seen


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Any:
    """Every loop that can run here."""
    found = BACKENDS[request.param]
    if problem := found.problem():
        pytest.skip(problem)
    return found


def test_every_backend_runs_tasks_together(backend: Any) -> None:
    """Ten tasks interleave hop by hop: each has started before the first one ends."""
    events: list[str] = []

    async def main() -> int:
        async def task() -> None:
            events.append("start")
            await backend.toolkit.hop()
            events.append("end")

        await backend.toolkit.together([task] * 10)
        return int(backend.toolkit.living())

    before = backend.run(main, 0)

    assert events == ["start"] * 10 + ["end"] * 10
    assert before == backend.run(main, 0)


@pytest.mark.parametrize("part", ["_called", "_timed"])
def test_young_collections_come_at_another_moment_of_each_block(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their number is a whole one: counted from the same moment in every block, it would depend on the block's length.

    All variants of a launch meet the same moments, in the same order. They are set before the calls that nobody times:
    making objects behind those takes warm memory from the first call on the clock, which was 7 % slower for it.
    """
    variant = Variant("fan_out", "one_hop", 1, "asyncio_gather", "asyncio")

    def moments() -> list[int]:
        bench, seen = Bench(variant, 7), []
        calling = getattr(blocks, part)

        async def watched(once: Any, *args: Any, **options: Any) -> Any:
            async def first() -> Any:
                seen.append(gc.get_count()[0])
                return await once()

            return await calling(first, *args, **options)

        monkeypatch.setattr(blocks, part, watched)
        for _ in range(12):
            bench.block(1)
        monkeypatch.setattr(blocks, part, calling)
        return seen

    found = moments()

    assert max(found) - min(found) > gc.get_threshold()[0] / 3
    assert [abs(one - other) < gc.get_threshold()[0] / 20 for one, other in zip(found, moments(), strict=True)] == (
        [True] * 12
    )


@pytest.mark.parametrize(("block_limit", "older"), [(0.0, False), (3.0, True)])
def test_a_short_block_has_young_collections_alone(block_limit: float, older: bool) -> None:
    """It would have one older one or none, whatever its share is; what is watched beside time has them all."""
    bench = Bench(Variant("fan_out", "ready", 100, "asyncio_gather", "asyncio"), 7)
    bench.workload = replace(bench.workload, block_limit=block_limit)
    thresholds = gc.get_threshold()
    gc.set_threshold(100, 2, 10)
    found: list[int] = []

    def told(phase: str, info: dict[str, int]) -> None:
        found.append(info["generation"])

    async def watched(once: Any) -> list[Any]:
        return [await once() for _ in range(50)]

    gc.callbacks.append(told)
    try:
        bench.block(50)
        timed = set(found)
        found.clear()
        bench.watch(watched, 1)
        assert gc.get_threshold() == (100, 2, 10)
    finally:
        gc.callbacks.remove(told)
        gc.set_threshold(*thresholds)

    assert 0 in timed
    assert (1 in timed) is older  # 2 is the collection before a block
    assert 1 in found


def test_trio_draws_the_same_order_from_the_same_seed() -> None:
    """The shuffle of runnable tasks is part of the launch, not of chance."""

    def order(seed: int) -> list[int]:
        seen: list[int] = []

        async def main() -> None:
            async def task(number: int) -> None:
                await BACKENDS["trio"].toolkit.hop()
                seen.append(number)

            await BACKENDS["trio"].toolkit.together([lambda number=number: task(number) for number in range(30)])  # type: ignore[misc]

        BACKENDS["trio"].run(main, seed)
        return seen

    assert order(7) == order(7)
    assert any(order(7) != order(seed) for seed in range(8, 18))


def test_state_is_built_and_closed_outside_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the calls lie between the two readings of the clock."""
    bench = Bench(Variant("locks", "contended", 1, "asyncio_lock", "asyncio"))
    events: list[str] = []

    @asynccontextmanager
    async def prepare(module: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Any]:
        async def once() -> object:
            events.append("call")
            return bench.right

        events.append("build")
        yield once
        events.append("close")

    def clock() -> float:
        events.append("clock")
        return float(len(events))

    bench.workload = replace(bench.workload, prepare=prepare)
    monkeypatch.setitem(CLOCKS, "wall", clock)
    bench.block(2)

    assert events == ["build", "call", "clock", "call", "call", "clock", "close"]


def test_waiting_costs_the_wall_and_not_the_processor() -> None:
    """A workload of the processor's clock that sleeps; its reading sees every call, its answer is checked as ever."""
    bench = Bench(Variant("locks", "contended", 1, "asyncio_lock", "asyncio"))

    @asynccontextmanager
    async def prepare(module: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Any]:
        async def once() -> Seen:
            await toolkit.sleep(0.02)
            return Seen(answer, evidence=7)

        yield once

    reading = Reading(
        {"name": "sum", "title": "sum", "unit": "count", "better": "neither"}, lambda seen, n: sum(seen) + n
    )
    bench.workload = replace(bench.workload, prepare=prepare, clock="cpu", readings=(reading,))
    answer = bench.right
    block = bench.block(2)

    assert block.wall > 2 * block.seconds > 0
    assert block.readings == {"sum": 15}
    answer = "another"
    with pytest.raises(WrongAnswerError):
        bench.block(1)


@pytest.mark.parametrize(
    ("n", "loops", "warm"), [(1000, 3, [100] * 5), (100, 6, [100] * 8), (100, 1, [100] * 3), (1, 2, [1] * 4)]
)
def test_a_warm_up_is_a_whole_block_or_a_smaller_one(n: int, loops: int, warm: list[int]) -> None:
    """With its first calls; beyond the middle point at the next smaller point. Nothing of it is counted."""
    bench, prepared, calls = counting(n)
    bench.warm_up(loops, untimed=2)

    assert (prepared, calls) == (warm[:1], warm)
    assert (bench.tally.total(), bench.operations_done) == (0, 0)


@pytest.mark.parametrize(("n", "warm"), [(100, 10), (10, 1), (1, 1)])
def test_a_warm_up_is_a_smaller_block_where_blocks_are_long(n: int, warm: int) -> None:
    """At any point: a whole one would take as long as all that is timed."""
    bench, prepared, _ = counting(n)
    bench.workload = replace(bench.workload, block_limit=0.5)
    bench.warm_up(1)

    assert prepared == [warm]


@pytest.mark.parametrize(("fresh", "prepared"), [(False, [100]), (True, [100, 100])])
def test_the_first_calls_of_a_block_are_not_counted(fresh: bool, prepared: list[int]) -> None:
    """They have no tally and no operations; where new objects are asked about, they have a state of their own."""
    bench, states, calls = counting(100)
    bench.workload = replace(bench.workload, fresh=fresh)
    bench.block(3, untimed=2)

    assert (states, len(calls)) == (prepared, 5)
    assert (bench.tally["calls"], bench.operations_done) == (3, 3 * bench.workload.operations(100))


def test_a_wrong_answer_before_the_clock_counts() -> None:
    """Calls that nobody times are checked like the others."""
    bench, _, calls = counting(100)
    bench.right, right = None, bench.right
    bench.workload = replace(bench.workload, answer=lambda _: right)

    with pytest.raises(WrongAnswerError, match="expected None"):
        bench.block(0, untimed=1)
    assert len(calls) == 1


def test_a_reading_sees_no_call_before_the_clock() -> None:
    """Only the evidence of timed calls."""
    bench, _, calls = counting(100)
    reading = Reading(
        {"name": "seen", "title": "seen", "unit": "count", "better": "neither"}, lambda seen, _: float(len(seen))
    )
    bench.workload = replace(bench.workload, readings=(reading,))

    @asynccontextmanager
    async def prepare(module: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Any]:
        async def once() -> Seen:
            calls.append(n)
            return Seen(bench.right, evidence=7)

        yield once

    bench.workload = replace(bench.workload, prepare=prepare)

    assert bench.block(3, untimed=2).readings == {"seen": 3.0}
    assert len(calls) == 5


@pytest.mark.parametrize(
    ("seconds", "sizes"),
    [(0.0, [1, 1]), (3.5, [1, 1, 2]), (15.0, [1, 1, 2, 4, 8])],
)
def test_a_look_times_calls_in_growing_groups(
    seconds: float, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock on which every call takes a second."""
    bench, states, calls = counting(100)
    monkeypatch.setitem(CLOCKS, "wall", lambda: float(len(calls)))
    found = bench.look(seconds, longest=60.0)

    assert [group.calls for group in found] == sizes
    assert {group.seconds for group in found} == {1.0}
    assert (states, len(calls)) == ([100], sum(sizes))
    assert (bench.tally.total(), bench.operations_done) == (0, 0)


def test_a_look_ends_after_one_long_call() -> None:
    """A second one would cost as much and say little more."""
    bench, _, calls = counting(100)

    assert len(bench.look(1.0, longest=0.0)) == len(calls) == 1


def counting(n: int) -> tuple[Bench, list[int], list[int]]:
    """A bench at n, and for which n states were prepared and calls made."""
    bench = Bench(Variant("locks", "contended", n, "asyncio_lock", "asyncio"))
    prepared: list[int] = []
    calls: list[int] = []

    @asynccontextmanager
    async def prepare(module: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Any]:
        async def once() -> object:
            calls.append(n)
            tally["calls"] += 1
            return bench.workload.answer(n)

        prepared.append(n)
        yield once

    bench.workload = replace(bench.workload, prepare=prepare)
    return bench, prepared, calls


def test_a_wrong_answer_in_the_warm_up_counts() -> None:
    """A warm-up is a block like any other, but for the clock."""
    bench = Bench(Variant("locks", "contended", 1000, "asyncio_lock", "asyncio"))
    bench.workload = replace(bench.workload, answer=lambda _: "no such answer")

    with pytest.raises(WrongAnswerError, match="expected 'no such answer'"):
        bench.warm_up(1)


def test_a_tracer_is_refused() -> None:
    """A debugger or coverage makes every number meaningless."""
    previous = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        with pytest.raises(DisturbedError, match="trace function"):
            refuse_disturbance()
    finally:
        sys.settrace(previous)


def test_tracemalloc_is_refused() -> None:
    """Tracing allocations slows some alternatives more than others."""
    tracemalloc.start()
    try:
        with pytest.raises(DisturbedError, match="tracemalloc is on"):
            refuse_disturbance()
    finally:
        tracemalloc.stop()


def test_long_answers_are_cut() -> None:
    """A reason stays one readable line."""
    assert shortened(list(range(99)), width=20) == "[0, 1, 2, 3, 4, 5..."
