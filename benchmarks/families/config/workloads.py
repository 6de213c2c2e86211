"""What is asked of ``patterns.config``."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Prepare, Workload
from patterns.config import Family, Values, WatchedStore

BASELINE = {"asyncio": "asyncio_condition", "trio": "trio_condition"}

SHARE = 10  # the timeout is so many times the limit
TEXTS = tuple({"limit": str(limit), "timeout": str(SHARE * limit)} for limit in (8, 9))
DAMAGED = {"limit": "10", "timeout": "soon"}


class Source:
    """Where settings come from: two versions, in turn, or one with a slip in it; a load takes so many ``turns``."""

    def __init__(self, toolkit: Toolkit, turns: int = 0) -> None:
        """Nobody has loaded anything."""
        self.toolkit, self.turns = toolkit, turns
        self.loads = 0
        self.texts: Mapping[str, str] = TEXTS[0]
        self.damaged = False

    async def load(self) -> Mapping[str, str]:
        """Load the next version."""
        self.loads += 1
        for _ in range(self.turns):
            await self.toolkit.hop()
        if self.damaged:
            return DAMAGED
        self.texts = TEXTS[self.loads % len(TEXTS)]
        return self.texts

    @property
    def limit(self) -> int:
        """The value of the version that was loaded last."""
        return int(self.texts["limit"])


async def at_once(values: Values) -> bool:
    """A request that waits for nothing; whether what it sees belongs together."""
    return values.timeout == SHARE * values.limit


async def in_two_parts(toolkit: Toolkit, values: Values) -> bool:
    """A request that reads before and after a turn of the loop; whether that belongs together."""
    limit = values.limit
    await toolkit.hop()
    return values.timeout == SHARE * limit


@asynccontextmanager
async def reads(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """One value, again and again."""
    source = Source(toolkit)
    async with family.store(source.load) as settings:
        right = source.limit

        async def once() -> int:
            found = 0
            for _ in range(n):
                if await settings.limit() == right:
                    found += 1
            return found

        yield once


@asynccontextmanager
async def requests(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Requests that follow each other, and wait for nothing."""
    async with family.store(Source(toolkit).load) as settings:

        async def once() -> int:
            found = 0
            for _ in range(n):
                if await settings.serve(at_once):
                    found += 1
            return found

        yield once


@asynccontextmanager
async def side_by_side(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Requests that come at once, and read before and after a turn."""
    handler = partial(in_two_parts, toolkit)
    async with family.store(Source(toolkit).load) as settings:
        found = 0

        async def request() -> None:
            nonlocal found
            if await settings.serve(handler):
                found += 1

        everybody = [request] * n

        async def once() -> int:
            nonlocal found
            found = 0
            await toolkit.together(everybody)
            return found

        yield once


@asynccontextmanager
async def read_mostly(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """So many reads for each reload."""
    source = Source(toolkit)
    async with family.store(source.load) as settings:

        async def once() -> int:
            await settings.reload()
            right = source.limit
            found = 0
            for _ in range(n):
                if await settings.limit() == right:
                    found += 1
            return found

        yield once


@asynccontextmanager
async def reloads(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Reloads that follow each other; a load waits for nothing."""
    source = Source(toolkit)
    async with family.store(source.load) as settings:

        async def once() -> tuple[int, bool]:
            before = source.loads
            for _ in range(n):
                await settings.reload()
            return source.loads - before, await settings.limit() == source.limit

        yield once


@asynccontextmanager
async def refused(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Reloads that bring what is no number."""
    source = Source(toolkit)
    async with family.store(source.load) as settings:
        source.damaged = True

        async def once() -> int:
            told = 0
            for _ in range(n):
                try:
                    await settings.reload()
                except Exception:  # each package has one of its own
                    told += 1
            return told

        yield once


@asynccontextmanager
async def storm(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Reloads that are asked at once; a load takes a turn."""
    source = Source(toolkit, turns=1)
    async with family.store(source.load) as settings:
        everybody = [settings.reload] * n

        async def once() -> bool:
            before = source.loads
            await toolkit.together(everybody)
            tally["loads"] += source.loads - before
            return source.loads > before

        yield once


class Watchers:
    """Those who wait for changes, from block to block; ``told`` is how many have been told of the last one."""

    def __init__(self, settings: WatchedStore, everybody: int, all_told: Callable[[], object]) -> None:
        """Nobody waits yet."""
        self.settings, self.everybody, self.all_told = settings, everybody, all_told
        self.told = self.waiting = 0
        self.over = False

    async def watch(self) -> None:
        """Wait for one change after the other, until it is over."""
        known = self.settings.version
        self.waiting += 1
        while not self.over:
            known, _ = await self.settings.changed(known)
            self.told += 1
            if self.told == self.everybody:
                self.all_told()


@asynccontextmanager
async def watchers(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Those who wait for one change, and then for the next."""
    source = Source(toolkit)
    told = toolkit.event()
    async with family.watched_store(source.load) as settings:
        crowd = Watchers(settings, n, lambda: told.set())
        async with toolkit.crowd() as run:
            for _ in range(n):
                run(crowd.watch)
            while crowd.waiting < n:
                await toolkit.hop()

            async def once() -> int:
                nonlocal told
                told, crowd.told = toolkit.event(), 0
                await settings.reload()
                await told.wait()
                return crowd.told

            yield once
            crowd.over = True
            await settings.reload()


def asked(
    name: str, question: str, counts: tuple[str, str], prepare: Prepare, answer: Callable[[int], object], **more: Any
) -> Workload:
    """A question whose operations are what n counts: many of them, and one."""
    return Workload(
        name=name,
        question=question,
        axis=counts[0],
        operation=counts[1],
        prepare=prepare,
        answer=answer,
        operations=lambda n: n,
        **{"needs": "store", **more},
    )


def itself(n: int) -> int:
    """Every one of them."""
    return n


READS, REQUESTS, RELOADS = ("reads", "read"), ("requests", "request"), ("reloads", "reload")
WORKLOADS = (
    asked("reads", "What does it cost to read one value?", READS, reads, itself),
    asked("requests", "What does it cost to serve a request that reads two values?", REQUESTS, requests, itself),
    asked(
        "side_by_side",
        "What does a request cost that reads before and after a turn, when all come at once?",
        REQUESTS,
        side_by_side,
        itself,
    ),
    asked(
        "read_mostly", "What does a read cost with its share of one reload for n of them?", READS, read_mostly, itself
    ),
    asked("reloads", "What does it cost to reload?", RELOADS, reloads, lambda n: (n, True)),
    asked("refused", "What does a reload cost that brings what is no number?", RELOADS, refused, itself),
    asked(
        "storm",
        "What does a reload cost when all are asked at once?",
        RELOADS,
        storm,
        lambda _: True,
        tallies=("loads",),
        presupposes=("storm",),
    ),
    asked(
        "watchers",
        "What does it cost to tell one who waits of a change?",
        ("watchers", "watcher"),
        watchers,
        itself,
        needs="watched_store",
    ),
)
