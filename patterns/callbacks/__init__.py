"""Tell every subscriber that something happened.

An emitter holds handlers: coroutine functions of one argument. ``await emitter.emit(event)`` calls every one of them.
Who emits knows nothing about who listens, and no listener knows of another.

Everybody relies on these: who breaks one is unsafe, however fast.

- Every handler that is connected is called exactly once for each event, also when several tasks emit at the same time.
  Connecting a handler twice counts once, also a bound method; disconnecting a stranger does nothing. One that takes two
  hours runs to its end.
- What a handler raises comes out of ``emit``, or of ``settle`` and of leaving where ``emit`` returns early; it is told
  once, and to nobody whose own events went well. Whatever a handler raises, all three end.
- A cancellation comes out of ``emit``, ``settle`` and leaving the context, and spoils no other event.
- ``settle`` and leaving wait until every event whose ``emit`` has returned has been handled.
- The emitter keeps its handlers alive, and what is on its way to them. Two emitters share nothing.
- Leaving the context leaves nothing running that the emitter started. Nothing complains, an emit never holds up the
  loop, and what is over takes no memory that is never given back.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- has handlers that fail, which must not stop the others (``isolation``): neither for this event nor for later ones, and
  one ``ExceptionGroup`` holds every ``Exception`` that they raised. Subscribers do not know of each other.
- needs events in order at each subscriber (``order``): those emitted one after the other reach it in that order, and it
  has ended with one before it begins the next. Whoever keeps a total depends on it.
- has handlers that wait, which must not hold up the others (``side-by-side``): async handlers are async because they
  wait.
- goes on only when every handler has ended (``done``): when ``emit`` returns, all have. It is what awaiting it means.
- has handlers that clean up when they are cancelled (``cleanup``): cancelling ``emit`` cancels the handlers that it
  started, as an exception that leaves the context does, and waits for their clean-up, also if that fails. Timeouts are
  everywhere.
- has handlers that emit, connect or disconnect themselves (``inner``): also on the emitter that called them, and more
  events than it keeps waiting. A handler connected meanwhile is not called for that event; one disconnected meanwhile
  may still hear of events emitted before, and of none emitted later. One event leads to another.

Some need these, and tick them. My program ...

- emits faster than its handlers work (``bounded``): whoever emits is held back, so that a loop of emits piles up no
  work.

Some alternatives hand the event over and return from ``emit`` early. For them ``settle()`` is the moment when delivery
is known: it raises what handlers have raised since. For everybody else it has nothing to do.

Nobody is held to, but it is disclosed: whether a cancelled emit still tells of errors, and whether it ends as cancelled
when a handler's clean-up fails. Nor to: the order in which the handlers of one event are called, the order of emits
that overlap, which context variables a handler sees, whether a handler that raises ``CancelledError`` or another
``BaseException`` by itself is an error, the order of what a handler hears before it is disconnected and after it is
connected again, and emits that come after the context was left.
"""

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

GROUP = "react"
NEIGHBOURS = (
    ("fan_out", "run jobs whose results somebody wants"),
    ("locks", "change the state that handlers share"),
)
NEEDS = (
    ("isolation", "has handlers that fail, which must not stop the others", True),
    ("order", "needs events in order at each subscriber", True),
    ("side-by-side", "has handlers that wait, which must not hold up the others", True),
    ("done", "goes on only when every handler has ended", True),
    ("cleanup", "has handlers that clean up when they are cancelled", True),
    ("inner", "has handlers that emit, connect or disconnect themselves", True),
    ("bounded", "emits faster than its handlers work", False),
)

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class Emitter(Protocol):
    """Handlers, and the means to call them all."""

    def connect(self, handler: Handler, /) -> None:
        """Call ``handler`` for every event emitted from now on."""

    def disconnect(self, handler: Handler, /) -> None:
        """Call ``handler`` for no event emitted from now on."""

    async def emit(self, event: Event, /) -> None:
        """Call every connected handler with ``event``; raise an ``ExceptionGroup`` of what they raised."""

    async def settle(self) -> None:
        """Wait until every event whose ``emit`` has returned has been handled."""


class Family(Protocol):
    """What a module of this family defines."""

    def emitter(self) -> AbstractAsyncContextManager[Emitter]:
        """Open an emitter without handlers; leaving the context waits for what it has left to do."""
