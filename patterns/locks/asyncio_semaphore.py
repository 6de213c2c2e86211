"""`asyncio.Semaphore(1)`: a semaphore that lets one task in at a time.

Choose it when one may become several later: the same code with another number is a limit on concurrency.
It costs what `asyncio.Lock` costs and a little more. It has no owner, so a stray `release()` lets two tasks in.
"""

import asyncio
from collections.abc import Awaitable, Callable

Fetch = Callable[[], Awaitable[int]]


class LockedLedger:
    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)
        self._accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self._turn:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + await fetch(), entries + 1)

    async def read(self, account: int) -> tuple[int, int]:
        async with self._turn:
            return self._accounts.get(account, (0, 0))


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Ledger

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("owner_reacquire", "", "A fetch that deposits into its own account waits for itself, without an error."),
    ("second_thread", "", "The waiter's loop, in another thread, is not woken: it waits although the lock is free."),
)


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield LockedLedger()
