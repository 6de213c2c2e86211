"""What is asked of ``patterns.monitoring``: what a load costs that is watched, beside the same load that is not.

The baseline is nothing at all, so that a ratio is what watching costs. How soon a block is told is read beside its
cost.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import trio

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Prepare, Reading, Seen, Workload
from patterns.monitoring import Event, Family, Meter

BASELINE = {"asyncio": "unmonitored", "trio": "unmonitored"}

LONGEST = 0.05  # seconds that a step may take in a load
TURNS = 10  # that a task waits for
NAMES = tuple(f"operation {number}" for number in range(10))
SIZE = 100  # events that are held
BLOCK = 0.05  # seconds for which the loop is held up
SOON = 0.01  # seconds that a block may take
AFTERWARDS = 0.02  # seconds within which a monitor tells that it is over, or does not tell


async def nothing() -> None:
    """A task that has nothing to do."""


async def turns(toolkit: Toolkit) -> None:
    """A task that waits for some turns, one after the other."""
    for _ in range(TURNS):
        await toolkit.hop()


def ignored(seconds: float) -> None:
    """Nobody is told."""


@asynccontextmanager
async def spawn_heavy(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Tasks that end in their first turn, on a loop whose stalls are watched."""
    async with family.stalls(ignored, LONGEST):
        yield _spawning(toolkit, n)


