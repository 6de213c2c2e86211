"""What is asked of ``patterns.batching``: the cost of a load, and how much reaches downstream.

A window of 0 is asked for everywhere: what has arrived by the next turn of the loop makes a batch. A longer window
would measure the timer, which idles, and not the batcher. Every round asks for fresh keys, so that a memory of old
answers is of no use.
"""

import atexit
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from itertools import count

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload
from patterns.batching import Batcher, Call, Family

BASELINE = {"asyncio": "queue_with_wait_for", "trio": "trio_channel_drain"}

EACH = 3  # loads per caller
MAX_SIZE = 100
MAX_WAIT = 0.0
HOT = 5  # keys that most callers ask for
HOT_SHARE = 0.9
PATIENCE = 4  # turns that a caller may think before a load
PEOPLE = 10_000
NAMES = [f"person {number}" for number in range(PEOPLE)]
CALLS, KEYS = "calls made downstream", "keys sent downstream"

dice = random.Random(20_261_123)
HOT_CHOICES = [dice.randrange(HOT) if dice.random() < HOT_SHARE else None for _ in range(1000 * EACH)]
TURNS = [dice.randrange(PATIENCE) for _ in range(1000 * EACH)]


def one_hop_away(toolkit: Toolkit, tally: Counter[str]) -> Call[int, int]:
    """A call that takes one turn of the loop, as a reply that is already on its way would."""

    async def call(keys: Sequence[int]) -> list[int]:
        tally[CALLS] += 1
        tally[KEYS] += len(keys)
        await toolkit.hop()
        return [2 * key + 1 for key in keys]

    return call


async def ask(batcher: Batcher[int, int], keys: Sequence[int], right: list[int]) -> None:
    """One caller's work: load after load; ``right`` counts the answers that belong to their keys."""
    for key in keys:
        if await batcher.load(key) == 2 * key + 1:
            right[0] += 1


async def think_and_ask(
    batcher: Batcher[int, int], keys: Sequence[int], turns: Sequence[int], toolkit: Toolkit, right: list[int]
) -> None:
    """The same, with some turns of the loop before each load."""
    for key, pause in zip(keys, turns, strict=True):
        for _ in range(pause):
            await toolkit.hop()
        if await batcher.load(key) == 2 * key + 1:
            right[0] += 1


