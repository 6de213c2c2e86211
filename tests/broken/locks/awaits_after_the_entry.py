"""Something is awaited after the amount was entered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic
from anyio.lowlevel import checkpoint

from patterns.locks import Fetch

LIBRARY = "anyio"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("cancellation_leaves_no_trace", "", "a deposit that is cancelled after its entry stays entered"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            amount = await fetch()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1
            await checkpoint()  # the defect

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
