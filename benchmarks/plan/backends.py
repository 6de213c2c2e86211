"""The event loops that can run an alternative: one table, one entry per loop.

Adding a backend is one entry here and one dependency; every alternative of its library then runs on it.
"""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any, Protocol, TypeVar

import trio
from packaging.specifiers import SpecifierSet

# What a clock that leaps goes on by of itself, in seconds per second. If it stood still, whoever waits for the last bit
# of a rounded number would do so for ever; if it went on as ever, whoever is put off by another process would be late.
CREEP = 1e-3

T = TypeVar("T")
Main = Callable[[], Awaitable[T]]


class Event(Protocol):
    """What the event of either library can do."""

    def set(self) -> object:
        """Let everybody go on who waits."""

    def is_set(self) -> bool:
        """Whether somebody has."""

    async def wait(self) -> object:
        """Wait until it is set."""


class Toolkit(Protocol):
    """The few native calls that a workload needs, so that no abstraction layer is timed."""

    async def hop(self) -> None:
        """Give every other task one turn of the loop."""

    async def sleep(self, seconds: float) -> None:
        """Wait on the loop's own timer."""

    async def together(self, functions: Iterable[Callable[[], Awaitable[object]]]) -> None:
        """Run every function in a task of its own; return when all have finished."""

    def crowd(self) -> AbstractAsyncContextManager[Callable[[Callable[[], Awaitable[object]]], object]]:
        """Yield what runs a function in a task of its own at once; leaving the context waits for all of them."""

    def living(self) -> int:
        """How many tasks of this loop have not finished, the caller's included."""

    def clock(self) -> Callable[[], float]:
        """What the running loop reads the time from, in seconds."""

    def event(self) -> Event:
        """The library's own event, which nobody has set."""


class AsyncioToolkit:
    """The toolkit on any loop that speaks asyncio."""

    async def hop(self) -> None:
        """One bare turn: ``asyncio.sleep(0)``."""
        await asyncio.sleep(0)

    async def sleep(self, seconds: float) -> None:
        """``asyncio.sleep``."""
        await asyncio.sleep(seconds)

    async def together(self, functions: Iterable[Callable[[], Awaitable[object]]]) -> None:
        """One task each, in a ``TaskGroup``."""
        async with asyncio.TaskGroup() as group:
            for function in functions:
                group.create_task(_coroutine(function))

    @asynccontextmanager
    async def crowd(self) -> AsyncIterator[Callable[[Callable[[], Awaitable[object]]], object]]:
        """A ``TaskGroup``."""
        async with asyncio.TaskGroup() as group:
            yield lambda function: group.create_task(_coroutine(function))

    def living(self) -> int:
        """``asyncio.all_tasks``."""
        return len(asyncio.all_tasks())

    def clock(self) -> Callable[[], float]:
        """The loop's ``time``."""
        return asyncio.get_running_loop().time

    def event(self) -> Event:
        """``asyncio.Event``."""
        return asyncio.Event()


class TrioToolkit:
    """The toolkit on trio."""

    async def hop(self) -> None:
        """One checkpoint."""
        await trio.lowlevel.checkpoint()

    async def sleep(self, seconds: float) -> None:
        """``trio.sleep``."""
        await trio.sleep(seconds)

    async def together(self, functions: Iterable[Callable[[], Awaitable[object]]]) -> None:
        """One task each, in a nursery."""
        async with trio.open_nursery() as nursery:
            for function in functions:
                nursery.start_soon(function)

    @asynccontextmanager
    async def crowd(self) -> AsyncIterator[Callable[[Callable[[], Awaitable[object]]], object]]:
        """A nursery."""
        async with trio.open_nursery() as nursery:
            yield nursery.start_soon

    def living(self) -> int:
        """Trio's own count."""
        return trio.lowlevel.current_statistics().tasks_living

    def clock(self) -> Callable[[], float]:
        """Trio's own clock."""
        return trio.lowlevel.current_clock().current_time

    def event(self) -> Event:
        """``trio.Event``."""
        return trio.Event()


async def _coroutine(function: Callable[[], Awaitable[object]]) -> None:
    await function()


@dataclass(frozen=True, slots=True)
class Backend:
    """An event loop: its name, the library it speaks, what it needs, and how to run a main function on it.

    ``run(main, seed)`` starts the loop, awaits ``main()`` and closes the loop; ``seed`` fixes whatever order the loop
    itself draws at random. ``run_virtual`` does the same on a clock that jumps to the next timer instead of waiting for
    it; None where the loop's clock cannot be replaced. So does ``run_leaping``, on a clock whose leaps cost next to
    nothing: work is measured there as if timers had been waited for. A ``secondary`` backend is a variation of another
    one, which a preset may measure at fewer points.
    """

    name: str
    library: str
    distribution: str
    python: str
    toolkit: Toolkit
    run: Callable[[Main[Any], int], Any]
    why: str
    secondary: bool = False
    run_virtual: Callable[[Main[Any], int], Any] | None = None
    run_leaping: Callable[[Main[Any], int], Any] | None = None

    def problem(self) -> str:
        """Why this backend cannot run here, or an empty string."""
        if problem := python_problem(self.python):
            return problem
        if self.distribution and version_of(self.distribution) is None:
            return f"{self.distribution} is not installed"
        return ""


