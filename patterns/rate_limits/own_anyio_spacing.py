"""Our own limiter for AnyIO that spreads permits: a due time, a queue, a deadline for the first.

Choose it when the same code runs on asyncio and Trio, and calls must be spread over the period instead of coming in
bursts, or the limit is so high that a log of the last period is too long.
It costs up to a twenty-fifth of the rate, from which late timers are made up, and more in periods below 38 ms: 7 % of
20 ms. Permits that nobody used are lost.
Getting a permit without waiting is not a checkpoint.
"""

import time
from collections import OrderedDict

import anyio

_SHORTEST = 0.0006  # seconds; uvloop rounds to milliseconds: with less than half of one it would spin
_LEAST_SLACK, _MOST_SLACK = 0.0015, 0.05  # seconds by which a timer, or a busy loop, may be late without loss


class SpacingLimiter:
    def __init__(self, rate: int, period: float) -> None:
        # A permit is due every `spacing` seconds, but is given up to `slack` early, so that a late one does not put off
        # the next. From one permit to the `rate`-th after it are at least rate * spacing - slack seconds: a period.
        self._slack = max(_LEAST_SLACK, min(_MOST_SLACK, period / 25))
        self._spacing = (period + self._slack) / rate
        self._due = time.monotonic()  # uvloop's own clock shows whole milliseconds
        self._promised = 0  # permits of callers who were served and have not run since
        self._queued = 0  # these callers and those who wait: nobody overtakes them
        self._waiters: OrderedDict[anyio.Event, None] = OrderedDict()  # the first watches the clock
        self._nap = anyio.CancelScope()
        self._closed = False

    async def acquire(self) -> None:
        now = time.monotonic()
        if self._queued or self._closed or self._due - now > self._slack:
            await self._turn()
            now = time.monotonic()
        self._due = max(self._due, now) + self._spacing

    async def _turn(self) -> None:
        if self._closed:
            raise RuntimeError("the limiter is closed")
        self._queued += 1
        try:
            await self._wait(anyio.Event())
        finally:
            self._queued -= 1
        if self._closed:
            raise RuntimeError("the limiter was closed")
        self._promised -= 1

    async def _wait(self, turn: anyio.Event) -> None:
        if not self._waiters:
            turn.set()  # the first; waiting for it all the same gives a turn to those who were served and have not run
        self._waiters[turn] = None
        try:
            await turn.wait()
            while turn in self._waiters and (rest := self._rest(time.monotonic())) > 0:
                with anyio.CancelScope() as self._nap:  # not its deadline: on uvloop that would spin
                    await anyio.sleep(max(rest, _SHORTEST))
        except BaseException:
            if turn not in self._waiters:
                self._promised -= 1  # it was served in the very turn that cancelled it
                self._nap.cancel()
            raise
        else:
            if turn in self._waiters:
                self._promised += 1
        finally:
            if turn in self._waiters:
                del self._waiters[turn]
                if turn.is_set():
                    self._serve()

    def _rest(self, now: float) -> float:
        """Seconds until the next permit can be given; what was promised comes first."""
        return max(self._due, now) + self._promised * self._spacing - self._slack - now

    def _serve(self) -> None:
        now = time.monotonic()
        while self._waiters:
            turn = next(iter(self._waiters))
            turn.set()
            if self._rest(now) > 0:
                return  # from now on it is the one who watches the clock
            del self._waiters[turn]
            self._promised += 1

    def close(self) -> None:
        self._closed = True
        for turn in self._waiters:
            turn.set()
        self._waiters.clear()
        self._nap.cancel()


# --- how it fits the contract ---

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from anyio.lowlevel import checkpoint

from patterns.rate_limits import Job, Limiter

LIBRARY = "anyio"
KIND = "own"


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[Limiter]:
    made = SpacingLimiter(rate, period)
    try:
        yield made
    finally:
        made.close()


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    async with limiter(rate, period) as paced, anyio.create_task_group() as group:
        for job in jobs:
            await paced.acquire()
            group.start_soon(_run, job)
            await checkpoint()  # Trio starts tasks of one turn in any order


async def _run(job: Job) -> None:
    await job()
