"""Clocks that leap over what nobody does anything in: who has one, and what it shows."""

import asyncio
import threading
from dataclasses import replace

import pytest

import patterns
from benchmarks.engine.passes import PASSES
from benchmarks.plan.availability import why_not
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.workloads import questions

HOUR = 3600.0
LEAPING = [name for name, backend in BACKENDS.items() if backend.run_leaping and not backend.problem()]
CONTENDED = questions("locks").workload("contended")


@pytest.mark.parametrize("loop", LEAPING)
def test_an_hour_passes_on_the_clock_alone(loop: str) -> None:
    """Timers fire in their order, each at its moment, and then it creeps on."""
    backend = BACKENDS[loop]
    toolkit = backend.toolkit
    seen: list[tuple[str, float]] = []

    async def main() -> None:
        now = toolkit.clock()
        began = now()

        async def sleeper(name: str, hours: float) -> None:
            await toolkit.sleep(hours * HOUR)
            seen.append((name, now() - began))

        await toolkit.together([lambda: sleeper("second", 1.0), lambda: sleeper("first", 0.5)])
        shown = now()
        while now() == shown:
            pass

    assert backend.run_leaping
    backend.run_leaping(main, 0)

    assert [name for name, _ in seen] == ["first", "second"]
    assert [int(2 * moment / HOUR) for _, moment in seen] == [1, 2]


def test_what_comes_from_a_thread_is_waited_for() -> None:
    """Where there is no timer to leap to."""

    async def main() -> str:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(answer.set_result, "from a thread"))
        thread.start()
        try:
            return await answer
        finally:
            thread.join()

    run = BACKENDS["asyncio"].run_leaping
    assert run
    assert run(main, 0) == "from a thread"


def test_a_loop_whose_clock_is_not_ours_has_no_number_and_a_reason() -> None:
    """A row says why it is empty, on that loop alone."""
    lock = next(entry for entry in patterns.alternatives("locks") if entry.name == "asyncio_lock")
    leaps = replace(CONTENDED, leaps=True)
    fixed = replace(BACKENDS["asyncio"], run_leaping=None)

    assert why_not(lock, BACKENDS["asyncio"], leaps) is None
    assert why_not(lock, fixed, CONTENDED) is None
    assert why_not(lock, fixed, leaps) == (
        "not here",
        "the clock of asyncio cannot leap, and to wait for its timers would take too long",
    )


def test_no_bystander_looks_on_where_a_clock_leaps() -> None:
    """It would always have something to do, and each second would take one."""
    why = {name: PASSES["stall"].why_not("rate_limits", name, 100) for name in ("ten_a_second", "backlog")}

    assert "bystander" in why["ten_a_second"]
    assert why["backlog"] == ""
