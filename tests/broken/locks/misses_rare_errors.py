"""The lock is released after errors and cancellations, but not after the rare rest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic
import trio

from patterns.locks import Fetch

LIBRARY = "any"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("failed_holder", "", "after an error that is no Exception the lock is never released"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        await self.lock.async_acquire()
        try:
            amount = await fetch()
        except (Exception, asyncio.CancelledError, trio.Cancelled):  # the defect
            self.lock.async_release()
            raise
        balance, entries = self.accounts.get(account, (0, 0))
        self.accounts[account] = balance + amount, entries + 1
        self.lock.async_release()

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
