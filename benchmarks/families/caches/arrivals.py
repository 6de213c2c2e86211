"""Keys that are asked for one by one."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.caches.workloads import MAX_SIZE, ROOM, TENTH, ask, one_hop_away, zipf
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.caches import Cache, Family


def asking(cache: Cache[int, int], keys: list[int] | None = None) -> Operate:
    """Ask for the key of a number: the number itself, or the one that comes up at its place among ``keys``."""

    async def operate(number: int) -> bool:
        key = number if keys is None else keys[number % len(keys)]
        return await cache.get(key) == 2 * key + 1

    return operate


@asynccontextmanager
async def hits(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:
    """All that is asked for is known."""
    async with family.cache(one_hop_away(toolkit, Counter())) as cache:
        await ask(cache, range(n), [0])
        yield asking(cache, list(range(n)))


@asynccontextmanager
async def misses(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  nothing is known
    """Nothing that is asked for is known."""
    async with family.cache(one_hop_away(toolkit, Counter()), max_size=MAX_SIZE) as cache:
        yield asking(cache)


@asynccontextmanager
async def zipf_mix(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:
    """Some keys are popular, and a tenth of them fits."""
    async with family.cache(one_hop_away(toolkit, Counter()), max_size=max(ROOM, n // TENTH)) as cache:
        yield asking(cache, zipf(n))


TOGETHER = "everybody asks in the same turn: that is the question"
METHOD = "it costs what hits cost, but for the method that stands before them"
ARRIVALS: dict[str, Arrivals | str] = {
    "hits": Arrivals(hits),
    "misses": Arrivals(misses),
    "zipf_mix": Arrivals(zipf_mix),
    "stampede": TOGETHER,
    "expiry": "entries end by the clock, so that it would be asked more or less often than they do",
    "failing_loads": TOGETHER,
    "override_chain_1": METHOD,
    "override_chain_2": METHOD,
    "override_chain_4": METHOD,
}
