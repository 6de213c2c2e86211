"""A lock whose wake-up is lost with the waiter that it was for."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Fetch

LIBRARY = "asyncio"
KNOWN_FAILURES = (("cancelled_waiter", "", "a wake-up given to a cancelled waiter is not handed on"),)


class ForgetfulLedger:
    def __init__(self) -> None:
        self.held = False
        self.waiters: deque[asyncio.Future[None]] = deque()
        self.balances: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        if self.held:
            waiter = asyncio.get_running_loop().create_future()
            self.waiters.append(waiter)
            await waiter  # the defect: a cancelled waiter stays in the queue
        self.held = True
        try:
            amount = await fetch()
            balance, entries = self.balances.get(account, (0, 0))
            self.balances[account] = balance + amount, entries + 1
        finally:
            if self.waiters:
                waiter = self.waiters.popleft()
                if not waiter.done():
                    waiter.set_result(None)
            else:
                self.held = False

    async def read(self, account: int) -> tuple[int, int]:
        return self.balances.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[ForgetfulLedger]:
    yield ForgetfulLedger()
