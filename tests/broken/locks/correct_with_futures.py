"""Correct, with a queue of futures: a waiter that is cancelled in the moment in which it is woken wakes the next."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Fetch

LIBRARY = "asyncio"


class PlantedLedger:
    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.holder: asyncio.Task[object] | None = None
        self.waiters: list[tuple[asyncio.Task[object] | None, asyncio.Future[None]]] = []
        self.accounts: dict[int, tuple[int, int]] = {}

    async def acquire(self) -> None:
        task = asyncio.current_task()
        if self.thread != threading.get_ident() or self.holder is task:
            raise RuntimeError("not from another thread, and not twice")
        if self.holder is None:
            self.holder = task
            return
        turn = asyncio.get_running_loop().create_future()
        self.waiters.append((task, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if self.holder is task:
                self.release()
            raise

    def release(self) -> None:
        self.holder = None
        while self.waiters:
            task, turn = self.waiters.pop(0)
            if not turn.done():
                self.holder = task
                turn.set_result(None)
                return

    async def deposit(self, account: int, fetch: Fetch) -> None:
        await self.acquire()
        try:
            amount = await fetch()
        finally:
            self.release()
        balance, entries = self.accounts.get(account, (0, 0))
        self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
