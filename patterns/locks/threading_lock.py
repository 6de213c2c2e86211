"""`threading.Lock`, held for two lines and never over an `await`.

Choose it when plain threads change the same state too: the fetch is awaited first, the lock guards only the change.
It costs a system lock, which is cheap while it is free. Held over an `await` it would freeze the loop for good as soon
as a second task wanted it.
"""

import threading
from collections.abc import Awaitable, Callable

Fetch = Callable[[], Awaitable[int]]


class ThreadSafeLedger:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        amount = await fetch()
        with self._lock:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + amount, entries + 1)

    async def read(self, account: int) -> tuple[int, int]:
        with self._lock:
            return self._accounts.get(account, (0, 0))


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Ledger

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "mutual_exclusion",
        "",
        ("`fetch()` runs before the section, beside other fetches, so other deposits change the account meanwhile"),
    ),
    ("fifo", "", "deposits enter in the order in which their fetches finish"),
)


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield ThreadSafeLedger()
