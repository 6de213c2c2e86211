"""The way out awaits something, and is then cancelled itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic

from patterns.locks import Fetch

LIBRARY = "asyncio"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("cancelled_holder", "", "cancelled again, as AnyIO scopes do, it never releases the lock"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        await self.lock.async_acquire()
        try:
            amount = await fetch()
        except BaseException:
            await asyncio.sleep(0)  # the defect
            self.lock.async_release()
            raise
        self.lock.async_release()
        balance, entries = self.accounts.get(account, (0, 0))
        self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
