"""A reader fetches the two numbers one after the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic
from anyio.lowlevel import checkpoint

from patterns.locks import Fetch

LIBRARY = "anyio"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("no_torn_read", "", "a deposit may come between the two numbers"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            amount = await fetch()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        balance, _ = self.accounts.get(account, (0, 0))
        await checkpoint()  # the defect
        _, entries = self.accounts.get(account, (0, 0))
        return balance, entries


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
