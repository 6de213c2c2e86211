"""A limiter that has been in use: what happens before the clock starts, and how often others run."""

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.workloads import rate_limits
from benchmarks.workloads.rate_limits import ENDLESS, PERMITS_PER_TURN, uncontended

CALLS = 200  # of the workload


class Counting:
    """A family whose limiter gives every permit at once; it counts the permits and the turns that others got."""

    def __init__(self) -> None:
        """Nothing has been asked."""
        self.permits = 0
        self.turns = 0
        self.toolkit = cast("Any", SimpleNamespace(hop=self.hop))

    @asynccontextmanager
    async def limiter(self, rate: int, period: float) -> AsyncIterator["Counting"]:
        """Itself, for the one limit of the workload."""
        assert (rate, period) == (ENDLESS, rate_limits.ENDLESS_PERIOD)
        yield self

    async def acquire(self) -> None:
        """One more."""
        self.permits += 1

    async def hop(self) -> None:
        """Others run."""
        self.turns += 1


async def asked(n: int, calls: int) -> tuple[Counting, int, int]:
    """A limiter after so many calls of n, and the permits and turns of the calls alone."""
    counting = Counting()
    async with uncontended(cast("Any", counting), counting.toolkit, n, Counter()) as once:
        before = counting.permits, counting.turns
        for _ in range(calls):
            assert await once() == n
    return counting, counting.permits - before[0], counting.turns - before[1]


def test_the_limit_is_used_up_before_the_clock_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many permits as a period allows; a slow limiter is not waited for."""
    monkeypatch.setattr(rate_limits, "USED_BEFORE", 60.0)
    counting, permits, _ = asyncio.run(asked(100, 0))
    monkeypatch.setattr(rate_limits, "USED_BEFORE", 0.0)
    slow, _, _ = asyncio.run(asked(100, 0))

    assert (counting.permits, permits) == (ENDLESS, 0)
    assert slow.permits == 0


@pytest.mark.parametrize("n", [1, 10, 100, 250, 1000])
def test_others_run_once_for_a_hundred_permits(n: int) -> None:
    """At every size alike, so that growth shows the limiter; what does not divide ends with a shorter row."""
    _, permits, turns = asyncio.run(asked(n, CALLS))

    assert permits == CALLS * n
    rows = math.ceil(n / PERMITS_PER_TURN)
    assert turns == (CALLS * n // PERMITS_PER_TURN if rows == 1 else CALLS * rows)
