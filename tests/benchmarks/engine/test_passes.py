"""What is measured beside time: counts that are exact, memory that grows with what is in flight, stalls of the loop."""

import asyncio
import time
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.engine.blocks import Bench, DisturbedError, WrongAnswerError, refuse_disturbance
from benchmarks.engine.passes import LONG, PASSES, Turn, Values
from benchmarks.engine.work import ARMED, CALLBACKS, CHECKPOINTS, FUTURES, LEFT, STEPS, TASKS, TURNS
from benchmarks.plan.backends import BACKENDS, Toolkit
from benchmarks.plan.variants import Variant
from results.times import WORK

LOOPS = [name for name, backend in BACKENDS.items() if not backend.problem()]
LOCKS = {"asyncio": "asyncio_lock", "trio": "trio_lock"}
Once = Callable[[], Any]


def bench_of(loop: str, n: int = 100, workload: str = "contended") -> Bench:
    """The standard lock of a loop."""
    return Bench(Variant("locks", workload, n, LOCKS[BACKENDS[loop].library], loop))


def doing(bench: Bench, once_of: Callable[[Toolkit, int], Once]) -> Bench:
    """The same bench with another workload: it calls what is made of the toolkit and n, which returns n."""

    @asynccontextmanager
    async def prepare(_: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
        yield once_of(toolkit, n)

    bench.workload = replace(bench.workload, prepare=prepare, answer=lambda n: n, operations=lambda n: n)
    bench.right = bench.variant.n
    return bench


def taken(name: str, bench: Bench, loops: int = 2) -> Values:
    """One turn of a pass."""
    return PASSES[name].take(bench, Turn(loops))


@pytest.mark.parametrize("loop", LOOPS)
def test_counts_are_the_same_each_time(loop: str) -> None:
    """In another block, and in another process that has done something else before."""
    bench = bench_of(loop)
    first = taken(WORK, bench)
    taken(WORK, bench_of(loop, n=10))

    assert taken(WORK, bench) == first == taken(WORK, bench_of(loop))
    assert all(
        count * 400 == pytest.approx(round(count * 400)) for count in first.values()
    )  # two calls of 200 deposits


def test_both_loops_are_asked_to_do_the_same() -> None:
    """For 100 tasks on one lock, two deposits each: what asyncio does with them does not depend on the loop."""
    counts = taken(WORK, bench_of("asyncio"))

    assert counts[TASKS] == 100 / 200
    assert counts[CALLBACKS] == 3
    assert counts[FUTURES] == 1
    if "uvloop" in LOOPS:
        assert taken(WORK, bench_of("uvloop")) == counts


def test_trio_tells_of_steps_and_checkpoints() -> None:
    """Three tasks of two checkpoints each and one that waits for them; the one that asks has no task of its own."""

    def once_of(toolkit: Toolkit, n: int) -> Once:
        async def task() -> None:
            await toolkit.hop()
            await toolkit.hop()

        async def once() -> int:
            await toolkit.together([task] * 3)
            return n

        return once

    counts = taken(WORK, doing(bench_of("trio", n=1), once_of))

    assert counts[TASKS] == 3
    assert counts[STEPS] == 3 * 3 + 1
    assert counts[CHECKPOINTS] == 3 * 2 + 1
    assert counts[TURNS] == 4


@pytest.mark.parametrize("loop", [loop for loop in LOOPS if loop != "trio"])
def test_timers_are_counted_once_and_those_that_are_left(loop: str) -> None:
    """One asks for its moment, one for its delay, which loops turn into each other; one is cancelled, one is left."""

    def once_of(toolkit: Toolkit, n: int) -> Once:
        async def once() -> int:
            running = asyncio.get_running_loop()
            running.call_at(running.time() + 3600, print)
            running.call_later(3600, print).cancel()
            await toolkit.sleep(0.001)
            return n

        return once

    counts = taken(WORK, doing(bench_of(loop, n=1), once_of))

    assert (counts[ARMED], counts[LEFT]) == (3, 1)


@pytest.mark.parametrize("loop", [name for name in LOOPS if BACKENDS[name].run_leaping])
def test_counting_lets_the_clock_leap(loop: str) -> None:
    """Who counts turns by taking part in each would keep it from ever leaping over the hour."""

    def once_of(toolkit: Toolkit, n: int) -> Once:
        async def once() -> int:
            await toolkit.sleep(3600)
            return n

        return once

    bench = doing(bench_of(loop, n=1), once_of)
    bench.workload = replace(bench.workload, leaps=True)

    assert taken(WORK, bench).get(ARMED, 1) == 1


def test_no_pass_has_the_time_to_wait_for_whoever_hangs() -> None:
    """A few rows that did so took the time of all passes of a quarter of the families."""
    assert max(one.limit for name, one in PASSES.items() if name != "tail") <= LONG


def test_turns_are_counted_by_turns() -> None:
    """On every loop alike: a hop is one."""

    def once_of(toolkit: Toolkit, n: int) -> Once:
        async def once() -> int:
            for _ in range(n):
                await toolkit.hop()
            return n

        return once

    assert {taken(WORK, doing(bench_of(loop, n=10), once_of))[TURNS] for loop in LOOPS} == {1.0}


@pytest.mark.parametrize("loop", LOOPS)
def test_the_loop_is_given_back_as_it_was(loop: str) -> None:
    """Whatever was put in place of its methods is gone, and a wrong answer is noticed in a pass, too."""
    bench = bench_of(loop)
    taken(WORK, bench)
    assert bench.block(1).seconds > 0
    bench.right = (0, 0)
    with pytest.raises(WrongAnswerError):
        taken(WORK, bench)


@pytest.mark.parametrize("loop", LOOPS)
def test_memory_is_what_each_further_operation_adds(loop: str) -> None:
    """Each holds ten thousand bytes while it waits, whatever all of them hold together."""

    def once_of(toolkit: Toolkit, n: int) -> Once:
        async def once() -> int:
            held = [bytes(100_000), *(bytes(10_000) for _ in range(n - 1))]
            await toolkit.hop()
            return len(held)

        return once

    assert 10_000 <= taken("memory", doing(bench_of(loop, n=10), once_of))["memory"] < 10_200


def test_memory_is_traced_in_its_own_pass_alone() -> None:
    """It is over when the pass is, also when an answer was wrong; whoever times something still refuses."""
    traced: list[bool] = []

    def once_of(_: Toolkit, n: int) -> Once:
        async def once() -> int:
            traced.append(tracemalloc.is_tracing())
            return 0 if traced[-1] else n

        return once

    with pytest.raises(WrongAnswerError):
        taken("memory", doing(bench_of("asyncio", n=10), once_of))
    assert traced == [False, True]
    assert not tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        with pytest.raises(DisturbedError, match="tracemalloc"):
            refuse_disturbance()
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("loop", LOOPS)
def test_a_stall_is_the_longest_of_a_block(loop: str) -> None:
    """One call in three keeps the loop for five milliseconds, whatever the others do."""
    calls: list[int] = []

    def once_of(toolkit: Toolkit, n: int) -> Once:
        async def once() -> int:
            calls.append(n)
            end = time.thread_time() + (0.005 if len(calls) % 3 == 0 else 0)
            while time.thread_time() < end:
                pass
            await toolkit.hop()
            return n

        return once

    assert taken("stall", doing(bench_of(loop, n=1), once_of), loops=6)["stall"] >= 0.005


def test_the_loop_at_hand_tells_nothing_of_what_works_elsewhere() -> None:
    """Its work and its stalls are not those of the loops on which tests run, one test after the other."""
    why = {name: PASSES[name].why_not("testing", "empty", 100) for name in ("work", "stall", "memory")}

    assert ["loops of its own" in why["work"], "loops of its own" in why["stall"]] == [True, True]
    assert "none is in flight" in why["memory"]
    assert [PASSES[name].why_not("locks", "contended", 100) for name in why] == [""] * 3
