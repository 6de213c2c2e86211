"""Update shared state safely from many tasks.

A ledger holds accounts; an account has a balance and a count of its entries, and the two belong together. A deposit
awaits ``fetch()`` for the amount and then enters it. Whatever else runs meanwhile: no deposit is lost, no reader ever
sees one of the two numbers without the other, and every reader sees the deposits that had returned when it asked. What
``fetch()`` raises reaches the caller of its deposit, and nobody else. A deposit that fails or is cancelled leaves the
account as it was, a cancelled waiter leaves at once, and those behind get their turn. Leaving the ledger's context ends
whatever it started, and whoever still waits then gets through or an error. How that is achieved is the alternative's
own affair: a lock, a task that owns the state, an optimistic retry, or a section without await.

Promised unless an alternative's ``CAVEATS`` say otherwise: deposits into an account enter in the order in which they
were asked for, nobody starves, ``fetch()`` is awaited exactly once and is cancelled together with its deposit, and
while it runs no other deposit touches the same account.

Nobody waits for ever: a ``fetch()`` that asks the account it is for, a second loop that uses the ledger after the first
has finished, and another thread's loop that asks meanwhile, work or raise.

Not promised, but disclosed: whether a deposit that finds nobody before it gives other tasks a turn and notices that it
is cancelled already, whether accounts wait for each other, and whether readers wait for a deposit that is under way.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

GROUP = "share state"
NEIGHBOURS = (
    ("callbacks", "tell others that the state has changed"),
    ("caches", "remember what was read"),
    ("fan_out", "run jobs at once that share nothing"),
)
NEEDS = (
    ("inside", "awaits between reading and writing", True),
    ("order", "needs first come, first served", True),
    ("fairness", "has tasks that ask again and again in a loop", True),
    ("timeouts", "cancels what is under way, and must know whether it was entered", True),
    ("loops", "uses it again in another loop, as tests do", True),
    ("re-entry", "may ask again for what it holds already", False),
    ("threads", "uses it from two threads at once", False),
)

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
