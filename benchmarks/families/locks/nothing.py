"""What stands in for an alternative of ``patterns.locks``: a ledger that nothing protects.

It enters an amount in one step once it is there, so that the sums are right although nobody ever waits for anybody.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.plan.nothing import Nothing
from patterns.locks import Fetch, Ledger


class Unprotected:
    """Balances and counts; a deposit fetches and adds."""

    def __init__(self) -> None:
        self.balances: Counter[int] = Counter()
        self.entries: Counter[int] = Counter()

    async def deposit(self, account: int, fetch: Fetch) -> None:
        """Fetch, and add."""
        amount = await fetch()
        self.balances[account] += amount
        self.entries[account] += 1

    async def read(self, account: int) -> tuple[int, int]:
        """Both numbers."""
        return self.balances[account], self.entries[account]


class Offers:
    """The one thing that the workloads need."""

    @staticmethod
    @asynccontextmanager
    async def ledger() -> AsyncIterator[Ledger]:
        """A new one."""
        yield Unprotected()


LEDGER = Nothing("a ledger that fetches and adds", Offers)
NOTHING = {"uncontended": LEDGER, "contended": LEDGER, "many_keys": LEDGER, "read_mostly": LEDGER}
