"""Answer many single requests with few calls to something that takes batches.

Callers that know nothing of each other ask for one key at a time: ``await batcher.load(key)``. Downstream,
``call(keys)`` answers many keys at once and returns as many values in the same order: a query with ``IN (...)``, a bulk
endpoint, a model that scores many inputs in one pass. The batcher stands between the two.

Promised unless an alternative's ``CAVEATS`` say otherwise:

- Loads made in the same turn of the loop share as few calls as ``max_size`` allows; no call gets more than ``max_size``
  keys, or none.
- A load waits for company at most ``max_wait`` seconds and a few turns of the loop, whoever asks after it. A full batch
  leaves at once, and a call under way does not hold up the next, not even one that the call itself asks for.
  ``max_wait=0`` means: whoever has asked by the next turn of the loop.
- Every caller gets the answer to its own key, from a call that began after it asked.
- A caller that is cancelled, or whose timeout fires, leaves at once, and changes nobody else's answer, now or later.
- What ``call`` raises reaches every caller of that batch and nobody else, and an answer of the wrong length is an error
  for each of them. An ``Exception`` in place of a value is raised for the callers of that key alone; a
  ``StopIteration``, which no coroutine can raise, is some other error for them. However a call ends, nobody who waits
  for it is forgotten.
- No caller's context variables are seen by a call that is made for others.
- What is pending is bounded by the callers who wait: of cancelled loads no more than one batch is kept back, and of
  loads that are over nothing is kept.
- Leaving the context sends what is pending, exactly once. However it is left, no task stays behind, and whoever still
  waits is told: by an answer or, when it is left by an exception, perhaps by an error.

Not promised: whether equal keys are merged into one, so keys are hashable and calls are reads; the order of keys within
a batch; a bound on the callers who wait; an end to calls whose callers
have all been cancelled; loads that come after the context was left.
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