def python_problem(specifier: str) -> str:
    """Why this patch level of Python is outside a version range, or an empty string; an empty range holds every one."""
    here = ".".join(map(str, sys.version_info[:3]))
    return f"needs Python {specifier}, this is {here}" if specifier and here not in SpecifierSet(specifier) else ""


@cache  # a plan asks thousands of times, and each would read and parse what the distribution says of itself
def version_of(distribution: str) -> str | None:
    """The installed version of a distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _run_on(factory: Callable[[], asyncio.AbstractEventLoop], main: Main[T]) -> T:
    with asyncio.Runner(loop_factory=factory, debug=False) as runner:
        return runner.run(_returning(main))


async def _returning(main: Main[T]) -> T:
    return await main()


def _asyncio(main: Main[T], seed: int) -> T:  # noqa: ARG001  asyncio draws nothing at random
    return _run_on(asyncio.new_event_loop, main)


def _eager(main: Main[T], seed: int) -> T:  # noqa: ARG001  asyncio draws nothing at random
    return _run_on(lambda: _with_eager_tasks(asyncio.new_event_loop()), main)


def _with_eager_tasks(loop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop:
    loop.set_task_factory(getattr(asyncio, "eager_task_factory"))  # noqa: B009  3.12+, the type floor is 3.11
    return loop


# What only virtual time needs is imported late: launches start fast
def _virtual_asyncio(main: Main[T], seed: int) -> T:  # noqa: ARG001  asyncio draws nothing at random
    from benchmarks.plan import virtual

    return _run_on(virtual.virtual_loop, main)


def _virtual_eager(main: Main[T], seed: int) -> T:  # noqa: ARG001  asyncio draws nothing at random
    from benchmarks.plan import virtual

    return _run_on(lambda: _with_eager_tasks(virtual.virtual_loop()), main)


class _Leaps:
    """Lets the clock of a standard loop creep on, and leap to the next timer when there is nothing else to do.

    Timers stay the loop's own, and one that fires is one turn, as it is in real time; looptime first looks for more to
    do in 42 turns, which would be most of what is measured.
    """

    def __init__(self, loop: Any) -> None:
        """Take the place of its clock, and of what waits."""
        self._ahead = 0.0  # seconds that nobody waited for
        self._time, self._select = time.monotonic, loop._selector.select  # noqa: SLF001  there is no public way
        loop.time, loop._selector.select = self.time, self.select  # noqa: SLF001

    def time(self) -> float:
        """Seconds, few of which have gone by."""
        return self._time() * CREEP + self._ahead

    def select(self, timeout: float | None = None) -> Any:
        """What has become ready; None waits for that, as ever."""
        if timeout is None:
            return self._select(None)
        self._ahead += timeout
        return self._select(0)


def _leaping(loop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop:
    _Leaps(loop)
    return loop


def _leaping_asyncio(main: Main[T], seed: int) -> T:  # noqa: ARG001  asyncio draws nothing at random
    return _run_on(lambda: _leaping(asyncio.new_event_loop()), main)


def _leaping_eager(main: Main[T], seed: int) -> T:  # noqa: ARG001  asyncio draws nothing at random
    return _run_on(lambda: _with_eager_tasks(_leaping(asyncio.new_event_loop())), main)


def _uvloop(main: Main[T], seed: int) -> T:  # noqa: ARG001  uvloop draws nothing at random
    import uvloop

    return _run_on(uvloop.new_event_loop, main)


def _draw_from(seed: int) -> None:
    # Trio shuffles each batch of runnable tasks with this generator; seeding it gives every variant of a launch the
    # same draws. It is private because only tests and measurements have a reason to touch it.
    trio._core._run._r = random.Random(seed)  # noqa: SLF001


def _trio(main: Main[T], seed: int) -> T:
    _draw_from(seed)
    return trio.run(main)


def _virtual_trio(main: Main[T], seed: int) -> T:
    from benchmarks.plan import virtual

    _draw_from(seed)
    return virtual.run_trio(main)


def _leaping_trio(main: Main[T], seed: int) -> T:
    import trio.testing

    _draw_from(seed)
    return trio.run(main, clock=trio.testing.MockClock(CREEP, autojump_threshold=0))


BACKENDS = {
    backend.name: backend
    for backend in (
        Backend(
            "asyncio",
            "asyncio",
            "",
            "",
            AsyncioToolkit(),
            _asyncio,
            "the standard library's loop",
            run_virtual=_virtual_asyncio,
            run_leaping=_leaping_asyncio,
        ),
        Backend("uvloop", "asyncio", "uvloop", "", AsyncioToolkit(), _uvloop, "asyncio's interface on libuv"),
        Backend(
            "asyncio-eager",
            "asyncio",
            "",
            ">=3.12",
            AsyncioToolkit(),
            _eager,
            "asyncio with eager tasks",
            secondary=True,
            run_virtual=_virtual_eager,
            run_leaping=_leaping_eager,
        ),
        Backend(
            "trio",
            "trio",
            "trio",
            "",
            TrioToolkit(),
            _trio,
            "structured concurrency, its own loop",
            run_virtual=_virtual_trio,
            run_leaping=_leaping_trio,
        ),
    )
}


def can_run(library: str, backend: Backend) -> bool:
    """Whether an alternative that speaks ``library`` runs on ``backend``: ``any`` and ``anyio`` run on all."""
    return library in ("any", "anyio") or library == backend.library
