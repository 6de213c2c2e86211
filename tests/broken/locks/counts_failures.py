"""A deposit that fails is counted as an entry."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic

from patterns.locks import Fetch

LIBRARY = "any"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("failure_leaves_no_trace", "", "after a failed deposit there is an entry without an amount"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            balance, entries = self.accounts.get(account, (0, 0))
            try:
                balance += await fetch()
            except Exception:
                self.accounts[account] = balance, entries + 1  # the defect
                raise
            self.accounts[account] = balance, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
