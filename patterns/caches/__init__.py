"""Answer from memory, and load only what is not there.

``await cache.get(key)`` gives the value of a key; ``load(key)`` is asked when the cache has none. Entries end ``ttl``
seconds after they were loaded, and no more than ``max_size`` of them, which is 1 at least, are kept; None means no
such bound. Any value can be kept, also None. The second half of the family is inheritance: ``source(load, depth)``
opens an object whose ``get`` is cached and whose class stands ``depth`` deep in a chain of subclasses. The first asks
``load``; every further one refines what its base answers through ``super()`` by adding 1, so that the answer is
``load(key) + depth - 1``.

Everybody relies on these: who breaks one is unsafe, however fast.

- A caller that is cancelled, or whose timeout fires, leaves, and changes nobody else's answer: when it was the one
  whose call was loading, the others still get a value. It leaves at once when others wait for the load.
- A load that failed, in whatever way, is not kept: whoever asks next has a new one made. Nothing but what ``load``
  raises, or the caller's own cancellation, comes out of ``get``. A load that takes an hour is waited for.
- The end of an entry removes no newer one, and a time to live and a maximum size may be given at once.
- Caches, and sources, know nothing of each other: no instance, subclass or unrelated class ever sees another one's
  entries, whatever the names, reprs and identities involved. ``super()`` reaches the base's own answer, and waiting for
  it cannot wait for itself.
- What was forgotten, with its key, and caches that are no longer used, can be collected; answers and failed loads take
  no memory that is never given back.
- Leaving the context ends whatever the cache started, and whoever still waits gets a value or an error. Nothing
  complains, and a load never holds up the loop.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- keeps None and other odd values, or has keys whose texts are alike (``any-entry``): any value is kept like any other,
  and keys are told apart by ``==`` and by nothing else. "There is no such user" is an answer, and asked for often.
- relies on the size and on the time to live that it asks for (``bounds``): an entry ends a fixed time after its load
  ended, used or not, and no more than ``max_size`` are kept when no load is under way. Who gives a bound means it.
- uses it again in another loop, as tests do (``loops``): works or raises. Every test has a loop of its own.

Some need these, and tick them. My program ...

- cannot have two loads of one key at a time (``one-load``): however many callers miss it, however long its load takes,
  it is asked for once, whoever is cancelled; what it raises reaches all who waited, and a key that is being loaded is
  not forgotten meanwhile. Looking, loading and keeping is what most people write, and two loads are mostly harmless.
- invalidates keys while they are being loaded (``invalidation``): a load that was under way is not kept, and does
  nothing to the load that came after.
- has a bound near the number of keys in use (``tight``): the entry used longest ago leaves first, and loads that fail
  push nothing out.
- cannot keep objects alive or loads going that nobody uses any more (``thrift``): when every caller of a load has been
  cancelled, it is cancelled and has ended when the last of them returns; objects with cached methods, and what has
  ended by time, can be collected. ``functools.lru_cache`` has taught everybody to expect less.

Nobody is held to, but it is disclosed: whether a hit gives other tasks a turn, whether keys are loaded side by side,
whether a base that is asked through ``super()`` answers from memory, and whether an error comes as it was raised or as
the cause of another.
"""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

GROUP = "remember"
NEIGHBOURS = (
    ("batching", "load many missing keys with one call"),
    ("locks", "update what is shared instead of reading it"),
    ("rate_limits", "spare the source by asking it less often"),
)
NEEDS = (
    ("any-entry", "keeps None and other odd values, or has keys whose texts are alike", True),
    ("bounds", "relies on the size and on the time to live that it asks for", True),
    ("loops", "uses it again in another loop, as tests do", True),
    ("one-load", "cannot have two loads of one key at a time", False),
    ("invalidation", "invalidates keys while they are being loaded", False),
    ("tight", "has a bound near the number of keys in use", False),
    ("thrift", "cannot keep objects alive or loads going that nobody uses any more", False),
)

Key = TypeVar("Key")
Value = TypeVar("Value")
_Asked = TypeVar("_Asked", contravariant=True)
_Given = TypeVar("_Given", covariant=True)

Load = Callable[[Key], Coroutine[Any, Any, Value]]


class Cache(Protocol[_Asked, _Given]):
    """Values by key, loaded on demand."""

    def get(self, key: _Asked, /) -> Awaitable[_Given]:
        """The value of a key, or what loading it raised. A coroutine function will do as well."""

    def invalidate(self, key: _Asked, /) -> Awaitable[None]:
        """Forget a key: whoever asks after this has returned gets what a load answered that began after the call."""


class Source(Protocol):
    """An object with a cached method."""

    def get(self, key: int, /) -> Awaitable[int]:
        """The refined answer to a key."""


class Family(Protocol):
    """What a module of this family defines: ``cache``, or ``source``, or both."""

    def cache(
        self, load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
    ) -> AbstractAsyncContextManager[Cache[Key, Value]]:
        """Open an empty cache before ``load``; leaving the context closes it."""

    def source(self, load: Load[int, int], depth: int) -> AbstractAsyncContextManager[Source]:
        """Open a new instance of the class that stands ``depth`` (1 or more) deep in the chain."""
