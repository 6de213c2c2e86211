"""Correct, with a queue of parked tasks: once a waiter is woken, no cancellation can come between it and its turn."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from patterns.locks import Fetch

LIBRARY = "trio"


class PlantedLedger:
    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.holder: trio.lowlevel.Task | None = None
        self.waiters: list[trio.lowlevel.Task] = []
        self.accounts: dict[int, tuple[int, int]] = {}

    async def acquire(self) -> None:
        task = trio.lowlevel.current_task()
        if self.thread != threading.get_ident() or self.holder is task:
            raise RuntimeError("not from another thread, and not twice")
        if self.holder is None:
            self.holder = task
            return
        self.waiters.append(task)

        def leave(_: trio.lowlevel.RaiseCancelT) -> trio.lowlevel.Abort:
            self.waiters.remove(task)
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(leave)

    def release(self) -> None:
        self.holder = None
        if self.waiters:
            self.holder = self.waiters.pop(0)
            trio.lowlevel.reschedule(self.holder)

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
