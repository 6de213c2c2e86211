"""Errands: the calls that threads make for a loop, so that nobody mistakes waiting for one for waiting for ever.

A thread has a call to make when the loop gave it one: through an executor, through AnyIO, or through Trio. One that
somebody started by hand is not known to be working.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from time import perf_counter as real_clock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import trio

T = TypeVar("T")
PATIENCE = 0.5  # real seconds that a thread may take for one call


class Errands:
    """The calls that threads make for one loop, and for how long they are waited for.

    A call that takes longer than the patience is not waited for any more: it may itself wait for time to pass. Each of
    these halves the patience, so that all of them together cost a trial no more than the first one does twice.
    ``changed`` is called whenever one begins or ends, ``done`` is how many have ended.
    """

    def __init__(self) -> None:
        """Nobody is under way."""
        self.changed: Callable[[], object] = lambda: None
        self.done = 0
        self._began: dict[object, float] = {}
        self._patience = PATIENCE

    def begin(self) -> object:
        """A thread was given a call; returns what ``end`` is told."""
        errand = object()
        self._began[errand] = real_clock()
        self.changed()
        return errand

    def end(self, errand: object) -> None:
        """The loop has what the thread came back with."""
        self._began.pop(errand, None)
        self.done += 1
        self.changed()

    def left(self) -> float:
        """The real seconds for which a thread is waited for, unless it comes back sooner; 0 if there is none."""
        for errand, began in list(self._began.items()):
            if (left := began + self._patience - real_clock()) > 0:
                return left
            del self._began[errand]
            self._patience /= 2
        return 0.0


_of_loops: "WeakKeyDictionary[asyncio.AbstractEventLoop, Errands]" = WeakKeyDictionary()
_of_run: "trio.lowlevel.RunVar[Errands | None]" = trio.lowlevel.RunVar("errands", None)


def errands_here() -> Errands:
    """The errands of the loop at hand; those are known that begin after somebody has asked once."""
    if not trio.lowlevel.in_trio_run():
        return errands_of(asyncio.get_running_loop())
    if (errands := _of_run.get()) is None:
        _know_trio()
        _of_run.set(errands := Errands())
    return errands


def errands_of(loop: asyncio.AbstractEventLoop) -> Errands:
    """The same for any loop of asyncio."""
    if loop not in _of_loops:
        _know_anyio()
        _of_loops[loop] = errands = Errands()
        run, shut_down = loop.run_in_executor, loop.shutdown_default_executor

        def run_in_executor(executor: Any, function: Callable[..., T], *args: Any) -> "asyncio.Future[T]":
            errand = errands.begin()
            future = run(executor, function, *args)
            future.add_done_callback(lambda _: errands.end(errand))
            return future

        async def shutdown_default_executor(*args: Any) -> None:
            errand = errands.begin()
            try:
                await shut_down(*args)
            finally:
                errands.end(errand)

        setattr(loop, "run_in_executor", run_in_executor)  # noqa: B010  mypy knows them as methods
        setattr(loop, "shutdown_default_executor", shutdown_default_executor)  # noqa: B010
    return _of_loops[loop]


@cache
def _know_anyio() -> None:
    """AnyIO has threads of its own on asyncio; which of them works, only the one method knows that starts it."""
    from anyio._backends._asyncio import AsyncIOBackend

    run: Callable[..., Awaitable[Any]] = AsyncIOBackend.run_sync_in_worker_thread

    async def run_sync_in_worker_thread(_: type[AsyncIOBackend], *args: Any, **options: Any) -> Any:
        errands = _of_loops.get(asyncio.get_running_loop())
        if errands is None:
            return await run(*args, **options)
        errand = errands.begin()
        try:
            return await run(*args, **options)
        finally:
            errands.end(errand)

    setattr(AsyncIOBackend, "run_sync_in_worker_thread", classmethod(run_sync_in_worker_thread))  # noqa: B010  as above


@cache
def _know_trio() -> None:
    """Whatever Trio does in a thread, and AnyIO on Trio, goes through its one cache of threads."""
    from trio._core._thread_cache import ThreadCache

    start = ThreadCache.start_thread_soon

    def start_thread_soon(
        self: ThreadCache, function: Callable[[], Any], deliver: Callable[[Any], object], name: str | None = None
    ) -> None:
        errands = _of_run.get() if trio.lowlevel.in_trio_run() else None
        if errands is None:
            start(self, function, deliver, name)
            return
        errand, token = errands.begin(), trio.lowlevel.current_trio_token()

        def deliver_and_end(outcome: Any) -> None:
            deliver(outcome)
            with suppress(trio.RunFinishedError):
                token.run_sync_soon(errands.end, errand)  # on the loop's thread, and behind what was delivered

        start(self, function, deliver_and_end, name)

    setattr(ThreadCache, "start_thread_soon", start_thread_soon)  # noqa: B010  as above
