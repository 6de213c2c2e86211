"""Our own limiter for Trio: a log of the last period, a queue, and a deadline for the first in it.

Choose it when the limit must hold in any period and bursts up to it are welcome: callers are served in their order,
cost nothing while they wait, and may ask for several permits at once.
It costs one class to copy, and the memory for the permits of one period. Getting a permit without waiting is not a
checkpoint: it gives other tasks no turn and sees no cancellation, which the caller's own next `await` then does.
"""

from collections import OrderedDict, deque

import trio
from trio.lowlevel import (
    Abort,
    RaiseCancelT,
    Task,
    current_clock,
    current_root_task,
    current_task,
    enable_ki_protection,
    reschedule,
    wait_task_rescheduled,
)


class WindowLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self._rate, self._period = rate, period
        # Permits that can be given now: all but those in the log and those promised to callers who have not run since.
        self._room = rate
        self._log: deque[tuple[float, int]] = deque()
        self._waiters: OrderedDict[Task, int] = OrderedDict()  # the first watches the clock, the others are parked
        self._nap = trio.CancelScope()
        self._now = current_clock().current_time
        self._run = current_root_task()
        self._closed = False

    @enable_ki_protection
    async def acquire(self, permits: int = 1) -> None:
        if 0 < permits <= self._room and not self._waiters:
            self._room -= permits
        else:
            await self._turn(permits)
        # The caller's own moment, not that of the wake-up: else a slow turn of the loop would shorten the period.
        now = self._now()
        self._log.append((now, permits))
        if self._log[0][0] + self._period <= now:  # as much as came in goes out, so that nobody pays for all at once
            self._room += self._log.popleft()[1]

    async def _turn(self, permits: int) -> None:
        if self._closed or self._run is not current_root_task():
            raise RuntimeError("the limiter is closed, or belongs to another run of Trio")
        if not 0 < permits <= self._rate:
            raise ValueError(f"{permits} permits of a limit of {self._rate}")
        task = current_task()
        if self._waiters:
            self._waiters[task] = permits

            def leave(_: RaiseCancelT) -> Abort:
                del self._waiters[task]
                return Abort.SUCCEEDED

            await wait_task_rescheduled(leave)
            if task in self._waiters:  # not served, but the first
                await self._watch(task, permits)
        else:
            self._forget()
            if permits <= self._room:
                self._room -= permits
            else:
                self._waiters[task] = permits
                await self._watch(task, permits)
        if self._closed:
            raise RuntimeError("the limiter was closed")

    async def _watch(self, task: Task, permits: int) -> None:
        try:
            while permits > self._room and not self._closed:
                with trio.move_on_at(self._log[0][0] + self._period) as self._nap:
                    await trio.sleep_forever()
                self._forget()
            self._room -= permits
        finally:
            self._waiters.pop(task, None)
            self._serve()

    def _forget(self) -> None:
        log, now = self._log, self._now()
        while log and log[0][0] + self._period <= now:
            self._room += log.popleft()[1]

    def _serve(self) -> None:
        while self._waiters:
            task, permits = next(iter(self._waiters.items()))
            reschedule(task)
            if permits > self._room:
                return  # from now on it is the one who watches the clock
            del self._waiters[task]
            self._room -= permits

    def close(self) -> None:
        self._closed = True
        self._room = 0
        _, *parked = self._waiters or (None,)
        self._waiters.clear()
        self._nap.cancel()
        for task in parked:
            reschedule(task)


# --- how it fits the contract ---

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from trio.lowlevel import checkpoint

from patterns.rate_limits import Job

LIBRARY = "trio"
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
    async with limiter(rate, period) as paced, trio.open_nursery() as nursery:
        for job in jobs:
            await paced.acquire()
            nursery.start_soon(job)
            await checkpoint()  # Trio starts tasks of one turn in any order
