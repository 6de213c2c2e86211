"""A waiter that is cancelled waits on, and fails only when its turn has come."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic
import trio

from patterns.locks import Fetch

LIBRARY = "trio"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("cancelled_waiter", "", "the wait is shielded, so that a timeout around it is worth nothing"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        with trio.CancelScope(shield=True):  # the defect
            await self.lock.async_acquire()
        try:
            amount = await fetch()
        finally:
            self.lock.async_release()
        balance, entries = self.accounts.get(account, (0, 0))
        self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
