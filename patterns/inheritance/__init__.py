"""Refine async classes with super().

A class opens something before it can be used, answers calls, and closes what it has opened; its subclasses refine all
three. ``refined(part, *bases)`` makes a class that adds what ``part`` has to its bases, of which the first one has
none; ``await construct(kind, fetch)`` makes an object of it, ``await thing.ask(question)`` is what ``fetch`` answers,
refined by each class, and ``await close(thing)`` ends it. Where objects are composed, a kind is what stands for a
class. The second half of the family is properties that must be awaited: ``valued(load, depth)`` makes an object whose
class stands ``depth`` deep in a chain of subclasses. ``await thing.value`` is what ``load(1)`` gives, to which each
further class adds what ``load`` gives for its number, when it has what its base has through ``super()``.

Everybody relies on these: who breaks one is unsafe, however fast.

- An object is constructed base first, each class when the one before has opened, and closed in the reverse order. An
  answer is refined base first, too.
- Where construction fails, or is cancelled at any turn, nothing half-built stays: each class that had opened has been
  closed when the error, or the cancellation, reaches the caller; one that had not is not closed.
- When the clean-up of one class fails, or is cancelled, those of the others run all the same, and the caller learns of
  it.
- Objects of one class know nothing of each other, nor do calls of one object.
- A property has the value of the most refined class, whoever reads it while; a value is kept with its object, a load
  that failed or was cancelled is not, and a reader who leaves harms no other.
- Nothing is left behind, no memory either, nothing complains, and nothing holds up the loop.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- has methods of the base that call what subclasses refine (``callers``): ``await thing.total(questions)``, which the
  base alone defines, adds up the refined answers. That is what most classes are refined for.
- has classes with several bases, such as mixins (``diamonds``): each class of a diamond opens, refines and closes once,
  in the order of the MRO.

Some need these, and tick them. My program ...

- counts on what the base does around each call, whatever is refined (``around``): ``thing.under_way`` counts a call
  once, from its beginning until its last refinement. A lock, a log or a check would stand there.
- has subclasses by people who may forget to call super (``forgotten``): they are told when an object is constructed, or
  there is nothing to forget. Python does not tell.
- reads a property for the first time from two tasks (``once``): it is loaded once, and all of them get that.

Nobody is held to, but it is disclosed: whether a clean-up may wait without a shield after a cancellation. Nor to: what
happens to an object whose construction nobody awaits, and which error is told when several clean-ups fail.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Protocol

GROUP = "put together"
NEIGHBOURS = (
    ("resources", "open and close what nobody refines"),
    ("caches", "remember the answers of a method that subclasses refine"),
    ("lifecycle", "start and stop services that run beside each other"),
    ("callbacks", "let others add to what happens without a subclass"),
)
NEEDS = (
    ("callers", "has methods of the base that call what subclasses refine", True),
    ("diamonds", "has classes with several bases, such as mixins", True),
    ("around", "counts on what the base does around each call, whatever is refined", False),
    ("forgotten", "has subclasses by people who may forget to call super", False),
    ("once", "reads a property for the first time from two tasks", False),
)

Fetch = Callable[[int], Coroutine[Any, Any, int]]
Load = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):
    """What one class adds to its bases."""

    async def open(self) -> None:
        """Its part of construction."""

    def refine(self, answer: int) -> int:
        """What it makes of the answer of its base."""

    async def close(self) -> None:
        """Its part of the end."""


class Thing(Protocol):
    """An object that was constructed; ``under_way`` counts the calls that it is answering."""

    under_way: int

    def ask(self, question: int) -> Awaitable[int]:
        """What was fetched, refined by each class."""

    def total(self, questions: Iterable[int]) -> Awaitable[int]:
        """The sum of the answers, asked one after the other."""


class Valued(Protocol):
    """An object with a property that must be awaited."""

    @property
    def value(self) -> Awaitable[int]:
        """What was loaded, refined by each class."""


class Family(Protocol):
    """What a module of this family may define."""

    def refined(self, part: Part, *bases: Any) -> Any:
        """A class with these bases, or the first one, that adds what the part has."""

    def forgetful(self, part: Part, base: Any) -> Any:
        """The same by somebody who forgets super() where it opens."""

    def construct(self, kind: Any, fetch: Fetch) -> Awaitable[Thing]:
        """An object of that class, when every part has opened."""

    def close(self, thing: Any) -> Awaitable[object]:
        """The end of an object: every part has closed."""

    def valued(self, load: Load, depth: int) -> Valued:
        """An object of the last of so many classes, each of which refines the property of its base."""
