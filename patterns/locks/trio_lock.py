"""`trio.Lock`: the lock that comes with Trio.

Choose it when the program runs on Trio: it is fair, it knows its owner, and every acquire is a checkpoint.
It costs a trip through the scheduler even when nobody else wants the lock.
"""

from collections.abc import Awaitable, Callable

import trio

Fetch = Callable[[], Awaitable[int]]


class LockedLedger:
    def __init__(self) -> None:
        self._lock = trio.Lock()
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

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("second_thread", "", "The release raises AssertionError in the holder's thread; the waiter's waits for ever."),
)


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield LockedLedger()
