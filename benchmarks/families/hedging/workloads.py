"""What is asked of ``patterns.hedging``: what a call costs whose sources are quick, slow, or fail.

Sources wait in turns of the loop. Where a slow one is the subject, the loop's clock leaps over the delay: what is
measured is the work of asking another, and not the waiting.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload
from patterns.hedging import Family, Source

BASELINE = {"asyncio": "asyncio_wait", "trio": "trio_nursery"}

LONG = 60.0  # seconds of delay that never pass, because somebody answers or fails before
DELAY = 0.05  # seconds after which the next is asked
REPLICAS = 3


class DownError(Exception):
    """What a source raises that is down."""


class Replicas:
    """Sources that count how often they are asked, and how many are at work."""

    def __init__(self, toolkit: Toolkit, tally: Counter[str]) -> None:
        self.toolkit = toolkit
        self.tally = tally
        self.running = 0

    async def at_once(self, answer: int) -> int:
        """Answer without waiting."""
        self.tally["calls"] += 1
        return answer

    async def after_a_turn(self, answer: int) -> int:
        """Answer in the next turn."""
        self.tally["calls"] += 1
        await self.toolkit.hop()
        return answer

    async def down(self) -> int:
        """Fail in the next turn."""
        self.tally["calls"] += 1
        await self.toolkit.hop()
        raise DownError

    async def hanging(self) -> int:
        """Answer not before it is cancelled."""
        self.tally["calls"] += 1
        self.running += 1
        try:
            await self.toolkit.event().wait()
        finally:
            self.running -= 1
        return -1


@asynccontextmanager
async def ready(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """The first of three answers without waiting; n calls in a row."""
    replicas = Replicas(toolkit, tally)
    sources = [partial(replicas.at_once, number) for number in range(REPLICAS)]

    async def once() -> int:
        answers = 0
        for _ in range(n):
            answers += await family.hedge(sources, LONG) == 0
        return answers

    yield once


Ask = Callable[[list[Source[int]]], Awaitable[int]]


async def at_once(toolkit: Toolkit, n: int, ask: Callable[[], Awaitable[int]]) -> list[int]:
    """What n callers get who all ask at once, in a task each."""
    answers: list[int] = []

    async def caller() -> None:
        answers.append(await ask())

    await toolkit.together([caller] * n)
    return answers


@asynccontextmanager
async def in_time(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """The first of three answers after a turn, long before the delay has passed; n callers at once."""
    replicas = Replicas(toolkit, tally)
    sources = [partial(replicas.after_a_turn, number) for number in range(REPLICAS)]
    yield lambda: at_once(toolkit, n, lambda: family.hedge(sources, LONG))


@asynccontextmanager
async def first_is_slow(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """The first of three hangs, the second answers a turn after it was asked; n callers at once."""
    replicas = Replicas(toolkit, tally)
    sources: list[Source[int]] = [replicas.hanging]
    sources += [partial(replicas.after_a_turn, number) for number in range(1, REPLICAS)]

    async def once() -> tuple[list[int], int]:
        answers = await at_once(toolkit, n, lambda: family.hedge(sources, DELAY))
        return answers, replicas.running

    yield once


@asynccontextmanager
async def all_but_the_last_fail(
    family: Family,
    toolkit: Toolkit,
    n: int,
    tally: Counter[str],
    *,
    ask: Callable[[Family, list[Source[int]]], Awaitable[int]],
) -> AsyncIterator[Once]:
    """Of n sources all but the last fail, a turn after each was asked."""
    replicas = Replicas(toolkit, tally)
    sources: list[Source[int]] = [*[replicas.down] * (n - 1), partial(replicas.after_a_turn, n)]
    yield lambda: ask(family, sources)


@asynccontextmanager
async def all_fail(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """All of three sources fail, a turn after each was asked; n callers at once."""
    replicas = Replicas(toolkit, tally)
    sources: list[Source[int]] = [replicas.down] * REPLICAS

    async def ask() -> int:
        try:
            return await family.hedge(sources, LONG)
        except* DownError:
            pass
        return -1

    yield lambda: at_once(toolkit, n, ask)


@asynccontextmanager
async def last_wins(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Of n sources that are asked at once all hang but the last."""
    replicas = Replicas(toolkit, tally)
    sources: list[Source[int]] = [*[replicas.hanging] * (n - 1), partial(replicas.after_a_turn, n)]

    async def once() -> tuple[int, int]:
        return await family.race(sources), replicas.running

    yield once


def workload(
    name: str, question: str, needs: str, prepare: Any, answer: Callable[[int], object], **how: Any
) -> Workload:
    """One of the workloads, which count callers unless they say otherwise, and calls made downstream."""
    how = {"axis": "callers at once", "operation": "answer", "operations": lambda n: n, "tallies": ("calls",), **how}
    return Workload(name=name, question=question, needs=needs, prepare=prepare, answer=answer, **how)


SOURCES = {"axis": "sources", "operation": "source asked"}
WORKLOADS = (
    workload(
        "ready",
        "What does an answer cost that the first source has at once?",
        "hedge",
        ready,
        lambda n: n,
        axis="calls in a row",
    ),
    workload(
        "in_time",
        "What does an answer cost that the first source gives a turn later, long before the delay has passed?",
        "hedge",
        in_time,
        lambda n: [0] * n,
    ),
    workload(
        "first_is_slow",
        "What does an answer cost when the first source hangs, and the second has it?",
        "hedge",
        first_is_slow,
        lambda n: ([1] * n, 0),
        leaps=True,
    ),
    workload(
        "first_fail",
        "What does a source cost that fails, when another is asked and the last one answers?",
        "hedge",
        partial(all_but_the_last_fail, ask=lambda family, sources: family.hedge(sources, LONG)),
        lambda n: n,
        **SOURCES,
    ),
    workload(
        "all_fail",
        "What does a call cost in which all three sources fail?",
        "hedge",
        all_fail,
        lambda n: [-1] * n,
    ),
    workload(
        "race",
        "What does a source cost that is asked with all others at once, and loses?",
        "race",
        last_wins,
        lambda n: (n, 0),
        **SOURCES,
    ),
    workload(
        "fallback",
        "What does a source cost that fails, when no two may be asked at a time?",
        "fallback",
        partial(all_but_the_last_fail, ask=lambda family, sources: family.fallback(sources)),
        lambda n: n,
        **SOURCES,
    ),
)
