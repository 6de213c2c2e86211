"""What is asked of ``patterns.streams``: the cost of an item, and of stopping before the last one.

Sources have their items at hand but for every tenth, for which they wait a turn, as for a page. What is compared is
what hands items over.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload
from patterns.streams import Family

BASELINE = {"asyncio": "asyncio_aclosing", "trio": "trio_aclosing"}

PAGE = 10  # items that a source has at hand
AHEAD = 10  # items that may be fetched ahead
SOURCES = 10  # that are merged
CHUNK = 10
HOUR = 3600.0  # seconds
LATE = 10  # turns in which a source that was left is closed


class Sources:
    """Sources of a block; how many have been opened, and not yet closed."""

    def __init__(self, toolkit: Toolkit) -> None:
        """None has been opened yet."""
        self.toolkit = toolkit
        self.open = 0

    def source(self, n: int, pause: int = PAGE) -> Callable[[], "Numbers"]:
        """A source of the numbers below n that waits a turn before every so many."""
        return partial(Numbers, self, n, pause)


class Numbers:
    """A source while it is open."""

    def __init__(self, sources: Sources, n: int, pause: int) -> None:
        """It begins with 0."""
        self.sources, self.n, self.pause = sources, n, pause
        self.next = 0

    async def __aenter__(self) -> Callable[[], Any]:
        """Open it."""
        self.sources.open += 1
        return self.fetch

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        self.sources.open -= 1

    async def fetch(self) -> int | None:
        """The next number, or None."""
        number = self.next
        if number == self.n:
            return None
        if number % self.pause == 0:
            await self.sources.toolkit.hop()
        self.next = number + 1
        return number


@asynccontextmanager
async def closed(toolkit: Toolkit) -> AsyncIterator[Sources]:
    """Sources, all of which must have been closed a few turns after the last has been read."""
    sources = Sources(toolkit)
    yield sources
    for _ in range(LATE):
        await toolkit.hop()
    if sources.open:
        raise AssertionError(f"{sources.open} sources were left open")


@asynccontextmanager
async def whole(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """All items of a source are read."""
    async with closed(toolkit) as sources:

        async def once() -> int:
            total = 0
            async with family.items(sources.source(n)) as stream:
                async for number in stream:
                    total += number
            return total

        yield once


@asynccontextmanager
async def stopped(
    family: Family,
    toolkit: Toolkit,
    n: int,
    tally: Counter[str],  # noqa: ARG001
    *,
    share: float,
) -> AsyncIterator[Once]:
    """A share of the items of a source is read, one at least."""
    async with closed(toolkit) as sources:
        last = wanted(n, share) - 1

        async def once() -> int | None:
            async with family.items(sources.source(n)) as stream:
                async for number in stream:
                    if number == last:
                        return last
            return None

        yield once


def wanted(n: int, share: float) -> int:
    """How many items that is."""
    return max(1, int(n * share))


@asynccontextmanager
async def pipeline(
    family: Family,
    toolkit: Toolkit,
    n: int,
    tally: Counter[str],  # noqa: ARG001
    *,
    depth: int,
) -> AsyncIterator[Once]:
    """Each item goes through so many steps."""
    async with closed(toolkit) as sources:

        async def step(number: int) -> int:
            return number + 1

        async def once() -> int:
            total = 0
            async with family.mapped(sources.source(n), [step] * depth) as stream:
                async for number in stream:
                    total += number
            return total

        yield once


@asynccontextmanager
async def slow_reader(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """The source takes a turn for each item, and so does the loop, while a few are fetched ahead."""
    async with closed(toolkit) as sources:

        async def once() -> int:
            total = 0
            async with family.buffered(sources.source(n, 1), AHEAD) as stream:
                async for number in stream:
                    await toolkit.hop()
                    total += number
            return total

        yield once


@asynccontextmanager
async def merge(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """The items of several sources."""
    async with closed(toolkit) as sources:

        async def once() -> int:
            total = 0
            async with family.merged([sources.source(n) for _ in range(SOURCES)]) as stream:
                async for number in stream:
                    total += number
            return total

        yield once


@asynccontextmanager
async def chunks(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Items in chunks, none of which waits for long."""
    async with closed(toolkit) as sources:

        async def once() -> list[int]:
            sizes = []
            async with family.chunked(sources.source(n), CHUNK, HOUR) as stream:
                async for chunk in stream:
                    sizes.append(len(chunk))  # noqa: PERF401  a comprehension would be another question
            return sizes

        yield once


def sizes_of(n: int) -> list[int]:
    """How many items the chunks have."""
    return [CHUNK] * (n // CHUNK) + [n % CHUNK] * (n % CHUNK > 0)


def asked(
    name: str,
    question: str,
    needs: str,
    prepare: Callable[..., Any],
    answer: Callable[[int], object],
    operations: Callable[[int], int] = lambda n: n,
    scale: tuple[int, ...] = (1, 10, 100, 1000),
    presupposes: tuple[str, ...] = (),
) -> Workload:
    """One of the workloads, all of which count items."""
    return Workload(
        name=name,
        question=question,
        axis="items",
        operation="item",
        needs=needs,
        prepare=prepare,
        answer=answer,
        operations=operations,
        scale=scale,
        presupposes=presupposes,
    )


WORKLOADS = (
    asked("whole", "What does an item cost when all are read?", "items", whole, lambda n: n * (n - 1) // 2),
    asked(
        "one_percent",
        "What does an item cost when the loop ends after the first hundredth of them, or the first one?",
        "items",
        partial(stopped, share=0.01),
        lambda n: wanted(n, 0.01) - 1,
        lambda n: wanted(n, 0.01),
    ),
    asked(
        "half",
        "What does an item cost when the loop ends after half of them?",
        "items",
        partial(stopped, share=0.5),
        lambda n: wanted(n, 0.5) - 1,
        lambda n: wanted(n, 0.5),
        (100,),
    ),
    asked(
        "four_steps",
        "What does an item cost that goes through four steps?",
        "mapped",
        partial(pipeline, depth=4),
        lambda n: n * (n - 1) // 2 + 4 * n,
    ),
    asked(
        "ten_steps",
        "What does an item cost that goes through ten steps?",
        "mapped",
        partial(pipeline, depth=10),
        lambda n: n * (n - 1) // 2 + 10 * n,
        scale=(100,),
    ),
    asked(
        "slow_reader",
        "What does an item cost when source and loop take a turn each, and up to ten are fetched ahead?",
        "buffered",
        slow_reader,
        lambda n: n * (n - 1) // 2,
        presupposes=("timely",),
    ),
    asked(
        "merge",
        "What does an item of ten sources cost when they are read as one?",
        "merged",
        merge,
        lambda n: SOURCES * n * (n - 1) // 2,
        lambda n: SOURCES * n,
        (100,),
    ),
    asked(
        "chunks",
        "What does an item cost in chunks of ten, none of which waits for long?",
        "chunked",
        chunks,
        lambda n: sizes_of(n),
        presupposes=("timely",),
    ),
)
