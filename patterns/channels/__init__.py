"""Hand items from one task, or thread, to another.

Some make items, others use them, and neither waits for the other but where there is no item, or no place for one. What
lies between is opened by ``async with``, and a module offers one or more of these:

- ``channel(capacity)``: any task sends, any other receives, and each item goes to one of them. So many items are kept
  in between, as many as there are if the capacity is ``None``. If the module has ``ClosedError``, a channel can be
  closed, too, and whoever comes when nothing more will is told by that.
- ``rendezvous()``: a channel that keeps nothing. Who sends waits until somebody has the item.
- ``broadcast(capacity)``: each item goes to all who have subscribed by then, each of whom may be so many behind.
- ``from_threads(capacity)``: threads put, tasks of the loop that has opened it receive.
- ``to_threads(capacity)``: tasks of that loop send, threads get.

Everybody relies on these: who breaks one is unsafe, however fast.

- Each item arrives once: at one receiver, at each subscriber. None is lost, and none comes twice.
- Who waits for an item, or for a place, goes on once there is one, and at once, whether a task or a thread brought it.
- A cancelled caller is cancelled. The item that had been meant for it goes to the next one, or has been returned to it;
  the place that it waited for goes to the next sender.
- A subscriber that leaves, or is cancelled, holds up nobody.
- When a block is left, a thread that still waits in it waits no longer: its ``get`` raises, its ``put`` returns or
  raises.
- Nothing is left behind, nothing complains, and no call that is awaited holds up the loop. Neither items that all have
  received nor waits that were given up take memory that is never given back.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- expects items in the order in which they were sent (``order``): those of one sender at one receiver.
- has senders that are faster than its receivers (``bounded``): who sends to a full channel, or publishes while a
  subscriber is as far behind as it may be, waits, or drops items; they do not pile up.
- has subscribers that must miss nothing (``every``): the publisher waits for the slowest, and drops nothing.

Some need these, and tick them. My program ...

- has receivers that finish once nothing more will come (``end``): what was sent before a channel was closed is still
  received, then every receiver is told by a ``ClosedError``, those that wait and those that come later, however many
  there are. Who sends after that is told, too, and who waits for a place gets it or is told.
- has several receivers that must all get their share (``fair``): of those who wait, and of those who come as an item
  does, whoever has waited longest gets it.
- sends again what was cancelled (``resend``): an item whose ``send`` was cancelled has not been sent.
- has threads that are faster than the loop, or slower (``flood``): a thread that puts into a full channel waits, and so
  does a task that sends to threads.

Nobody is held to, but it is disclosed: whether a sender that finds a place gives the others a turn, and whether it
notices that it is cancelled already. Nor to: what becomes of items that nobody has received when a block is left;
whether a closing waits for a place; in which order those go on who wait for one. A capacity is at least one.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

GROUP = "hand over"
NEIGHBOURS = (
    ("streams", "read a source item by item, and stop it"),
    ("callbacks", "have somebody called for each event, who need not wait for it"),
    ("batching", "collect items, and hand them over many at once"),
    ("fan_out", "run jobs that are known beforehand, and wait for all"),
)
NEEDS = (
    ("order", "expects items in the order in which they were sent", True),
    ("bounded", "has senders that are faster than its receivers", True),
    ("every", "has subscribers that must miss nothing", True),
    ("end", "has receivers that finish once nothing more will come", False),
    ("fair", "has several receivers that must all get their share", False),
    ("resend", "sends again what was cancelled", False),
    ("flood", "has threads that are faster than the loop, or slower", False),
)

Send = Callable[[Any], Awaitable[object]]
Receive = Callable[[], Awaitable[Any]]


async def _never() -> None:
    raise NotImplementedError("this channel cannot be closed")


@dataclass(frozen=True, slots=True)
class Channel:
    """Two ends that any number of tasks may hold, and, in a module that has ``ClosedError``, a way to close it.

    ``close`` may be called again, and may wait for a place.
    """

    send: Send
    receive: Receive
    close: Callable[[], Awaitable[object]] = _never


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Where items are published, and how to subscribe: the context yields what receives, and ends by leaving."""

    publish: Send
    subscribe: Callable[[], AbstractAsyncContextManager[Receive]]


@dataclass(frozen=True, slots=True)
class Inlet:
    """Threads ``put``, which may block them; tasks ``receive``."""

    put: Callable[[Any], object]
    receive: Receive


@dataclass(frozen=True, slots=True)
class Outlet:
    """Tasks ``send``; threads ``get``, which blocks them, and raises once the block was left."""

    send: Send
    get: Callable[[], Any]


class Family(Protocol):
    """What a module of this family defines: one or more of these. ``None`` keeps as many items as there are."""

    ClosedError: type[Exception] | tuple[type[Exception], ...]

    def channel(self, capacity: int | None) -> AbstractAsyncContextManager[Channel]:
        """Each item for one receiver."""

    def rendezvous(self) -> AbstractAsyncContextManager[Channel]:
        """The same, and nothing in between."""

    def broadcast(self, capacity: int) -> AbstractAsyncContextManager[Broadcast]:
        """Each item for every subscriber."""

    def from_threads(self, capacity: int | None) -> AbstractAsyncContextManager[Inlet]:
        """From threads into the loop at hand."""

    def to_threads(self, capacity: int | None) -> AbstractAsyncContextManager[Outlet]:
        """From the loop at hand to threads."""
