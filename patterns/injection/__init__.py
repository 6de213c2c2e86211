"""Give each part of a program what it needs.

A program is made of parts: settings, a pool of connections, a session, a repository. Each says how it is made, and of
which others; ``async with program(parts) as inject:`` is the time in which it runs. ``inject(function, Session, User)``
is the function with its needs filled in: each call makes the parts that it needs, calls the function with them, and
closes them. Shared parts are made once for the whole program, and closed with it.

Everybody relies on these: who breaks one is unsafe, however fast.

- A function gets one thing for each need, in order, and so does each part. Within a call there is one of each kind,
  whoever needs it; no other call gets it, unless it is shared: of that there is one in a program.
- That holds when many calls need a shared part at the same time, for the first time.
- A part is closed once, after those that need it, and a shared one after all that are not; those of a call have been
  closed when the call returns.
- What a part raises as it is made reaches the caller, the function is not called, and what had been made for it is
  closed. It is not remembered: the next call tries again. What the function raises reaches the caller, too.
- A cancelled caller is cancelled, and what was made for it is closed. Others who wait for the same shared part get it
  all the same. Whatever a part raises as it is closed, and if that is a cancellation, the others are closed, too.
- Overrides stand in for parts, for functions and for other parts; what they replace is not made. They end with their
  program, and another one of the same parts knows nothing of them.
- A need that nobody provides, and parts that need each other, are told by an error, not by waiting for ever.
- Nothing is left behind, no memory either, nothing complains, and the loop is never held up.

Most programs need this, so that it is ticked until a reader unticks it. My program ...

- has parts that commit or roll back by how a call has ended (``outcome``): a part in whose ``yield`` a call ends by an
  error is told so by that error, as a ``with`` block would be, and what it raises as it is closed reaches the caller.
  A session that commits a call which has failed, or fails to commit and tells nobody, is wrong data.

Some need these, and tick them. My program ...

- has shared parts that are dear, and that few calls need (``lazy``): they are not made before a call needs them.
- has shared parts that are slow to make and do not need each other (``parallel``): while one is being made for a call,
  another call gets, or makes, what does not need it.
- has parts that call injected functions while they are made (``undeclared``): that ends, also when what is being made
  and what they ask for are both shared.
- must not begin to serve when a part is missing (``early``): it is told when the program is entered, not by the first
  call that needs it.

Nobody is held to: whether shared parts that nobody has asked for yet are made when the program is entered; whether the
clean-up of a part may wait without a shield when its caller is cancelled; whether the error of a part comes as it was
raised or as the cause of another; calls from several threads or loops; calls after the program has been left.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

GROUP = "put together"
NEIGHBOURS = (
    ("lifecycle", "start what runs beside the program, and stop it in order"),
    ("caches", "make once what is asked for by a key, and forget it again"),
)
NEEDS = (
    ("outcome", "has parts that commit or roll back by how a call has ended", True),
    ("lazy", "has shared parts that are dear, and that few calls need", False),
    ("parallel", "has shared parts that are slow to make and do not need each other", False),
    ("undeclared", "has parts that call injected functions while they are made", False),
    ("early", "must not begin to serve when a part is missing", False),
)


@dataclass(frozen=True, slots=True)
class Part:
    """How a part is made.

    ``make`` takes what the part ``needs``, in that order, and is annotated with these kinds, and with its own. It is a
    function that returns the part, or an async generator function that yields it once, and closes it when it goes on.
    """

    kind: type
    make: Callable[..., Any]
    needs: tuple[type, ...] = ()
    shared: bool = False


class Inject(Protocol):
    """What fills in the needs of a function."""

    def __call__(self, function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
        """The function, called with one thing for each need."""


class Family(Protocol):
    """What a module of this family defines."""

    def program(self, parts: Sequence[Part], overrides: Mapping[type, object]) -> AbstractAsyncContextManager[Inject]:
        """A program made of these parts, of which overrides replace some."""
