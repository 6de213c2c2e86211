"""A semaphore, which does not know who holds it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic

from patterns.locks import Fetch

LIBRARY = "any"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("owner_reacquire", "", "a fetch that deposits into its own account waits for itself"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Semaphore(1)  # the defect
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            amount = await fetch()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
