"""Update shared state safely from many tasks.

A ledger holds accounts; an account has a balance and a count of its entries, and the two belong together. A deposit
awaits ``fetch()`` for the amount and then enters it; readers ask for both numbers. How that is made safe is the
alternative's own affair: a lock, a task that owns the state, an optimistic retry, or a section without await.

Everybody relies on these: who breaks one is unsafe, however fast.

- No deposit that returned is lost, no reader ever sees one of the two numbers without the other, and every reader sees
  the deposits that had returned when it asked.
- What ``fetch()`` raises reaches the caller of its deposit, and nobody else; a deposit that fails leaves the account as
  it was.
- A cancelled waiter leaves at once, and whoever holds the account, waits for it or reads it, and is cancelled or fails,
  keeps nobody behind it waiting. A fetch that takes an hour is waited for.
- Leaving the context ends whatever the ledger started, and whoever still waits then gets through or an error. Nothing
  complains, a deposit never holds up the loop, and what is over takes no memory that is never given back.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- awaits between reading and writing (``inside``): ``fetch()`` is awaited exactly once, and while it runs no other
  deposit touches the same account. It is why one locks; without an await in between, no lock is needed.
- needs first come, first served (``order``): deposits into an account enter in the order in which they were asked for.
  The order of the queue is taken for the order of events.
- has tasks that ask again and again in a loop (``fairness``): nobody starves. Workers are such tasks.
- cancels what is under way, and must know whether it was entered (``timeouts``): a cancelled deposit is not entered,
  and its ``fetch()`` ends with it. Every timeout cancels, and who was told of one pays again.
- uses it again in another loop, as tests do (``loops``): works or raises. Every test has a loop of its own.

Some need these, and tick them. My program ...

- may ask again for what it holds already (``re-entry``): a ``fetch()`` that asks the account it is for works or raises.
- uses it from two threads at once (``threads``): another thread's loop that asks meanwhile works or raises.

Nobody is held to, but it is disclosed: whether a deposit that finds nobody before it gives other tasks a turn and
notices that it is cancelled already, whether accounts wait for each other, whether readers wait for a deposit that is
under way, and whether an error comes as it was raised or as the cause of another.
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
