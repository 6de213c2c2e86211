"""What is asked of ``patterns.caches``: the cost of an answer that is known, of one that is not, and of a method.

A load gives every other task one turn of the loop, as a reply that is already on its way would: what is left is the
cache. How often it was asked stands beside the times, because that is what a cache is for.
"""

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import accumulate, count

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload
from patterns.caches import Cache, Family, Load, Source

BASELINE = {"asyncio": "asyncio_lock_per_key", "trio": "trio_lock_per_key"}

MAX_SIZE = 100
SKEW = 1.1
TENTH = 10
ROOM = 8  # entries at least: more than can be under way at once, or some packages raise
ASKERS = 4  # tasks that share a mixture of keys
TTL = 0.001  # seconds: the shortest that every clock can tell, those of uvloop and Redis included
ENDED = 0.003  # seconds after which an entry has ended on every clock
LOADS = "loads"


def zipf(n: int) -> list[int]:
    """So many keys from 0 up to n, of which key k comes up in proportion to 1 / (k + 1) ** SKEW."""
    dice = random.Random(n)
    heights = list(accumulate((k + 1) ** -SKEW for k in range(n)))
    return [bisect_left(heights, dice.random() * heights[-1]) for _ in range(n)]


class RefusedError(Exception):
    """What a load that fails raises."""


def one_hop_away(toolkit: Toolkit, tally: Counter[str]) -> Load[int, int]:
    """A load that takes one turn of the loop."""

    async def load(key: int) -> int:
        tally[LOADS] += 1
        await toolkit.hop()
        return 2 * key + 1

    return load


async def ask(known: Cache[int, int] | Source, keys: Sequence[int], right: list[int], more: int = 0) -> None:
    """One caller's work: key after key; ``right`` counts the answers that belong to their keys."""
    for key in keys:
        if await known.get(key) == 2 * key + 1 + more:
            right[0] += 1


@asynccontextmanager
async def hits(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """One caller, and all it asks for is known."""
    async with family.cache(one_hop_away(toolkit, tally)) as cache:
        await ask(cache, range(n), [0])

        async def once() -> int:
            right = [0]
            await ask(cache, range(n), right)
            return right[0]

        yield once


@asynccontextmanager
async def misses(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """One caller, and nothing it asks for is known: there is never company to share a load with."""
    fresh = count()
    async with family.cache(one_hop_away(toolkit, tally), max_size=MAX_SIZE) as cache:

        async def once() -> int:
            right = [0]
            first = next(fresh) * n
            await ask(cache, range(first, first + n), right)
            return right[0]

        yield once


@asynccontextmanager
async def zipf_mix(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """A few tasks ask for n keys of which some are popular and most are not; a tenth of them fits.

    Every call asks for the same keys in the same order, so that the number of loads is the bound's doing alone.
    """
    wanted = zipf(n)
    shares = [wanted[i::ASKERS] for i in range(min(n, ASKERS))]
    async with family.cache(one_hop_away(toolkit, tally), max_size=max(ROOM, n // TENTH)) as cache:

        async def once() -> int:
            right = [0]
            await toolkit.together([partial(ask, cache, share, right) for share in shares])
            return right[0]

        yield once


@asynccontextmanager
async def stampede(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Everybody asks for the same key in the same turn, and it is not known."""
    fresh = count()
    async with family.cache(one_hop_away(toolkit, tally), max_size=MAX_SIZE) as cache:

        async def once() -> int:
            right = [0]
            wanted = [next(fresh)]
            await toolkit.together([partial(ask, cache, wanted, right)] * n)
            return right[0]

        yield once


@asynccontextmanager
async def expiry(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """One caller, and all it asks for was known until a moment ago."""
    loads: Counter[str] = Counter()
    async with family.cache(one_hop_away(toolkit, loads), ttl=TTL) as cache:
        await ask(cache, range(n), [0])

        async def once() -> tuple[int, int]:
            right = [0]
            before = loads[LOADS]
            await toolkit.sleep(ENDED)
            await ask(cache, range(n), right)
            return right[0], loads[LOADS] - before

        yield once


@asynccontextmanager
async def failing_loads(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Everybody asks for the same key in the same turn, and it cannot be loaded."""
    refused = 0

    async def load(key: int) -> int:
        tally[LOADS] += 1
        await toolkit.hop()
        raise RefusedError(key)

    async def told(cache: Cache[int, int]) -> None:
        nonlocal refused
        try:
            await cache.get(7)
        except RefusedError:
            refused += 1

    async with family.cache(load) as cache:

        async def once() -> int:
            nonlocal refused
            refused = 0
            await toolkit.together([partial(told, cache)] * n)
            return refused

        yield once


def overridden(depth: int) -> Workload:
    """Hits through a method that has been overridden so often."""

    @asynccontextmanager
    async def prepare(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
        async with family.source(one_hop_away(toolkit, tally), depth) as source:
            await ask(source, range(n), [0], depth - 1)

            async def once() -> int:
                right = [0]
                await ask(source, range(n), right, depth - 1)
                return right[0]

            yield once

    return Workload(
        name=f"override_chain_{depth}",
        question={
            1: "What does a hit cost when the cache is on a method?",
            2: "What does a hit cost when a subclass refines the method?",
            4: "What does a hit cost at the end of four classes that refine each other?",
        }[depth],
        axis="hits in a row",
        operation="hit",
        needs="source",
        prepare=prepare,
        answer=lambda n: n,
        operations=lambda n: n,
        scale=(100,),
    )


WORKLOADS = (
    Workload(
        name="hits",
        question="What does an answer cost that is known?",
        axis="hits in a row",
        operation="hit",
        needs="cache",
        prepare=hits,
        answer=lambda n: n,
        operations=lambda n: n,
    ),
    Workload(
        name="misses",
        question="What does an answer cost that is not known, and that nobody else wants?",
        axis="misses in a row",
        operation="miss",
        needs="cache",
        prepare=misses,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=(LOADS,),
    ),
    Workload(
        name="zipf_mix",
        question="What does an answer cost when some keys are popular, and a tenth of all keys fits?",
        axis="answers, shared by four tasks",
        operation="answer",
        needs="cache",
        prepare=zipf_mix,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=(LOADS,),
    ),
    Workload(
        name="stampede",
        question="What does an answer cost when everybody misses the same key in the same turn?",
        axis="callers",
        operation="answer",
        needs="cache",
        prepare=stampede,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=(LOADS,),
        presupposes=("one-load",),
    ),
    Workload(
        name="expiry",
        question="What does an answer cost whose entry has ended?",
        axis="ended entries in a row",
        operation="answer",
        needs="cache",
        prepare=expiry,
        answer=lambda n: (n, n),
        operations=lambda n: n,
        clock="cpu",
    ),
    Workload(
        name="failing_loads",
        question="What does an error cost when everybody misses the same key, and it cannot be loaded?",
        axis="callers",
        operation="error",
        needs="cache",
        prepare=failing_loads,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=(LOADS,),
        presupposes=("one-load",),
    ),
    *map(overridden, (1, 2, 4)),
)
