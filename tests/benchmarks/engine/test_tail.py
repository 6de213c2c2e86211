"""Latency from the intended start: what arrives is fixed before, and what is slow delays those behind it."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import patterns
from benchmarks.engine import tail
from benchmarks.engine.blocks import Bench, WrongAnswerError
from benchmarks.engine.tail import BUSY, FARTHEST, Flow, asked, flow_of, rates, schedule
from benchmarks.plan.arrivals import Arrivals, Operate, arrivals
from benchmarks.plan.backends import BACKENDS, Toolkit
from benchmarks.plan.nothing import Nothing, nothing
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions
from results.coherence import EVENTS
from results.labels import NOTHING

LOOPS = [name for name, backend in BACKENDS.items() if not backend.problem()]
EVERY = [(family, workload.name) for family in patterns.families() for workload in questions(family).workloads]
ARRIVING = [key for key in EVERY if isinstance(arrivals(*key), Arrivals)]


@pytest.mark.parametrize(("family", "workload"), EVERY, ids="/".join)
def test_each_workload_has_arrivals_or_says_why_not(family: str, workload: str) -> None:
    """The reason stands behind a colon."""
    found = arrivals(family, workload)

    assert isinstance(found, Arrivals) or (found[0].islower() and found[-1] != ".")


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(("family", "workload"), ARRIVING, ids="/".join)
def test_arriving_operations_are_answered(family: str, workload: str, loop: str) -> None:
    """By the baseline, and by nothing where it stands in: no answer is wrong, and nothing is left behind."""
    baseline = questions(family).baseline[BACKENDS[loop].library]
    names = [baseline, NOTHING] if isinstance(nothing(family, workload), Nothing) else [baseline]
    for name in names:
        flow = asked(Bench(Variant(family, workload, 10, name, loop)), [0.0] * 40)
        assert (len(flow.latencies), flow.under_way) == (40, 0)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_wrong_answer_is_noticed(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a block of times; one of forty is enough."""

    @asynccontextmanager
    async def prepare(*_: Any) -> AsyncIterator[Operate]:
        async def operate(number: int) -> bool:
            return number != 7

        yield operate

    monkeypatch.setattr(tail, "arrivals", lambda *_: Arrivals(prepare))
    name = questions("locks").baseline[BACKENDS[loop].library]
    with pytest.raises(WrongAnswerError):
        asked(Bench(Variant("locks", "contended", 10, name, loop)), [0.0] * 40)


def test_a_schedule_is_fixed_before() -> None:
    """The same for all that have its seed, another for others; as many per second as were asked for, about."""
    drawn = schedule(1000.0, 7)

    assert drawn == schedule(1000.0, 7) != schedule(1000.0, 8)
    assert len(drawn) == EVENTS == 1000
    assert drawn == sorted(drawn)
    assert drawn[-1] == pytest.approx(1.0, rel=0.15)


@pytest.mark.parametrize("loop", LOOPS)
def test_who_is_held_up_has_waited_from_the_moment_it_was_due(loop: str) -> None:
    """The first keeps the loop for 20 ms; those that were due meanwhile began late, and their latency says so."""

    async def operate(number: int) -> bool:
        end = time.perf_counter() + (0.02 if number == 0 else 0.0)
        while time.perf_counter() < end:
            pass
        return True

    async def main() -> Flow:
        toolkit: Toolkit = BACKENDS[loop].toolkit
        return await flow_of(operate, toolkit, [0.0, 0.005, 0.010])

    first, second, third = sorted(BACKENDS[loop].run(main, 0).latencies, reverse=True)

    assert first >= 0.02
    assert second >= 0.015
    assert third >= 0.010


def test_a_flow_counts_from_the_intended_start() -> None:
    """One is due at 1 and begins at 2, another at 3; they end at 5 and 4: four and one seconds in all."""
    flow = Flow(began=0.0)
    flow.arrive(due=1.0, now=2.0)
    flow.arrive(due=3.0, now=3.0)
    flow.end(due=3.0, now=4.0, right=True)
    flow.end(due=1.0, now=5.0, right=False)

    assert flow.latencies == [1.0, 4.0]
    assert (flow.waited, flow.lasted, flow.wrong) == (5.0, 5.0, 1)


def test_all_rows_of_a_loop_get_the_same_rate() -> None:
    """Half of what the slowest near enough can do; who is farther takes no part, and null rows decide nothing."""
    looked = {
        "fast@asyncio": 1e-5,
        "slow@asyncio": 2.5e-5,
        "hopeless@asyncio": (FARTHEST + 1) * 1e-5,
        f"{NOTHING}@asyncio": 1e-6,
        "alone@trio": 1e-4,
    }
    found = rates(looked)

    assert found == pytest.approx(
        dict.fromkeys(["fast@asyncio", "slow@asyncio", f"{NOTHING}@asyncio"], BUSY / 2.5e-5)
        | {"alone@trio": BUSY / 1e-4}
    )


@pytest.mark.parametrize("loop", LOOPS)
def test_latencies_of_a_thousand_operations(loop: str) -> None:
    """The median is below the slowest 1 %, and what is under way on average is what arrives times what it takes."""
    name = questions("locks").baseline[BACKENDS[loop].library]
    found = tail.latencies(Bench(Variant("locks", "many_keys", 10, name, loop)), 20_000.0, 1)

    assert 0 < found["p50"] <= found["p95"] <= found["p99"]
    assert found["in_flight"] == pytest.approx(found["arrivals"] * found["mean"])
    assert Counter(found.keys()) == Counter(["p50", "p95", "p99", "mean", "arrivals", "in_flight"])
