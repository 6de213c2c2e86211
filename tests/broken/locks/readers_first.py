"""Depositors wait until no reader is left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic
from anyio.lowlevel import checkpoint

from patterns.locks import Fetch

LIBRARY = "anyio"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("no_starvation", "", "readers that never pause all at once keep every depositor out"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.readers = 0
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            while self.readers:  # the defect: those who come later go first as well
                await checkpoint()
            amount = await fetch()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        self.readers += 1
        try:
            await checkpoint()
            await checkpoint()
            return self.accounts.get(account, (0, 0))
        finally:
            self.readers -= 1


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
