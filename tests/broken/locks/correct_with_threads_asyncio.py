"""Correct, and slow: the account is looked up in a thread, as from a disk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic

from patterns.locks import Fetch

LIBRARY = "asyncio"
REQUIRES = ("aiologic>=0.17",)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            balance, entries = await asyncio.to_thread(self.look_up, account)
            amount = await fetch()
            self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return await asyncio.to_thread(self.look_up, account)

    def look_up(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
