"""Our own limiter for AnyIO: a log of the last period, a queue, and a deadline for the first in it.

Choose it when the same code runs on asyncio and Trio and the limit must hold in any period: callers are served in their
order, cost nothing while they wait, and may ask for several permits at once.
It costs one class to copy, an event per waiting caller, and the memory for the permits of one period. Getting a permit
without waiting is not a checkpoint: it gives other tasks no turn and sees no cancellation.
"""

import time
from collections import OrderedDict, deque

import anyio
from anyio.lowlevel import checkpoint

_SHORTEST = 0.0006  # seconds; uvloop rounds to milliseconds: with less than half of one it would spin


class WindowLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self._rate, self._period = rate, period
        # Permits that can be given now: all but those in the log and those promised to callers who have not run since.
        self._room = rate
        self._queued = 0  # callers who wait, and those who were served but have not run since: nobody overtakes them
        self._log: deque[tuple[float, int]] = deque()
        self._waiters: OrderedDict[anyio.Event, int] = OrderedDict()  # the first watches the clock
        self._nap = anyio.CancelScope()
        self._closed = False

    async def acquire(self, permits: int = 1) -> None:
        if 0 < permits <= self._room and not self._queued:
            self._room -= permits
        else:
            await self._turn(permits)
        # The caller's own moment, not that of the wake-up: else a slow turn of the loop would shorten the period.
        # `time.monotonic` because uvloop's own clock shows whole milliseconds.
        now = time.monotonic()
        self._log.append((now, permits))
        if self._log[0][0] + self._period <= now:  # as much as came in goes out, so that nobody pays for all at once
            self._room += self._log.popleft()[1]

    async def _turn(self, permits: int) -> None:
        if self._closed:
            raise RuntimeError("the limiter is closed")
        if not 0 < permits <= self._rate:
            raise ValueError(f"{permits} permits of a limit of {self._rate}")
        self._forget()
        if permits <= self._room and not self._queued:
            self._room -= permits
            return
        self._queued += 1
        try:
            await self._wait(anyio.Event(), permits)
        finally:
            self._queued -= 1
        if self._closed:
            raise RuntimeError("the limiter was closed")

    async def _wait(self, turn: anyio.Event, permits: int) -> None:
        if not self._waiters:
            turn.set()  # the first; waiting for it all the same gives a turn to those who were served and have not run
        self._waiters[turn] = permits
        try:
            await turn.wait()
            while turn in self._waiters and permits > self._room:
                await self._rest()
        except BaseException:
            if turn not in self._waiters and not self._closed:
                self._room += permits  # it was served in the very turn that cancelled it
                self._nap.cancel()
            raise
        else:
            if turn in self._waiters:
                self._room -= permits
        finally:
            if self._waiters.pop(turn, None) and turn.is_set():
                self._serve()

    async def _rest(self) -> None:
        if not self._log:  # all is promised to callers who run in this turn
            await checkpoint()
            return
        rest = max(self._log[0][0] + self._period - time.monotonic(), _SHORTEST)
        with anyio.CancelScope() as self._nap:  # not its deadline: on uvloop that would spin for the last millisecond
            await anyio.sleep(rest)
        self._forget()

    def _forget(self) -> None:
        log, now = self._log, time.monotonic()
        while log and log[0][0] + self._period <= now:
            self._room += log.popleft()[1]

    def _serve(self) -> None:
        while self._waiters:
            turn, permits = next(iter(self._waiters.items()))
            turn.set()
            if permits > self._room:
                return  # from now on it is the one who watches the clock
            del self._waiters[turn]
            self._room -= permits

    def close(self) -> None:
        self._closed = True
        self._room = 0
        for turn in self._waiters:
            turn.set()
        self._waiters.clear()
        self._nap.cancel()


# --- how it fits the contract ---

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from patterns.rate_limits import Job

LIBRARY = "anyio"
KIND = "own"


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[WindowLimiter]:
    made = WindowLimiter(rate, period)
    try:
        yield made
    finally:
        made.close()


def weighted_limiter(rate: int, period: float) -> AbstractAsyncContextManager[WindowLimiter]:
    return limiter(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    async with limiter(rate, period) as paced, anyio.create_task_group() as group:
        for job in jobs:
            await paced.acquire()
            group.start_soon(_run, job)
            await checkpoint()  # Trio starts tasks of one turn in any order


async def _run(job: Job) -> None:
    await job()
