"""Our own limiter for asyncio: a log of the last period, a queue, and one timer for all who wait.

Choose it when the limit must hold in any period and bursts up to it are welcome: callers are served in their order,
cost nothing while they wait, and may ask for several permits at once.
It costs one class to copy, and the memory for the permits of one period.
"""

import asyncio
import time
from collections import OrderedDict, deque

_SHORTEST = 0.0006  # seconds; uvloop rounds to milliseconds: with less than half of one it would spin


class WindowLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self._rate, self._period = rate, period
        # Permits that can be given now: all but those in the log and those promised to callers who have not run since.
        self._room = rate
        self._queued = 0  # callers who wait, and those who were served but have not run since: nobody overtakes them
        self._log: deque[tuple[float, int]] = deque()
        self._waiters: OrderedDict[asyncio.Future[None], int] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._closed = False

    async def acquire(self, permits: int = 1) -> None:
        if 0 < permits <= self._room and not self._queued:
            self._room -= permits
        elif (waiter := self._take_or_queue(permits)) is not None:
            try:
                await waiter
            except BaseException:
                self._leave(waiter, permits)
                raise
            self._queued -= 1
            if self._closed:
                raise RuntimeError("the limiter was closed")
        # The caller's own moment, not that of the timer: else a slow turn of the loop would shorten the period.
        # `time.monotonic` because uvloop's own clock shows whole milliseconds.
        now = time.monotonic()
        self._log.append((now, permits))
        if self._log[0][0] + self._period <= now:  # as much as came in goes out, so that nobody pays for all at once
            self._room += self._log.popleft()[1]

    def _take_or_queue(self, permits: int) -> asyncio.Future[None] | None:
        if self._closed or self._loop is not asyncio.get_running_loop():
            raise RuntimeError("the limiter is closed, or belongs to another event loop")
        if not 0 < permits <= self._rate:
            raise ValueError(f"{permits} permits of a limit of {self._rate}")
        if not self._queued:
            self._forget()
            if permits <= self._room:
                self._room -= permits
                return None
        elif permits <= self._room:  # but others were served and have not run since, or want more: after them
            self._loop.call_soon(self._serve)
        waiter = self._loop.create_future()
        self._waiters[waiter] = permits
        self._queued += 1
        self._set_timer()
        return waiter

    def _leave(self, waiter: asyncio.Future[None], permits: int) -> None:
        self._queued -= 1
        self._waiters.pop(waiter, None)
        if waiter.done() and not waiter.cancelled() and not self._closed:
            self._room += permits  # it was served in the very turn that cancelled it
        if self._room:
            self._serve()  # the next may want less

    def _forget(self) -> None:
        log, now = self._log, time.monotonic()
        while log and log[0][0] + self._period <= now:
            self._room += log.popleft()[1]

    def _serve(self) -> None:
        waiters = self._waiters
        while waiters:
            waiter, permits = next(iter(waiters.items()))
            if permits > self._room:
                break
            del waiters[waiter]
            if not waiter.done():  # else it was cancelled and its task has not run since
                self._room -= permits
                waiter.set_result(None)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._waiters and self._timer is None:
            # An empty log: all is promised to callers who run in this turn, and comes back a period later.
            delay = self._log[0][0] + self._period - time.monotonic() if self._log else self._period
            self._timer = self._loop.call_later(max(delay, _SHORTEST), self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._forget()
        self._serve()

    def close(self) -> None:
        self._closed = True
        self._room = 0
        if self._timer is not None:
            self._timer.cancel()
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)  # and it finds the limiter closed


# --- how it fits the contract ---

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from patterns.rate_limits import Job

LIBRARY = "asyncio"
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
    async with limiter(rate, period) as paced, asyncio.TaskGroup() as group:
        for job in jobs:
            await paced.acquire()
            group.create_task(_run(job))
            await asyncio.sleep(0)  # it starts now, and not after all the others that may start


async def _run(job: Job) -> None:
    await job()
