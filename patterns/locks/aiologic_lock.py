"""`aiologic.Lock`: one lock for tasks, loops and threads together.

Choose it when the same state is reached from several loops or from plain threads: no other lock here allows that.
It costs its bookkeeping about threads and libraries on every acquire; on Trio every acquire is a checkpoint.
"""

from collections.abc import Awaitable, Callable

import aiologic

Fetch = Callable[[], Awaitable[int]]


class LockedLedger:
    def __init__(self) -> None:
        self._lock = aiologic.Lock()
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

LIBRARY = "any"
KIND = "package"
REQUIRES = ("aiologic>=0.17",)


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield LockedLedger()
