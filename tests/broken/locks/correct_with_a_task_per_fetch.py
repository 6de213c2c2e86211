"""Correct, and slow: every fetch runs in a task of its own, which ends before its deposit does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import aiologic

from patterns.locks import Fetch

LIBRARY = "asyncio"
REQUIRES = ("aiologic>=0.17",)

fetching: ContextVar[bool] = ContextVar("fetching", default=False)


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = aiologic.Lock()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        if fetching.get():
            raise RuntimeError("a fetch cannot deposit")
        async with self.lock:
            token = fetching.set(True)
            task = asyncio.ensure_future(fetch())
            fetching.reset(token)
            cancelled = None
            while not task.done():
                try:
                    await asyncio.wait({task})
                except asyncio.CancelledError as error:
                    cancelled = error
                    task.cancel()
            if cancelled:
                raise cancelled from (None if task.cancelled() else task.exception())
            amount = task.result()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
