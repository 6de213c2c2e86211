"""`asyncio.Condition` over a busy flag: wait until nobody is busy, wake one when done.

Choose it when entering depends on more than being alone, such as "not busy and not closed": that is what a condition is
for. A lock is the better choice for the rest.
It costs two passes through its inner lock for every deposit, and the woken task can be overtaken.
"""

import asyncio
from collections.abc import Awaitable, Callable

Fetch = Callable[[], Awaitable[int]]


class ConditionLedger:
    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._busy = False
        self._accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._busy)
            self._busy = True
        try:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + await fetch(), entries + 1)
        finally:
            async with self._changed:
                self._busy = False
                self._changed.notify()

    async def read(self, account: int) -> tuple[int, int]:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._busy)
            pair = self._accounts.get(account, (0, 0))
            self._changed.notify()  # a reader takes the one wake-up and must pass it on
            return pair


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Ledger

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("fifo", "", "A task that notifies and asks again is served before the one it woke."),
    ("no_starvation", "", "A task that deposits in a loop keeps every other one out for as long as it runs."),
    ("readers_keep_nobody_out", "<3.13", "https://github.com/python/cpython/issues/112202"),
    ("notify_not_lost", "<3.13", "https://github.com/python/cpython/issues/112202"),
    ("owner_reacquire", "", "A fetch that deposits into its own account waits for itself, without an error."),
    ("second_thread", "", "The waiter's loop, in another thread, is not woken: it waits although nobody is busy."),
)


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield ConditionLedger()
