"""A reader that is cancelled keeps the lock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic
from anyio.lowlevel import checkpoint

from patterns.locks import Fetch

LIBRARY = "anyio"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("readers_keep_nobody_out", "", "without finally the lock of a cancelled reader is never released"),)


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
        await self.lock.async_acquire()
        await checkpoint()  # the defect: cancelled here
        self.lock.async_release()
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
