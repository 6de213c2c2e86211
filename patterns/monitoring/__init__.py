"""See what the loop is doing without slowing it down.

A monitor watches a program from inside, and is a context that is open for as long as there is something to be seen. A
module offers one or several of these:

- ``async with stalls(tell, longest):`` calls ``tell(seconds)`` when a step has held up the loop, on whatever thread it
  likes. ``longest`` is how many seconds a step may take; from twice that on it is told, at least once, and not on and
  on without a pause. Instead a monitor may refuse a call that blocks, by an error that the call raises.
- ``async with tasks() as count:`` counts tasks: ``count()`` is how many have been started since, and how many of these
  have ended.
- ``async with counters() as meter:`` counts operations: ``with meter.operation("login"):`` is one of them, and
  ``meter.snapshot()`` says how many of each name are running, and have succeeded, failed or been cancelled.
- ``async with waiting(sink, size) as send:`` tells a sink, a coroutine function that may be slow: ``await send(event)``
  waits while ``size`` events are held for it.
- ``async with dropping(sink, size) as outlet:`` tells one, too, but never waits: of those beyond ``size`` that
  ``outlet.send(event)`` gets some are dropped, and ``outlet.dropped`` says how many.

Everybody relies on these: who breaks one is unsafe, however fast.

- A step that holds up the loop is told. A loop that has nothing to do, however long, is not, and neither are short
  steps.
- Every task is counted once, when it is started and when it has ended, however that comes, and so is every operation,
  however many run at once. A snapshot stays as it was when it was taken.
- Every event that is sent reaches the sink once, whatever it is. What is dropped is counted, and only where that was
  agreed.
- A monitor that fails breaks nothing: neither what ``tell`` raises nor what a sink raises reaches who is watched, and
  what follows is told as ever.
- What is watched ends as ever: a task returns, raises and is cancelled as it would be without, in its own context, an
  error that nobody retrieves is complained of, and the task factory that the program has set goes on making tasks. What
  is raised inside of a context, or of an operation, reaches the caller. A cancelled caller is cancelled.
- What is over is let go while a monitor is open. Nothing is left behind, nothing complains, and opening, closing and
  sending never hold up the loop.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- is watched while it serves, and not all the time (``serving``): what blocks is told of, and goes on. When the context
  has been left, nothing is watched any more: the loop and its modules are as they were before.
- tells more than its sink can take (``overload``): no more than ``size`` events are held for a sink that is stuck, and
  the one or two that are on their way.
- needs what it told last (``last-events``): leaving the context waits until the sink has got what was sent before.

Some need these, and tick them. My program ...

- must be told while its loop is held up, and not only afterwards (``meanwhile``): a loop that never comes back has no
  afterwards, and what holds it up can be seen only meanwhile.
- has steps that keep the interpreter, such as a big sort (``interpreter``): such a step is told, too, although no other
  thread runs meanwhile. Who refuses calls that block does not know of it, and a thread that asks the loop may miss it.
- needs its events in order (``order``): the sink gets them as one task has sent them, one after the other.

Nobody is held to, but it is disclosed in each file's text: what a monitor says beside that, such as which step it was.
Nor to: a loop that is held up by many short steps, or at one place once more; what is counted of the monitor's own
tasks; which events are dropped, the oldest or the newest; what becomes of events when the context is left by an error
or a cancellation, or are sent after that; whether what is raised inside comes out in an exception group; whether a
monitor may be opened twice at once. ``tell`` may be called on another thread.
"""

from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Literal, Protocol

GROUP = "observe"
NEIGHBOURS = (
    ("callbacks", "call everybody who wants to know of an event"),
    ("streams", "hand items to a reader who decides when to take the next one"),
    ("timeouts", "end what takes too long, and not only tell of it"),
)
NEEDS = (
    ("serving", "is watched while it serves, and not all the time", True),
    ("overload", "tells more than its sink can take", True),
    ("last-events", "needs what it told last", True),
    ("meanwhile", "must be told while its loop is held up, and not only afterwards", False),
    ("interpreter", "has steps that keep the interpreter, such as a big sort", False),
    ("order", "needs its events in order", False),
)

Tell = Callable[[float], object]
Count = Callable[[], tuple[int, int]]
State = Literal["running", "succeeded", "failed", "cancelled"]
Event = Any
Sink = Callable[[Event], Coroutine[Any, Any, object]]
Send = Callable[[Event], Coroutine[Any, Any, object]]


class Meter(Protocol):
    """Counts operations."""

    def operation(self, name: str, /) -> AbstractContextManager[object]:
        """Count the block as an operation of that name."""

    def snapshot(self) -> Mapping[tuple[str, str], int]:
        """How many there are by name and state; of those that are left out there are none."""


class Outlet(Protocol):
    """Tells a sink without waiting for it."""

    @property
    def dropped(self) -> int:
        """How many events were dropped so far."""

    def send(self, event: Event, /) -> object:
        """Hand an event over, or drop one."""


class Family(Protocol):
    """What a module of this family defines: one of these, or several."""

    def stalls(self, tell: Tell, longest: float) -> AbstractAsyncContextManager[object]:
        """Tell of steps that take ``longest`` seconds or more, surely of those that take twice as long."""

    def tasks(self) -> AbstractAsyncContextManager[Count]:
        """Count tasks: those started, and those of them that have ended."""

    def counters(self) -> AbstractAsyncContextManager[Meter]:
        """Count operations."""

    def waiting(self, sink: Sink, size: int) -> AbstractAsyncContextManager[Send]:
        """Tell a sink; who sends waits while ``size`` events are held."""

    def dropping(self, sink: Sink, size: int) -> AbstractAsyncContextManager[Outlet]:
        """Tell a sink; events are dropped while ``size`` are held."""
