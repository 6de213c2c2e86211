"""Optimistic retry: work on a snapshot, enter it if nothing changed meanwhile, else start over.

Choose it when conflicts are rare and fetching twice does no harm: nobody ever waits for anybody.
It costs a whole `fetch()` for every conflict. With n tasks on one account all but one of them fetch in vain, each time.
"""

from collections.abc import Awaitable, Callable

Fetch = Callable[[], Awaitable[int]]


class VersionedLedger:
    def __init__(self) -> None:
        self._accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        while True:
            balance, version = self._accounts.get(account, (0, 0))
            amount = await fetch()
            if self._accounts.get(account, (0, 0))[1] == version:  # the number of entries only ever grows
                self._accounts[account] = (balance + amount, version + 1)
                return

    async def read(self, account: int) -> tuple[int, int]:
        return self._accounts.get(account, (0, 0))


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Ledger

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    ("mutual_exclusion", "", "other deposits change the account while `fetch()` runs; its result is then thrown away"),
    ("fifo", "", "there is no queue, so there is no order"),
    ("no_starvation", "", "a slow task can lose against fast ones for ever"),
    ("fetch_runs_once", "", "`fetch()` is awaited again after every conflict, so it must be free of side effects"),
    (
        "owner_reacquire",
        "",
        ("a fetch that deposits into its own account is a conflict each time: it begins again for ever"),
    ),
)


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield VersionedLedger()
