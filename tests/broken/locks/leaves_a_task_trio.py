"""A task that is stopped when all goes well, and only then."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiologic
import trio

from patterns.locks import Fetch

LIBRARY = "trio"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("nothing_left_behind", "", "when an error leaves the block, the ledger's task goes on"),)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
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
    scope = trio.CancelScope()

    async def audit() -> None:
        with scope:
            await trio.sleep_forever()

    trio.lowlevel.spawn_system_task(audit)
    yield PlantedLedger()
    scope.cancel()  # the defect: no finally
