"""A `WeakValueDictionary` of `asyncio.Lock`: one lock per account, gone when nobody uses it.

Choose it when tasks want different accounts out of very many, so that a lock for each must not stay in memory.
It costs a new lock for nearly every deposit. The local name is what keeps the lock alive: inline it, and two tasks hold
two locks for one account.
"""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

Fetch = Callable[[], Awaitable[int]]


class WeaklyKeyedLedger:
    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        lock = self._lock(account)
        async with lock:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + await fetch(), entries + 1)

    async def read(self, account: int) -> tuple[int, int]:
        lock = self._lock(account)
        async with lock:
            return self._accounts.get(account, (0, 0))

    def _lock(self, account: int) -> asyncio.Lock:
        lock = self._locks.get(account)
        if lock is None:
            lock = self._locks[account] = asyncio.Lock()
        return lock


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
    yield WeaklyKeyedLedger()
