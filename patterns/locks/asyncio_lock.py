"""`asyncio.Lock`: one task at a time between `async with` and its end.

Choose it when the section must await and one loop is enough: everybody knows it, it is fair, and it survives cancelled
waiters.
It costs a future and a trip through the loop for every waiter, and every account waits for every other.
"""

import asyncio
from collections.abc import Awaitable, Callable

Fetch = Callable[[], Awaitable[int]]


class LockedLedger:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self._lock:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + await fetch(), entries + 1)

    async def read(self, account: int) -> tuple[int, int]:
        async with self._lock:
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
