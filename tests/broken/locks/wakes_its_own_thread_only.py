"""A lock that can wake only tasks of its own loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.locks import Fetch

LIBRARY = "anyio"
KNOWN_FAILURES = (("second_thread", "", "a waiter in another thread is not woken"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = anyio.Lock(fast_acquire=True)  # the defect
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            amount = await fetch()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
