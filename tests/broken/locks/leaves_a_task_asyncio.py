"""A task that is stopped when all goes well, and only then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic

from patterns.locks import Fetch

LIBRARY = "asyncio"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("nothing_left_behind", "", "when an error leaves the block, the ledger's task goes on"),)


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
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    auditor = asyncio.create_task(asyncio.Event().wait())
    yield PlantedLedger()
    auditor.cancel()  # the defect: no finally
