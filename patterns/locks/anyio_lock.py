"""`anyio.Lock`: one lock for programs that run on asyncio and on Trio.

Choose it when a library must run on both loops: it is fair, it knows its owner, and every acquire is a checkpoint.
It costs a trip through the loop even when nobody else wants the lock.
"""

from collections.abc import Awaitable, Callable

import anyio

Fetch = Callable[[], Awaitable[int]]


class LockedLedger:
    def __init__(self) -> None:
        self._lock = anyio.Lock()
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

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("second_thread", "", "The waiter's loop, in another thread, is not woken: it waits although the lock is free."),
)


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield LockedLedger()
