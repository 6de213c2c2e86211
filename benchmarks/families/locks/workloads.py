"""What is asked of ``patterns.locks``: the cost of a safe update."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Workload
from patterns.locks import Family, Fetch, Ledger

BASELINE = {"asyncio": "asyncio_lock", "trio": "trio_lock"}

DEPOSITS = 2  # per task, where everybody deposits
EACH = 10  # calls per task, where most only read
FETCHES = "fetches"

# At which of its calls a task deposits, if it is one of the tasks that do.
_DRAWN = random.Random(1)
PLACES = tuple(_DRAWN.randrange(EACH) for _ in range(1009))


def amount_after_a_hop(toolkit: Toolkit, amount: int, tally: Counter[str]) -> Fetch:
    """A fetch that gives every other task a turn, as a database call would."""

    async def fetch() -> int:
        tally[FETCHES] += 1
        await toolkit.hop()
        return amount

    return fetch


async def deposits(ledger: Ledger, account: int, fetch: Fetch) -> None:
    """One task's work: deposit after deposit into one account."""
    for _ in range(DEPOSITS):
        await ledger.deposit(account, fetch)


@asynccontextmanager
async def uncontended(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """One task, and an amount that is there at once: what is left is the mechanism itself."""

    async def fetch() -> int:
        return 7

    async with family.ledger() as ledger:

        async def once() -> tuple[int, int]:
            balance, entries = await ledger.read(0)
            for _ in range(n):
                await ledger.deposit(0, fetch)
            after, entries_after = await ledger.read(0)
            return after - balance, entries_after - entries

        yield once


@asynccontextmanager
async def contended(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Everybody wants the same account, and the section awaits; each task has an amount of its own."""
    async with family.ledger() as ledger:
        tasks = [partial(deposits, ledger, 0, amount_after_a_hop(toolkit, 1 + i, tally)) for i in range(n)]

        async def once() -> tuple[int, int]:
            balance, entries = await ledger.read(0)
            await toolkit.together(tasks)
            after, entries_after = await ledger.read(0)
            return after - balance, entries_after - entries

        yield once


@asynccontextmanager
async def many_keys(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Everybody has an account of their own, deposits into it and looks at it in the end."""
    seen = [(0, 0)] * n
    grown = [(0, 0)] * n

    async def own_account(i: int, fetch: Fetch) -> None:
        await deposits(ledger, i, fetch)
        balance, entries = await ledger.read(i)
        before, entries_before = seen[i]
        grown[i], seen[i] = (balance - before, entries - entries_before), (balance, entries)

    async with family.ledger() as ledger:
        tasks = [partial(own_account, i, amount_after_a_hop(toolkit, 1 + i, tally)) for i in range(n)]

        async def once() -> list[tuple[int, int]]:
            await toolkit.together(tasks)
            return list(grown)

        yield once


@asynccontextmanager
async def read_mostly(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:
    """Everybody reads one account, and every second task deposits once in between; readers check what they see."""
    fetch = amount_after_a_hop(toolkit, 7, tally)

    async def calls(i: int) -> int:
        wrong = newest = 0
        for call in range(EACH):
            if i % 2 == 0 and call == PLACES[i % len(PLACES)]:
                await ledger.deposit(0, fetch)
                newest += 1
            else:
                balance, entries = await ledger.read(0)
                wrong += balance != 7 * entries or entries < newest
                newest = entries
        return wrong

    async with family.ledger() as ledger:
        seen_wrong = [0] * n

        async def task(i: int) -> None:
            seen_wrong[i] = await calls(i)

        tasks = [partial(task, i) for i in range(n)]

        async def once() -> tuple[int, int, int]:
            balance, entries = await ledger.read(0)
            await toolkit.together(tasks)
            after, entries_after = await ledger.read(0)
            return after - balance, entries_after - entries, sum(seen_wrong)

        yield once


def total(n: int) -> tuple[int, int]:
    """What n tasks add to one account, the i-th of them depositing 1 + i each time."""
    return DEPOSITS * n * (n + 1) // 2, DEPOSITS * n


WORKLOADS = (
    Workload(
        name="uncontended",
        question="What does an update cost when nobody else wants the account?",
        axis="deposits in a row",
        operation="deposit",
        needs="ledger",
        prepare=uncontended,
        answer=lambda n: (7 * n, n),
        operations=lambda n: n,
        scale=(1, 10, 100, 1000, 10_000),
    ),
    Workload(
        name="contended",
        question="What does an update cost when every task wants the same account and the section awaits?",
        axis="tasks",
        operation="deposit",
        needs="ledger",
        prepare=contended,
        answer=total,
        operations=lambda n: n * DEPOSITS,
        tallies=(FETCHES,),
    ),
    Workload(
        name="many_keys",
        question="What does an update cost when every task has an account of its own?",
        axis="tasks, one account each",
        operation="deposit",
        needs="ledger",
        prepare=many_keys,
        answer=lambda n: [(DEPOSITS * (1 + i), DEPOSITS) for i in range(n)],
        operations=lambda n: n * DEPOSITS,
        tallies=(FETCHES,),
    ),
    Workload(
        name="read_mostly",
        question="What does a call cost when nineteen of twenty only read?",
        axis="tasks",
        operation="call",
        needs="ledger",
        prepare=read_mostly,
        answer=lambda n: (7 * ((n + 1) // 2), (n + 1) // 2, 0),
        operations=lambda n: n * EACH,
        tallies=(FETCHES,),
    ),
)
