"""Answer many single requests with few calls to something that takes batches.

Callers that know nothing of each other ask for one key at a time: ``await batcher.load(key)``. Downstream,
``call(keys)`` answers many keys at once and returns as many values in the same order: a query with ``IN (...)``, a bulk
endpoint, a model that scores many inputs in one pass. The batcher stands between the two.

Everybody relies on these: who breaks one is unsafe, however fast.

- Every caller gets the answer to its own key, however many ask at the same time and whatever is collected as garbage.
- A caller that is cancelled, or whose timeout fires, leaves at once, and changes nobody else's answer, now or later.
- What ``call`` raises reaches every caller of that batch and nobody else, and an answer of the wrong length is an error
  for each of them. An ``Exception`` in place of a value is raised for the callers of that key alone.
- No call gets more than ``max_size`` keys, or none; one that takes an hour is waited for.
- What is pending is bounded by the callers who wait: of cancelled loads no more than one batch is kept back, and of
  loads that are over nothing is kept.
- However the context is left, nothing runs on, nothing complains, and a load never holds up the loop.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- makes loads in the same turn, which should share a call (``sharing``): as few calls as ``max_size`` allows. It is what
  a batcher is for.
- wants to know what changed since a key was loaded before (``fresh``): an answer comes from a call that began after its
  caller asked. Who saves and then loads is the rule; a memory of answers is another family.

Some need these, and tick them. My program ...

- makes loads some milliseconds apart, which should share a call (``window``): those within ``max_wait`` of the first
  do. Many gather for one turn of the loop, and say so.
- cannot wait longer than it said for a load to be sent (``prompt``): at most ``max_wait`` seconds and a few turns of
  the loop, whoever asks after it; ``max_wait=0`` means whoever has asked by the next turn. A full batch leaves at once,
  and a call under way does not hold up the next, not even one that the call itself asks for.
- leaves the block, or fails in it, while loads are pending (``leaving``): what is pending is sent, exactly once; when
  an exception leaves the block, whoever still waits gets an answer or an error.
- keeps its callers' context variables apart (``context``): none is seen by a call that is made for others.
- has calls that raise StopIteration, or what is no exception (``odd-errors``): nobody waits for ever for those, either.

Nobody is held to: whether equal keys are merged into one, and whether a call is given up when its callers have all been
cancelled, which are disclosed, so keys are hashable and calls are reads; what becomes of loads that come after the
context was left, and whether an error comes as it was raised or as the cause of another, which are disclosed, too; the
order of keys within a batch; a bound on the callers who wait.
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

GROUP = "run many"
NEIGHBOURS = (
    ("fan_out", "make single calls at once where nothing takes batches"),
    ("caches", "keep an answer for those who ask later"),
    ("rate_limits", "make calls slower instead of fewer"),
    ("locks", "let callers change what they share"),
)
NEEDS = (
    ("sharing", "makes loads in the same turn, which should share a call", True),
    ("fresh", "wants to know what changed since a key was loaded before", True),
    ("window", "makes loads some milliseconds apart, which should share a call", False),
    ("prompt", "cannot wait longer than it said for a load to be sent", False),
    ("leaving", "leaves the block, or fails in it, while loads are pending", False),
    ("context", "keeps its callers' context variables apart", False),
    ("odd-errors", "has calls that raise StopIteration, or what is no exception", False),
)

Key = TypeVar("Key")
Value = TypeVar("Value")
_Asked = TypeVar("_Asked", contravariant=True)
_Given = TypeVar("_Given", covariant=True)

Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class Batcher(Protocol[_Asked, _Given]):
    """One key in, one value out."""

    def load(self, key: _Asked, /) -> Awaitable[_Given]:
        """Ask for one key; awaiting gives its value or raises. A coroutine function will do as well."""


class Family(Protocol):
    """What a module of this family defines."""

    def batcher(
        self, call: Call[Key, Value], max_size: int, max_wait: float
    ) -> AbstractAsyncContextManager[Batcher[Key, Value]]:
        """Open a batcher before ``call``; leaving the context sends what is pending."""
