"""Loads that arrive one by one: what meets in a batch, meets by chance."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.families.batching.workloads import (
    HOT,
    HOT_CHOICES,
    MAX_SIZE,
    MAX_WAIT,
    NAMES,
    PEOPLE,
    one_hop_away,
    people,
    table,
)
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.batching import Family


@asynccontextmanager
async def loads(
    family: Family,
    toolkit: Toolkit,
    n: int,  # noqa: ARG001  how many are under way is for their rate to say
    *,
    key_of: Callable[[int], int],
) -> AsyncIterator[Operate]:
    """Load the key of a number."""
    async with family.batcher(one_hop_away(toolkit, Counter()), MAX_SIZE, MAX_WAIT) as batcher:

        async def operate(number: int) -> bool:
            key = key_of(number)
            return bool(await batcher.load(key) == 2 * key + 1)

        yield operate


@asynccontextmanager
async def rows(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  as above
    """Load the person of a number from the table."""
    async with family.batcher(people(table(), toolkit, Counter()), MAX_SIZE, MAX_WAIT) as batcher:

        async def operate(number: int) -> bool:
            return bool(await batcher.load(number) == NAMES[number % PEOPLE])

        yield operate


def popular(number: int) -> int:
    """A key that most ask for, or one that nobody else does."""
    hot = HOT_CHOICES[number % len(HOT_CHOICES)]
    return HOT + number if hot is None else hot


ARRIVALS: dict[str, Arrivals | str] = {
    "closed_loop": Arrivals(partial(loads, key_of=lambda number: number)),
    "duplicate_keys": Arrivals(partial(loads, key_of=popular)),
    "scattered": "callers who come by chance are those of closed_loop, when loads arrive one by one",
    "sparse": "there is one caller, who comes again when it has been served",
    "database_rows": Arrivals(rows),
}
