"""`trio.Lock` for writers only: readers take the last pair that was published.

Choose it when most calls read, and the state can be replaced whole in one assignment: readers then never wait.
It costs a new object for every change. Readers see the state before a deposit that is still under way, and the rule
that a pair is never changed in place stands only in a comment.
"""

from collections.abc import Awaitable, Callable

import trio

Fetch = Callable[[], Awaitable[int]]


class PublishedLedger:
    def __init__(self) -> None:
        self._lock = trio.Lock()
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

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("second_thread", "", "The release raises AssertionError in the holder's thread; the waiter's waits for ever."),
)


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield PublishedLedger()
