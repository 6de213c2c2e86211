"""Open, use and close, whatever happens.

A resource is opened before it is used, and closed afterwards: a connection, a file, a lock on another machine. What
opens one is a coroutine function, ``handle = await connect()``; ``await handle.aclose()`` says good-bye, which may take
a while, and closes it. If that is cut off, it is closed without. A program needs several for a while, ``async with
opened([connect, ...]) as handles:``, or few for many users, one each at a time: ``async with pool(connect, size) as
lease:`` around them, and ``async with lease() as handle:`` for each. A module may offer either or both.

Everybody relies on these: who breaks one is unsafe, however fast.

- The body begins once all are open, and gets them in the order in which it has named them. When the block is left,
  however that comes, each that was opened has been closed, once, and its closing has ended.
- There may be none, dozens of them, the same one twice, and those of an earlier block again. What another block or pool
  has opened is left alone.
- Where one cannot be opened its error reaches the caller, the body does not run, and those that were open are closed.
  Where one fails to close the others are closed all the same, and its error reaches the caller. What the body raises
  does, too. Errors come bare, in an ``ExceptionGroup`` or as the cause of another.
- A cancelled caller is cancelled, whether it opens, uses or closes.
- Of a pool, no more than ``size`` are open at once, and each is used by one at a time. However a use ends, by itself,
  by an error, by a cancellation or because none could be opened, the next one gets a place.
- What a pool has opened is closed when it is left, all users having left before.
- Opening, and a use, may take an hour. Nothing is left behind, nothing complains, and opening and closing never hold up
  the loop. While nothing happens it rests, and memory does not grow.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- has resources that use others until they are closed (``order``): each is opened once the one before is open, and
  closed once those that were opened after it are closed. A transaction ends before its connection does.
- has resources that take long to open (``reuse``): a pool opens another one only when all that are open are in use.
- has resources that hold a task group, a cancel scope or a context variable (``same-task``): ``opened`` opens and
  closes them in the task of its body, and in its context. A scope that another task closes is an error at best.

Some need these, and tick them. My program ...

- has resources that must say good-bye though their user was cancelled (``farewell``): a closing comes to its end when
  the body, or the opening of another one, was cancelled. Trio and AnyIO cancel again at every wait without a shield.
- handles a closing that fails, and goes on (``recovery``): it still learns of a cancellation that came before or
  meanwhile.
- wants every error, not only the last (``all-errors``): what the body and several closings raise reaches the caller
  side by side, and not as the context of the last one, where no ``except`` looks for it.
- has more users than places, who wait in a line (``fair``): who has waited longest gets the next place.

Nobody is held to, but it is disclosed: whether a closing that is under way is cut off when its caller is cancelled then
(``asyncio`` and Trio do so; a shield or a task of its own spares it), whether hundreds of resources fit in one block,
and whether an error comes as it was raised or as the cause of another. Nor to: whether a pool opens anything before
somebody needs it; what it does with a resource whose user has failed; in which order a pool closes; what becomes of
users who have not left it. ``size`` is at least one.
"""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

GROUP = "put together"
NEIGHBOURS = (
    ("lifecycle", "hold what runs by itself beside the program, and stop it"),
    ("locks", "take turns with something that need not be opened"),
    ("streams", "hold a source open for as long as its items are read"),
    ("timeouts", "end an opening or a closing that takes too long"),
)
NEEDS = (
    ("order", "has resources that use others until they are closed", True),
    ("reuse", "has resources that take long to open", True),
    ("same-task", "has resources that hold a task group, a cancel scope or a context variable", True),
    ("farewell", "has resources that must say good-bye though their user was cancelled", False),
    ("recovery", "handles a closing that fails, and goes on", False),
    ("all-errors", "wants every error, not only the last", False),
    ("fair", "has more users than places, who wait in a line", False),
)


class Handle(Protocol):
    """A resource that is open."""

    async def aclose(self) -> None:
        """Say good-bye, and close it; who is cancelled in here has closed it, too."""


Connect = Callable[[], Coroutine[Any, Any, Handle]]
Lease = Callable[[], AbstractAsyncContextManager[Handle]]


class Family(Protocol):
    """What a module of this family defines: one of these, or both."""

    def opened(self, connects: Sequence[Connect]) -> AbstractAsyncContextManager[Sequence[Handle]]:
        """Open resources in order; leaving closes them."""

    def pool(self, connect: Connect, size: int) -> AbstractAsyncContextManager[Lease]:
        """Keep up to ``size`` resources, of which each ``lease()`` has one for a while; leaving closes them."""
