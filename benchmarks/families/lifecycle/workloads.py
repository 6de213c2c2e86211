"""What is asked of ``patterns.lifecycle``: the cost of starting services and of stopping them, in peace and in trouble.

Services start at once and wait: what is compared is what holds them. All of them must have ended by the end of a call.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Prepare, Workload
from patterns.lifecycle import Family

BASELINE = {"asyncio": "asyncio_exit_stack", "trio": "trio_nested_nurseries"}

BUSY = 10  # tasks that never rest
NOTICED = 8  # turns in which the body learns of a failure, or does not


class FailedError(Exception):
    """What a service raises."""


class Services:
    """What the services of a block do, and how many have begun and ended."""

    def __init__(self, toolkit: Toolkit) -> None:
        """Nobody is told to fail yet."""
        self.toolkit = toolkit
        self.begun = self.ended = 0
        self.never, self.failing = toolkit.event(), toolkit.event()

    async def idle(self, started: Callable[[], object]) -> None:
        """Start at once, and run until cancelled."""
        self.begun += 1
        try:
            started()
            await self.never.wait()
        finally:
            self.ended += 1

    async def broken(self, started: Callable[[], object]) -> None:  # noqa: ARG002
        """Fail before it has started."""
        await self.toolkit.hop()
        raise FailedError

    async def mortal(self, started: Callable[[], object]) -> None:
        """Start at once, and fail once told to."""
        self.begun += 1
        try:
            started()
            await self.failing.wait()
            raise FailedError
        finally:
            self.ended += 1

    async def fails(self, family: Family, n: int) -> None:
        """Hold services, the middle one of which fails; whether that is told is a promise, and no question of cost."""
        self.failing = self.toolkit.event()
        try:
            async with family.running([self.mortal if number == n // 2 else self.idle for number in range(n)]):
                self.failing.set()
                for _ in range(NOTICED):
                    await self.toolkit.hop()
        except* FailedError:
            pass

    async def seen(self) -> tuple[int, bool]:
        """How many have begun since the last time, and whether all have ended."""
        await self.toolkit.hop()  # in which those end that nobody has waited for
        begun, ended = self.begun, self.ended
        self.begun = self.ended = 0
        return begun, begun == ended


@asynccontextmanager
async def start_stop(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Services are started, and stopped at once."""
    held = Services(toolkit)

    async def once() -> tuple[int, bool]:
        async with family.running([held.idle] * n):
            pass
        return await held.seen()

    yield once


@asynccontextmanager
async def under_load(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """The same, beside tasks that never rest."""
    resting = False

    async def work() -> None:
        while not resting:
            await toolkit.hop()

    async with toolkit.crowd() as run, start_stop(family, toolkit, n, tally) as once:
        for _ in range(BUSY):
            run(work)
        try:
            yield once
        finally:
            resting = True


@asynccontextmanager
async def fails_at_start(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """The last service fails to start, and the others are stopped."""
    held = Services(toolkit)

    async def once() -> tuple[bool, tuple[int, bool]]:
        told = False
        try:
            async with family.running([*[held.idle] * (n - 1), held.broken]):
                pass
        except* FailedError:
            told = True
        return told, await held.seen()

    yield once


@asynccontextmanager
async def fails_running(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """One fails while it runs, and the others are stopped."""
    held = Services(toolkit)

    async def once() -> tuple[int, bool]:
        await held.fails(family, n)
        return await held.seen()

    yield once


@asynccontextmanager
async def restart(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """The same, and all are started again."""
    held = Services(toolkit)

    async def once() -> tuple[int, bool]:
        await held.fails(family, n)
        async with family.running([held.idle] * n):
            pass
        return await held.seen()

    yield once


def asked(name: str, question: str, prepare: Prepare, answer: Callable[[int], object]) -> Workload:
    """One of the workloads, all of which count services."""
    return Workload(
        name=name,
        question=question,
        axis="services",
        operation="service",
        needs="running",
        prepare=prepare,
        answer=answer,
        operations=lambda n: n,
    )


WORKLOADS = (
    asked("start_stop", "What does it cost to start a service and to stop it?", start_stop, lambda n: (n, True)),
    asked(
        "under_load",
        "What does it cost to start and stop a service beside ten tasks that never rest?",
        under_load,
        lambda n: (n, True),
    ),
    asked(
        "fails_at_start",
        "What does a service cost when the last one fails to start, and the others are stopped again?",
        fails_at_start,
        lambda n: (True, (n - 1, True)),
    ),
    asked(
        "fails_running",
        "What does a service cost when one fails while it runs, and the others are stopped?",
        fails_running,
        lambda n: (n, True),
    ),
    asked(
        "restart",
        "What does a service cost when one fails, and all are started again?",
        restart,
        lambda n: (2 * n, True),
    ),
)