@asynccontextmanager
async def counted_spawns(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Tasks that end in their first turn, and are counted; somebody reads how many in the end."""
    async with family.tasks() as count:
        yield _spawning(toolkit, n)
        count()


def _spawning(toolkit: Toolkit, n: int) -> Callable[[], Any]:
    functions = [nothing] * n

    async def once() -> int:
        await toolkit.together(functions)
        return n

    return once


@asynccontextmanager
async def wait_heavy(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Tasks that wait for turn after turn, on a loop whose stalls are watched."""
    functions = [partial(turns, toolkit)] * n
    async with family.stalls(ignored, LONGEST):

        async def once() -> int:
            await toolkit.together(functions)
            return n * TURNS

        yield once


def soon() -> Callable[[Callable[[], object]], object]:
    """What has the loop at hand call a function in one of its next turns."""
    if trio.lowlevel.in_trio_run():
        return trio.lowlevel.current_trio_token().run_sync_soon
    return asyncio.get_running_loop().call_soon


@asynccontextmanager
async def callback_heavy(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Functions that the loop is to call, on a loop whose stalls are watched."""
    called = 0
    done = toolkit.event()

    def call() -> None:
        nonlocal called
        called += 1
        if called == n:
            done.set()

    async with family.stalls(ignored, LONGEST):
        call_soon = soon()

        async def once() -> int:
            nonlocal called, done
            called, done = 0, toolkit.event()
            for _ in range(n):
                call_soon(call)
            await done.wait()
            return called

        yield once


@asynccontextmanager
async def block(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """A call that blocks, while others wait; whether and when that is told is read."""
    moments: list[float] = []

    def tell(seconds: float) -> None:  # noqa: ARG001  when it comes is what is asked
        moments.append(time.perf_counter())

    over = toolkit.event()

    async def wait() -> None:
        await over.wait()

    async with toolkit.crowd() as start:
        for _ in range(n):
            start(wait)
        async with family.stalls(tell, SOON):

            async def once() -> Seen:
                moments.clear()
                began = time.perf_counter()
                hold_up(tell)
                await toolkit.sleep(AFTERWARDS)
                tally["told"] += bool(moments)
                return Seen(1, min([*moments, time.perf_counter()]) - began)

            yield once
        over.set()


def hold_up(tell: Callable[[float], object]) -> None:
    """Block as programs do; whoever forbids that has told."""
    try:
        time.sleep(BLOCK)
    except Exception:
        tell(0.0)


async def operations(toolkit: Toolkit, meter: Meter) -> None:
    """A task that has some operations in a row, each under a name of its own, and of a turn."""
    for name in NAMES:
        with meter.operation(name):
            await toolkit.hop()


@asynccontextmanager
async def counters(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Tasks that count ten operations each, at the same time."""
    async with family.counters() as meter:
        functions = [partial(operations, toolkit, meter)] * n

        async def once() -> int:
            await toolkit.together(functions)
            return n * len(NAMES)

        yield once


class Received:
    """A sink: how many events it has got; each takes it so many ``turns``."""

    def __init__(self, toolkit: Toolkit, turns: int = 0) -> None:
        """It has got none."""
        self._toolkit, self._turns = toolkit, turns
        self.count = 0

    async def get(self, event: Event) -> None:  # noqa: ARG002  all are alike
        """Take one."""
        self.count += 1
        for _ in range(self._turns):
            await self._toolkit.hop()


@asynccontextmanager
async def events(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """One task that tells of each of its turns, and waits when it must; all has arrived when the context is left."""

    async def once() -> int:
        sink = Received(toolkit)
        async with family.waiting(sink.get, SIZE) as send:
            for number in range(n):
                await send(number)
                await toolkit.hop()
        tally["arrived"] += sink.count
        return n

    yield once


@asynccontextmanager
async def overload(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """One task that tells of ten things in each of its turns, which is more than a slow sink can take."""

    async def once() -> int:
        sink = Received(toolkit, turns=1)
        async with family.dropping(sink.get, SIZE) as outlet:
            for number in range(n):
                outlet.send(number)
                if number % 10 == 0:
                    await toolkit.hop()
        tally["arrived"] += sink.count
        return n

    yield once


def load(name: str, question: str, operation: str, prepare: Prepare, needs: str = "stalls", each: int = 1) -> Workload:
    """A question about a load of n tasks, or callbacks, with so many operations each."""
    return Workload(
        name=name,
        question=question,
        axis=f"{operation}s" if each == 1 else "tasks",
        operation=operation,
        needs=needs,
        prepare=prepare,
        answer=lambda n: n * each,
        operations=lambda n: n * each,
    )


def telling(name: str, question: str, prepare: Prepare, needs: str) -> Workload:
    """A question about n events."""
    return Workload(
        name=name,
        question=question,
        axis="events",
        operation="event",
        needs=needs,
        prepare=prepare,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=("arrived",),
    )


def detection(latencies: Sequence[float], n: int) -> float:  # noqa: ARG001  those who wait do not matter
    """The mean over the blocks."""
    return sum(latencies) / len(latencies)


WORKLOADS = (
    load("spawn_heavy", "What does a task cost where the loop's stalls are watched?", "task", spawn_heavy),
    load("wait_heavy", "What does a turn cost where the loop's stalls are watched?", "turn", wait_heavy, each=TURNS),
    load(
        "callback_heavy", "What does a callback cost where the loop's stalls are watched?", "callback", callback_heavy
    ),
    Workload(
        name="block",
        question="What does a block of 50 ms cost in processor time, and how soon is it told?",
        axis="tasks that wait meanwhile",
        operation="block",
        needs="stalls",
        prepare=block,
        answer=lambda n: 1,  # noqa: ARG005
        operations=lambda n: 1,  # noqa: ARG005
        scale=(100,),
        clock="cpu",
        tallies=("told",),
        readings=(
            Reading(
                {
                    "name": "detection",
                    "title": "from its beginning until it is told",
                    "unit": "second",
                    "better": "lower",
                },
                detection,
            ),
        ),
    ),
    load("counted_spawns", "What does a task cost where tasks are counted?", "task", counted_spawns, "tasks"),
    load(
        "counters",
        "What does an operation of a turn cost where operations are counted?",
        "operation",
        counters,
        "counters",
        each=len(NAMES),
    ),
    telling("events", "What does a turn cost whose event is told to a sink, and must arrive?", events, "waiting"),
    telling("overload", "What does an event cost when there are more than the sink can take?", overload, "dropping"),
)
