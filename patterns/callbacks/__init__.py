"""Tell every subscriber that something happened.

An emitter holds handlers: coroutine functions of one argument. ``await emitter.emit(event)`` calls every one of them.
Who emits knows nothing about who listens, and no listener knows of another.

Promised unless an alternative's ``CAVEATS`` say otherwise:

- When ``emit`` returns, every handler that was connected when it was called has run to its end, exactly once. A handler
  connected meanwhile is not called for that event. A handler disconnected meanwhile may still hear of events emitted
  before, and of none emitted later.
- Handlers run side by side: one that waits holds up no other.
- An ``Exception`` in one handler stops no other handler, neither for this event nor for later ones. When all have
  ended, ``emit`` raises one ``ExceptionGroup`` that holds every one of these exceptions. Nobody else is told of them.
- Events emitted one after the other reach each handler in that order, and a handler has ended with one before it begins
  the next. Events that several tasks emit at the same time reach every handler too.
- Whoever emits is held back while handlers are busy, so that a loop of emits piles up no work.
- Cancelling ``emit`` cancels the handlers that it started, and waits for their cleanup. The cancellation comes out of
  ``emit``, as it comes out of ``settle`` and of leaving the context, and spoils no other event.
- Handlers may connect, disconnect and emit, also on the emitter that called them.
- The emitter keeps its handlers alive, and what is on its way to them. Connecting a handler twice counts once, also a
  bound method; disconnecting a stranger does nothing.
- Leaving the context leaves nothing running that the emitter started and nobody awaits: it waits for the handlers of
  earlier events, or, when an exception leaves it, cancels them and waits for their cleanup, also if that fails. Two
  emitters share nothing.
- Whatever a handler raises, ``emit``, ``settle`` and leaving the context end.

Some alternatives hand the event over and return from ``emit`` early; their caveats say so. For them ``settle()`` is the
moment when delivery is known: it returns when every event whose ``emit`` has returned has been handled, and raises what
handlers have raised since. Leaving the context settles too. For everybody else ``settle()`` has nothing to do.

Not promised: the order in which the handlers of one event are called, the order of emits that overlap, which context
variables a handler sees, whether a handler that raises ``CancelledError`` or another ``BaseException`` by itself is an
error, whether a cancelled emit still tells of errors, or ends as cancelled when a handler's cleanup fails, the order of
what a handler hears before it is disconnected and after it is connected again, and emits that come after the context
was left.
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
