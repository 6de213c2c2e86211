"""A lock without any of the defects planted beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Fetch

LIBRARY = "asyncio"


class PlainLedger:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.balances: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            amount = await fetch()
            balance, entries = self.balances.get(account, (0, 0))
            self.balances[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.balances.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlainLedger]:
    yield PlainLedger()
