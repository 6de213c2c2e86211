"""Correct, without any wake-up: who waits looks every turn whether it comes first. Errors of fetches come as causes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.lowlevel import checkpoint

from patterns.locks import Fetch

LIBRARY = "anyio"


class PlantedLedger:
    def __init__(self) -> None:
        self.queue: list[int] = []
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        task = anyio.get_current_task().id
        if task in self.queue:
            raise RuntimeError("this task already deposits")
        self.queue.append(task)
        try:
            while self.queue[0] != task:
                await checkpoint()
            try:
                amount = await fetch()
            except Exception as error:
                raise RuntimeError("the deposit failed") from error
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1
        finally:
            self.queue.remove(task)

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
