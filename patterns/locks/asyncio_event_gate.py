"""An `asyncio.Event` as a gate: wait until it is set, clear it, set it again.

Choose it when nothing: a lock is shorter, faster and fair. It is here because it is often written.
It costs a wake-up of every waiter for every deposit. Whoever is running when the gate opens goes first, so a busy task
locks out all others.
"""

import asyncio
from collections.abc import Awaitable, Callable

Fetch = Callable[[], Awaitable[int]]


class GatedLedger:
    def __init__(self) -> None:
        self._free = asyncio.Event()
        self._free.set()
        self._accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        while not self._free.is_set():
            await self._free.wait()
        self._free.clear()
        try:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + await fetch(), entries + 1)
        finally:
            self._free.set()

    async def read(self, account: int) -> tuple[int, int]:
        while not self._free.is_set():
            await self._free.wait()
        return self._accounts.get(account, (0, 0))


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Ledger

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("fifo", "", "A task that opens the gate and asks again is served before those who wait."),
    ("no_starvation", "", "A task that deposits in a loop keeps every other one out for as long as it runs."),
    ("owner_reacquire", "", "A fetch that deposits into its own account waits for itself, without an error."),
    ("second_thread", "", "The waiter's loop, in another thread, is not woken: it waits although nobody is busy."),
)


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield GatedLedger()
