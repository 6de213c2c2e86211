"""Which blocks count as disturbed, and what a launch says of its conditions."""

import gc
import itertools
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.engine import blocks, disturbance
from benchmarks.engine.blocks import CLOCKS, Bench
from benchmarks.engine.disturbance import LOST, Strain, Usage, Watch, is_disturbed, strain
from benchmarks.engine.turns import Launch, play
from benchmarks.plan.backends import Toolkit
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions


@pytest.mark.parametrize(
    ("used", "waits", "disturbed"),
    [
        (Usage(0.01, 0), False, False),
        (Usage(0.01 * (1 - LOST) + 1e-7, 3), False, False),  # put off three times, for next to nothing
        (Usage(0.01 * (1 - LOST) - 1e-7, 0), False, True),  # the host took it, unseen by the scheduler here
        (Usage(0.02, 0), False, False),  # two threads at once
        (Usage(0.001, 0), True, False),  # it waited for its timers
        (Usage(0.01, 1), True, True),
    ],
)
def test_the_rule(used: Usage, waits: bool, disturbed: bool) -> None:
    """More than one percent of a block went elsewhere; of one that waits, any involuntary switch."""
    assert is_disturbed(0.01, used, waits) == disturbed


def test_a_worker_sums_up_its_rounds() -> None:
    """Seconds and switches in all, and which rounds were disturbed."""
    quiet = Usage(0.5, 0)
    found = strain([(0.5, quiet), (1.0, Usage(0.5, 2)), (0.5, quiet), (0.5, Usage(0.25, 1))], waits=False)

    assert found == Strain(wall=2.5, cpu=1.75, switches=3, turns=4, disturbed=(1, 3))


def test_nothing_is_said_where_the_system_does_not_tell() -> None:
    """No count of zero stands for what nobody counted."""
    with Watch() as watch:
        pass
    found = watch.conditions(3, 2, [strain([(0.01, None), (0.01, None)], waits=False)])

    assert {"disturbed_rounds", "disturbed_turns", "switches", "cpu_share"}.isdisjoint(found)
    assert (found["launch"], found["rounds"], found["turns"]) == (3, 2, 2)


def test_a_round_is_disturbed_when_one_of_its_turns_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three workers of four rounds; the second and the last round were disturbed, the last one twice."""
    stolen = iter([1.5, 1.75])
    monkeypatch.setattr(disturbance, "steal_seconds", lambda: next(stolen))
    monkeypatch.setattr(disturbance, "load", lambda: 2.0)
    with Watch() as watch:
        pass
    strains = [Strain(1.0, 0.9, 1, 4, (3,)), Strain(1.0, 1.0, 0, 4, ()), Strain(2.0, 1.9, 4, 4, (1, 3))]

    assert watch.conditions(7, 4, strains) == {
        "launch": 7,
        "rounds": 4,
        "turns": 12,
        "disturbed_rounds": [1, 3],
        "disturbed_turns": 3,
        "switches": 5,
        "cpu_share": 0.95,
        "steal_seconds": 0.25,
        "load": 2.0,
    }


def test_a_launch_is_json() -> None:
    """It is passed between processes, and stored, as it is."""
    with Watch() as watch:
        pass
    found = watch.conditions(0, 1, [strain([(0.5, Usage(0.5, 0))], waits=False)])

    assert json.loads(json.dumps(found)) == found


def bench_with(monkeypatch: pytest.MonkeyPatch, events: list[str], seconds: float) -> Bench:
    """A bench whose one call sleeps in the way of the loop, and that notes who looks at which clock."""
    bench = Bench(Variant("locks", "contended", 1, "asyncio_lock", "asyncio"))

    @asynccontextmanager
    async def prepare(module: Any, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Any]:
        async def once() -> object:
            events.append("call")
            time.sleep(seconds)  # noqa: ASYNC251  off the processor, as when others have it
            return bench.right

        yield once

    def clock() -> float:
        events.append("clock")
        return time.perf_counter()

    def switches() -> int | None:
        events.append("switches")
        return 0

    bench.workload = replace(bench.workload, prepare=prepare)
    monkeypatch.setitem(CLOCKS, "wall", clock)
    monkeypatch.setattr(blocks, "involuntary_switches", switches)
    return bench


def test_probes_lie_outside_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they cost is nobody's time."""
    events: list[str] = []
    bench_with(monkeypatch, events, 0.0).block(1)

    assert events == ["call", "switches", "clock", "call", "clock", "switches"]


def test_time_off_the_processor_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that others keep from running has the wall's time and not the processor's."""
    block = bench_with(monkeypatch, [], 0.05).block(1)

    assert block.used is not None
    assert block.used.cpu < block.wall
    assert is_disturbed(block.wall, block.used, waits=False)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="workers do not inherit a patch")
def test_a_workload_of_the_processors_clock_is_one_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its blocks is put off once here, and each of its rounds counts, however little time that took."""
    switches = itertools.count()
    asked = questions("locks")
    waiting = replace(asked, workloads=tuple(replace(workload, clock="cpu") for workload in asked.workloads))
    monkeypatch.setattr(blocks, "questions", lambda _: waiting)
    monkeypatch.setattr(blocks, "involuntary_switches", lambda: next(switches))
    monkeypatch.setattr(gc, "freeze", lambda: None)  # this process lives on
    variants = [Variant("locks", "contended", 1, name, "asyncio") for name in ("asyncio_lock", "own_lock")]
    loops = {variant.label: 1 for variant in variants}
    outcome = play(Launch(variants, 0, 1, 3, 1.0, 10.0, 1.0, loops=loops, method="fork"))

    assert outcome.failures == []
    assert outcome.conditions is not None
    assert outcome.conditions["disturbed_rounds"] == [0, 1, 2]
    assert outcome.conditions["disturbed_turns"] == outcome.conditions["switches"] == 6
