"""Every deposit writes back all accounts as they were before its fetch."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic

from patterns.locks import Fetch

LIBRARY = "any"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("no_lost_update", "", "what others deposited into other accounts meanwhile is overwritten"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.locks: defaultdict[int, aiologic.Lock] = defaultdict(aiologic.Lock)
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.locks[account]:
            accounts = dict(self.accounts)  # the defect: copied before the wait
            amount = await fetch()
            balance, entries = accounts.get(account, (0, 0))
            self.accounts = accounts | {account: (balance + amount, entries + 1)}

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
