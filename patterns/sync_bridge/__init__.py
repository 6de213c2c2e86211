"""Call blocking code from a loop, and a loop from blocking code.

A driver, a parser, a compressor knows nothing of a loop: called on its thread it holds up everybody. ``async with
calls(size) as call:`` has threads for it, and ``await call(function, *args)`` is what ``function(*args)`` returns. The
other way round, ``async with portal() as ask:`` lets any thread of the program ask the loop: ``ask(function, *args)``
is what ``await function(*args)`` returns there, and blocks until then; with ``portal(timeout)`` no longer than so many
seconds, after which ``TimeoutError`` is raised. ``async with bridge(size) as (call, ask):`` is for blocking code that
asks the loop it was called from: what ``call`` runs may ``ask``. ``offload(size)`` is like ``calls``, for functions
that can be pickled, and may have processes. A module offers any of these.

Everybody relies on these: who breaks one is unsafe, however fast.

- Every caller gets what its own function returned or raised, be it no ``Exception``; a function that raises
  ``StopIteration`` ends its call, too, with whatever error. Threads go on after an error.
- While a call blocks the loop goes on.
- A caller who is cancelled is cancelled: no cancellation becomes an answer or an error, and other callers get their
  answers. A function that has not begun by then never does, and its caller does not wait for it.
- What is asked runs on the loop of the block, as a task among its tasks, and its answer or error, be it no
  ``Exception``, reaches who has asked. A loop that sleeps is woken for it.
- Who asks for too long has its question cancelled, and not only forgotten.
- Who asks a portal that was left, or is being left, gets an answer or an error, and never waits for ever. So does who
  calls when a block has been left.
- Who is cancelled while it has a block open, or leaves it, is cancelled, and what was asked keeps nobody there.
- Nothing is left behind, and nothing complains.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- has several blocking calls under way at once (``parallel``): up to ``size`` of them run side by side.
- calls what bears only so many at once (``bounded``): no more than ``size`` run side by side, those
  included whose callers were cancelled.
- has logs or traces that read context variables in blocking code (``context``): the function finds those of its
  caller, and what it asks finds them, too.
- has blocking code that waits for other things than the loop, too (``blocking``): the loop goes on while what a bridge
  has called blocks.

Some need these, and tick them. My program ...

- frees what a blocking call uses once its caller is cancelled (``awaited``): such a caller is gone only when its
  function has ended, and so is a block. A file is closed by nobody while a thread still writes it.
- has callers who must be gone as soon as they are cancelled (``prompt``): with ``calls(size, abandon=True)`` a
  cancelled caller leaves its function behind.
- has blocking code that asks the loop, which calls blocking code again (``nested``): it comes to an end, though as many
  such calls are under way as there are threads.

Nobody is held to, but it is disclosed: whether all calls are made by one and the same thread, as a connection of SQLite
wants it. Nor to: who is served first; what becomes of a cancellation that comes when the answer is there; how long idle
threads are kept within a program; whether an error comes as it was raised or as the cause of another; whether what was
asked ends with its portal, or goes on with the loop. ``size`` is at least one.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

GROUP = "hand over"
NEIGHBOURS = (
    ("channels", "hand items over, and wait for no answer"),
    ("fan_out", "run many coroutines side by side, without a thread"),
    ("locks", "share state with threads, and not calls"),
    ("timeouts", "end an asynchronous call that takes too long"),
)
NEEDS = (
    ("parallel", "has several blocking calls under way at once", True),
    ("bounded", "calls what bears only so many at once", True),
    ("context", "has logs or traces that read context variables in blocking code", True),
    ("blocking", "has blocking code that waits for other things than the loop, too", True),
    ("awaited", "frees what a blocking call uses once its caller is cancelled", False),
    ("prompt", "has callers who must be gone as soon as they are cancelled", False),
    ("nested", "has blocking code that asks the loop, which calls blocking code again", False),
)

Call = Callable[..., Awaitable[Any]]
Ask = Callable[..., Any]


class Family(Protocol):
    """What a module of this family defines: some of these."""

    def calls(self, size: int, *, abandon: bool = False) -> AbstractAsyncContextManager[Call]:
        """Have up to ``size`` threads for ``await call(function, *args)``, which a cancelled caller may ``abandon``."""

    def bridge(self, size: int) -> AbstractAsyncContextManager[tuple[Call, Ask]]:
        """The same, and ``ask(function, *args)`` for those functions."""

    def portal(self, timeout: float | None = None) -> AbstractAsyncContextManager[Ask]:
        """Let any thread ``ask(function, *args)``; raises TimeoutError after so many seconds."""

    def offload(self, size: int) -> AbstractAsyncContextManager[Call]:
        """Have up to ``size`` threads, processes or interpreters for functions that can be pickled."""
