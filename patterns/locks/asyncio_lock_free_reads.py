"""`asyncio.Lock` for writers only: readers take the last pair that was published.

Choose it when most calls read, and the state can be replaced whole in one assignment: readers then never wait.
It costs a new object for every change. Readers see the state before a deposit that is still under way, and the rule
that a pair is never changed in place stands only in a comment.
"""

import asyncio
from collections.abc import Awaitable, Callable

Fetch = Callable[[], Awaitable[int]]


class PublishedLedger:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._accounts: dict[int, tuple[int, int]] = {}  # a pair is replaced, never changed

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self._lock:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + await fetch(), entries + 1)

    async def read(self, account: int) -> tuple[int, int]:
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
    yield PublishedLedger()
