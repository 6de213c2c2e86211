"""The fetch is shielded from cancellation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic
import trio

from patterns.locks import Fetch

LIBRARY = "trio"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("fetch_ends_with_its_deposit", "", "a deposit that is cancelled lets its fetch finish"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self.lock:
            with trio.CancelScope(shield=True):  # the defect
                amount = await fetch()
            await trio.lowlevel.checkpoint_if_cancelled()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
