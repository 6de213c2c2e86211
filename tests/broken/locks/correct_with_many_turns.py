"""Correct, and slow: several turns before and within the section."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic
from anyio.lowlevel import checkpoint

from patterns.locks import Fetch

LIBRARY = "anyio"
REQUIRES = ("aiologic>=0.17",)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        for _ in range(3):
            await checkpoint()
        async with self.lock:
            await checkpoint()
            amount = await fetch()
            await checkpoint()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        async with self.lock:
            await checkpoint()
            pair = self.accounts.get(account, (0, 0))
            await checkpoint()
            return pair


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
