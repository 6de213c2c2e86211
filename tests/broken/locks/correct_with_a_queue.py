"""Correct, with a lock of its own: whoever lets go hands it to the first in the queue."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.locks import Fetch

LIBRARY = "anyio"


class Turnstile:
    """A lock of one thread, handed over in the order of asking."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.holder = 0
        self.waiters: list[tuple[int, anyio.Event]] = []

    async def acquire(self) -> None:
        task = anyio.get_current_task().id
        if self.thread != threading.get_ident() or self.holder == task:
            raise RuntimeError("not from another thread, and not twice")
        if not self.holder:
            self.holder = task
            return
        turn = anyio.Event()
        self.waiters.append((task, turn))
        try:
            await turn.wait()
        except BaseException:
            if turn.is_set():
                self.release()
            self.waiters = [waiter for waiter in self.waiters if waiter[1] is not turn]
            raise

    def release(self) -> None:
        self.holder = 0
        if self.waiters:
            self.holder, turn = self.waiters.pop(0)
            turn.set()


class PlantedLedger:
    def __init__(self) -> None:
        self.lock = Turnstile()
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        await self.lock.acquire()
        try:
            amount = await fetch()
        finally:
            self.lock.release()
        balance, entries = self.accounts.get(account, (0, 0))
        self.accounts[account] = balance + amount, entries + 1

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
