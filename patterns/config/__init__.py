"""Change settings while everybody reads them.

A program reads its settings all the time, and now and then somebody changes them: a file was edited, a knob was turned.
``async with store(load) as settings:`` loads them, and ``await settings.reload()`` loads them again: ``await load()``
gives texts by their names, ``{"limit": "8", "timeout": "80"}``, and may take a while, or fail; both are to be whole
numbers. A request is ``await settings.serve(handler)``, which awaits ``handler(values)``, where ``values.limit`` and
``values.timeout`` belong together, and returns what that does; ``await settings.limit()`` is one of them, as it is now.
Beside it stands ``watched_store``, whose settings have a ``version``, and tell who waits when there is another one.

Everybody relies on these: who breaks one is unsafe, however fast.

- A request sees one version from its start to its end, also if settings are loaded while it waits for something.
- When ``reload`` has returned, its settings are in force: whoever asks then sees them, in whatever task.
- If loading fails, or brings what is no number, who reloads is told, and everybody keeps the settings that were in
  force, all of them. The next reload is as good as any.
- Whoever is cancelled, in a reload, in a request or as it waits for a change, is cancelled, and disturbs nobody: others
  see one version or the other, and reloads and changes get through as before.
- What a request raises or returns reaches its caller.
- ``changed(after)`` returns a version later than ``after`` as soon as there is one, however busy a watcher was before:
  it may skip some, but never the last.
- Nothing is left behind, nothing complains, and nothing ever holds up the loop. While nothing changes it rests, and of
  waits that are over nothing is kept.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- answers requests while settings are loaded (``no-wait``): a request begins at once, although a load is under way. The
  store from which they come may be slow, or be gone.
- has requests that last (``long-requests``): a reload is in force, and another request is served, while one waits for
  something else.

Some need these, and tick them. My program ...

- may be told of changes faster than it can load them (``overlap``): of reloads that overlap the one that was asked
  last has the last word, however slow another one was.
- is told of one change many times at once (``storm``): a hundred reloads that are asked together make a few loads.
- hands settings to code that might change them (``read-only``): who tries to does so for nobody else.

Nobody is held to, but it is disclosed: whether ``limit`` deep inside a request, where nobody has handed anything on,
sees that request's version. Nor to: whether an error comes as it was raised or as the cause of another. A read and a
request are awaited, because those of a lock must be: who needs no lock would spare that, too. Versions count up; nobody
is told of those in between.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

GROUP = "share state"
NEIGHBOURS = (
    ("locks", "change something that everybody changes"),
    ("caches", "load what is asked for, and forget it again"),
    ("callbacks", "tell every subscriber of every event"),
    ("injection", "hand a part what it needs, settings among it"),
)
NEEDS = (
    ("no-wait", "answers requests while settings are loaded", True),
    ("long-requests", "has requests that last", True),
    ("overlap", "may be told of changes faster than it can load them", False),
    ("storm", "is told of one change many times at once", False),
    ("read-only", "hands settings to code that might change them", False),
)

T = TypeVar("T")


class Values(Protocol):
    """Settings of one version."""

    @property
    def limit(self) -> int:
        """How many of something."""

    @property
    def timeout(self) -> int:
        """For how long."""


Load = Callable[[], Awaitable[Mapping[str, str]]]
Handler = Callable[[Values], Awaitable[T]]


class Store(Protocol):
    """Settings that can be loaded again."""

    async def limit(self) -> int:
        """One of them, as it is now."""

    async def serve(self, handler: Handler[T]) -> T:
        """Await the handler with settings of one version, and return what it does."""

    async def reload(self) -> None:
        """Load them, and have them in force; raises what loading raises, or that something is no number."""


class WatchedStore(Store, Protocol):
    """Settings whose changes can be waited for."""

    @property
    def version(self) -> int:
        """A number of what is in force; it grows with every change."""

    async def changed(self, after: int) -> tuple[int, Values]:
        """Wait for a version later than that; it, and its settings."""


class Family(Protocol):
    """What a module of this family defines: ``store``, and where it can the other one."""

    def store(self, load: Load) -> AbstractAsyncContextManager[Store]:
        """Load settings, and keep them; leaving ends whatever that takes."""

    def watched_store(self, load: Load) -> AbstractAsyncContextManager[WatchedStore]:
        """The same, for those who wait for changes."""
