"""Update shared state safely from many tasks.

A ledger holds accounts; an account has a balance and a count of its entries, and the two belong together. A deposit
awaits ``fetch()`` for the amount and then enters it. Whatever else runs meanwhile: no deposit is lost, no reader ever
sees one of the two numbers without the other, and every reader sees the deposits that had returned when it asked. A
deposit that fails or is cancelled leaves the account as it was, and those behind it get their turn. How that is
achieved is the alternative's own affair: a lock, a task that owns the state, an optimistic retry, or a section without
await.

Promised unless an alternative's ``CAVEATS`` say otherwise: deposits into an account enter in the order in which they
were asked for, nobody starves, ``fetch()`` is awaited exactly once and is cancelled together with its deposit, and
while it runs no other deposit touches the same account.

Not promised: anything about threads or a second loop, or about a ``fetch()`` that deposits into the account it is for;
nor whether a deposit that finds nobody before it gives other tasks a turn.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

Fetch = Callable[[], Awaitable[int]]


class Ledger(Protocol):
    """Shared state that many tasks update."""

    async def deposit(self, account: int, fetch: Fetch) -> None:
        """Await ``fetch()`` and enter the amount; what ``fetch()`` raises reaches the caller."""

    async def read(self, account: int) -> tuple[int, int]:
        """The balance and the number of entries, consistent with each other."""


class Family(Protocol):
    """What a module of this family defines."""

    def ledger(self) -> AbstractAsyncContextManager[Ledger]:
        """Open an empty ledger; leaving the context closes it and whatever it started."""
