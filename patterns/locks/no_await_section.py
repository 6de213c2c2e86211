"""No lock: fetch first, then change both numbers with no `await` in between.

Choose it when the awaited step does not need the state: one thread runs all tasks, so what has no `await` inside cannot
be interrupted.
It costs nothing, and nothing guards it: an `await` added between the two lines later loses updates in silence.
"""

from collections.abc import Awaitable, Callable

Fetch = Callable[[], Awaitable[int]]


class PlainLedger:
    def __init__(self) -> None:
        self._accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        amount = await fetch()
        balance, entries = self._accounts.get(account, (0, 0))  # no await from here
        self._accounts[account] = (balance + amount, entries + 1)  # to here

    async def read(self, account: int) -> tuple[int, int]:
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
    yield PlainLedger()
