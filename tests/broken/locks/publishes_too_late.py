"""Readers see a copy that is renewed in the turn after the deposit."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiologic
import trio

from patterns.locks import Fetch

LIBRARY = "any"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("reads_are_current", "", "a reader in the same turn does not see the deposit that has returned"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}
        self.published: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            amount = await fetch()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1
            soon(lambda: self.published.update(self.accounts))  # the defect

    async def read(self, account: int) -> tuple[int, int]:
        return self.published.get(account, (0, 0))


def soon(function: Callable[[], object]) -> None:
    try:
        asyncio.get_running_loop().call_soon(function)
    except RuntimeError:
        trio.lowlevel.current_trio_token().run_sync_soon(function)


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
