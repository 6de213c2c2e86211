"""What is asked of ``patterns.locks``: the cost of a safe update."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.backends import Toolkit
from benchmarks.workloads import Once, Workload
from patterns.locks import Family, Fetch, Ledger

BASELINE = {"asyncio": "asyncio_lock", "trio": "trio_lock"}

EACH = 10  # deposits per task


def amount_after_a_hop(toolkit: Toolkit) -> Fetch:
    """A fetch that gives every other task a turn, as a database call would."""

    async def fetch() -> int:
        await toolkit.hop()
        return 1

    return fetch


async def deposits(ledger: Ledger, account: int, fetch: Fetch) -> None:
    """One task's work: deposit after deposit into one account."""
    for _ in range(EACH):
        await ledger.deposit(account, fetch)


@asynccontextmanager
async def contended(family: Family, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """Everybody wants the same account, and the section awaits."""
    fetch = amount_after_a_hop(toolkit)
    async with family.ledger() as ledger:

        async def once() -> tuple[int, int]:
            balance, entries = await ledger.read(0)
            await toolkit.together([partial(deposits, ledger, 0, fetch)] * n)
            after, entries_after = await ledger.read(0)
            return after - balance, entries_after - entries

        yield once


WORKLOADS = (
    Workload(
        name="contended",
        question="What does an update cost when every task wants the same account and the section awaits?",
        axis="tasks",
        operation="deposit",
        needs="ledger",
        prepare=contended,
        answer=lambda n: (n * EACH, n * EACH),
        operations=lambda n: n * EACH,
    ),
)