@asynccontextmanager
async def closed_loop(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Every caller loads one key after another, and no two ask for the same."""
    fresh = count()
    async with family.batcher(one_hop_away(toolkit, tally), MAX_SIZE, MAX_WAIT) as batcher:

        async def once() -> int:
            right = [0]
            first = next(fresh) * n * EACH
            starts = range(first, first + n * EACH, EACH)
            await toolkit.together([partial(ask, batcher, range(start, start + EACH), right) for start in starts])
            return right[0]

        yield once


@asynccontextmanager
async def duplicate_keys(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Nine loads of ten ask for one of a few keys."""
    fresh = count()
    choices = [place + HOT if hot is None else hot for place, hot in enumerate(HOT_CHOICES[: n * EACH])]
    wanted = [choices[start : start + EACH] for start in range(0, n * EACH, EACH)]
    async with family.batcher(one_hop_away(toolkit, tally), MAX_SIZE, MAX_WAIT) as batcher:

        async def once() -> int:
            right = [0]
            first = next(fresh) * (n * EACH + HOT)
            await toolkit.together([partial(ask, batcher, [first + key for key in keys], right) for keys in wanted])
            return right[0]

        yield once


@asynccontextmanager
async def scattered(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Callers think for a few turns before each load, so that they meet only by chance."""
    fresh = count()
    turns = [TURNS[start : start + EACH] for start in range(0, n * EACH, EACH)]
    async with family.batcher(one_hop_away(toolkit, tally), MAX_SIZE, MAX_WAIT) as batcher:

        async def once() -> int:
            right = [0]
            first = next(fresh) * n * EACH
            starts = range(first, first + n * EACH, EACH)
            await toolkit.together(
                [
                    partial(think_and_ask, batcher, range(start, start + EACH), pauses, toolkit, right)
                    for start, pauses in zip(starts, turns, strict=True)
                ]
            )
            return right[0]

        yield once


@asynccontextmanager
async def sparse(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """One caller, one load at a time: there is never company to wait for."""
    fresh = count()
    async with family.batcher(one_hop_away(toolkit, tally), MAX_SIZE, MAX_WAIT) as batcher:

        async def once() -> int:
            right = [0]
            first = next(fresh) * n
            await ask(batcher, range(first, first + n), right)
            return right[0]

        yield once


@cache
def table() -> sqlite3.Connection:
    """The table of people, filled once per process: no block changes it."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE people (number INTEGER PRIMARY KEY, name TEXT)")
    database.executemany("INSERT INTO people VALUES (?, ?)", enumerate(NAMES))
    atexit.register(database.close)
    return database


def people(database: sqlite3.Connection, toolkit: Toolkit, tally: Counter[str]) -> Call[int, str]:
    """A call that selects rows from a real table; key and key + PEOPLE are the same person."""

    async def call(keys: Sequence[int]) -> list[str]:
        tally[CALLS] += 1
        tally[KEYS] += len(keys)
        await toolkit.hop()
        marks = ",".join("?" * len(keys))
        numbers = [key % PEOPLE for key in keys]
        names = dict(database.execute(f"SELECT number, name FROM people WHERE number IN ({marks})", numbers))
        return [names[number] for number in numbers]

    return call


async def look_up(batcher: Batcher[int, str], key: int, right: list[int]) -> None:
    """Load one person; ``right`` counts the names that belong to their numbers."""
    if await batcher.load(key) == NAMES[key % PEOPLE]:
        right[0] += 1


@asynccontextmanager
async def database_rows(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Everybody arrives at once and wants one row of an SQLite table in memory."""
    fresh = count()
    async with family.batcher(people(table(), toolkit, tally), MAX_SIZE, MAX_WAIT) as batcher:

        async def once() -> int:
            right = [0]
            first = next(fresh) * PEOPLE
            await toolkit.together([partial(look_up, batcher, key, right) for key in range(first, first + n)])
            return right[0]

        yield once


WORKLOADS = (
    Workload(
        name="closed_loop",
        question="What does a load cost when many callers ask for one thing after another?",
        axis="callers",
        operation="load",
        needs="batcher",
        prepare=closed_loop,
        answer=lambda n: n * EACH,
        operations=lambda n: n * EACH,
        tallies=(CALLS, KEYS),
    ),
    Workload(
        name="duplicate_keys",
        question="What does a load cost when most callers ask for the same few keys?",
        axis="callers",
        operation="load",
        needs="batcher",
        prepare=duplicate_keys,
        answer=lambda n: n * EACH,
        operations=lambda n: n * EACH,
        tallies=(CALLS, KEYS),
    ),
    Workload(
        name="scattered",
        question="What does a load cost when callers think between loads and meet only by chance?",
        axis="callers",
        operation="load",
        needs="batcher",
        prepare=scattered,
        answer=lambda n: n * EACH,
        operations=lambda n: n * EACH,
        tallies=(CALLS, KEYS),
    ),
    Workload(
        name="sparse",
        question="What does batching cost a lone caller, for whom it can do nothing?",
        axis="loads in a row",
        operation="load",
        needs="batcher",
        prepare=sparse,
        answer=lambda n: n,
        operations=lambda n: n,
        tallies=(CALLS, KEYS),
    ),
    Workload(
        name="database_rows",
        question="What does a row cost when many tasks look one up in a real table at the same moment?",
        axis="callers",
        operation="row",
        needs="batcher",
        prepare=database_rows,
        answer=lambda n: n,
        operations=lambda n: n,
        scale=(1, 10, 100, 1000, 10_000),
        tallies=(CALLS, KEYS),
    ),
)
