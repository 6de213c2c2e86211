"""Correct, and slow: every deposit runs in a task of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import aiologic

from patterns.locks import Fetch

LIBRARY = "asyncio"
REQUIRES = ("aiologic>=0.17",)

depositing: ContextVar[bool] = ContextVar("depositing", default=False)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        if depositing.get():
            raise RuntimeError("a fetch cannot deposit")
        task = asyncio.create_task(self.enter(account, fetch))
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                task.cancel()
        await task  # what is entered is entered, and returns even if it was cancelled a moment later

    async def enter(self, account: int, fetch: Fetch) -> None:
        depositing.set(True)
        async with self.lock:
            amount = await fetch()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
