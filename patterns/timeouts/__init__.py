"""End what takes too long.

A call to another side may take for ever: a connection that is not answered, a lock that nobody gives back. So it is
made under a deadline: ``await within(5, call)`` gives what the call returns, or raises once the time is up. Three
shapes of it stand beside this one: ``steps_within`` has one deadline for calls in a row, ``listen`` one that each
message of a connection puts off, and ``finish`` lets a clean-up come to its end although its caller is cancelled, but
not for ever.

Everybody relies on these: who breaks one is unsafe, however fast.

- What a call returns or raises in time reaches the caller as it is. What waits for longer than it may is ended at its
  deadline, neither before nor much later, and the caller gets a ``TimeoutError`` (``trio.TooSlowError`` from Trio).
- A caller that is cancelled is cancelled, whatever its deadline does in that moment: by itself, or in a task group of
  which another task fails.
- By the end of the call its body has finished, its clean-up included. Nothing that it has acquired is lost: what it
  returned reaches the caller, though the deadline comes in that turn; and so does the error of a clean-up.
- Calls can be nested, and made again: the deadline that has passed is the one that fires, it leaves no cancellation
  behind, and strikes nobody once its call is over. A caller that is cleaning up after a cancellation can set one.
- ``listen`` waits for as long as messages come, loses none, and takes no silence for their end.
- What ``finish`` calls and does not end is ended by its deadline, also when its caller is cancelled.
- Nothing complains, nothing is left running, a call never holds up the loop, and what is over takes no memory that is
  never given back.

Most programs need this, so that it is ticked until a reader unticks it. My program ...

- uses it again in another loop, as tests do (``loops``): every test has a loop of its own.

Some need these, and tick them. My program ...

- sets context variables within a deadline, for what comes after it (``context``): the body runs in the caller's
  context, not in a copy.
- must finish a clean-up, however it is cancelled (``clean-up``): ``finish`` ends what it has begun before the
  cancellation of its caller arrives. AnyIO's shield is documented not to hold ``task.cancel()`` off.
- computes for long between its waits (``computing``): no timer fires meanwhile. ``steps_within`` looks at the clock
  between two steps, so that no further one begins when the time is up.
- calls code that may swallow a cancellation (``stubborn``): whoever waits again after that is cancelled again, at once
  or some seconds later. ``asyncio`` is documented to cancel once.

Nobody is held to, but it is disclosed: whether a clean-up after a deadline may wait without a shield (``asyncio``
cancels once, Trio and AnyIO at every wait), whether a body that need not wait is let through by a deadline that has
passed, and whether an answer that comes after the deadline, because a body computed or ignored its cancellation, is
returned.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol, TypeVar

GROUP = "survive trouble"
NEIGHBOURS = (
    ("fan_out", "stop many jobs at once, or all but the first to answer"),
    ("breakers", "ask no more what has timed out often"),
    ("retries", "try again what has timed out"),
    ("hedging", "ask another instead of waiting for the slow one"),
)
NEEDS = (
    ("loops", "uses it again in another loop, as tests do", True),
    ("context", "sets context variables within a deadline, for what comes after it", False),
    ("clean-up", "must finish a clean-up, however it is cancelled", False),
    ("computing", "computes for long between its waits", False),
    ("stubborn", "calls code that may swallow a cancellation", False),
)

T = TypeVar("T")

Call = Callable[[], Coroutine[Any, Any, T]]


class Family(Protocol):
    """What a module of this family may define; each function is optional. All times are in seconds.

    Where it says TimeoutError, an alternative for Trio may raise ``trio.TooSlowError``.
    """

    async def within(self, seconds: float, call: Call[T]) -> T:
        """What the call returns; TimeoutError if it takes longer. Zero or less is a deadline that has passed."""

    async def steps_within(self, seconds: float, steps: Iterable[Call[T]]) -> list[T]:
        """What the steps return, made one after the other; TimeoutError if all together take longer."""

    async def listen(self, seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
        """Handle each message until ``receive`` returns None; TimeoutError if none comes for so long."""

    async def finish(self, seconds: float, call: Call[T]) -> T:
        """What the call returns; TimeoutError if it takes longer. A cancellation of the caller arrives after it."""
