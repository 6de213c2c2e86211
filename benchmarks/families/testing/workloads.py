"""What is asked of ``patterns.testing``: the tests are empty, so that all they cost is whoever runs them.

Pytest has started and found them before the clock runs, but for the workload that asks about that, too. It works in
another thread, for which the loop at hand waits: tests run on loops of their own, of the same kind.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from functools import partial
from threading import Thread

import trio

from benchmarks.plan.backends import Toolkit
from benchmarks.plan.workloads import Once, Prepare, Workload
from patterns.testing import Fixture, Loop, Module, Suite, Test

BASELINE = {"asyncio": "pytest_asyncio_strict", "trio": "pytest_trio_plugin"}

LONGEST = 3.0  # seconds of a block, a run of pytest: a tenth at rest, and more than one where eight others work
DEPTH = 5  # fixtures that need each other
LOOPS = ("one", "other")  # on each of which a test runs


def loop_here() -> Loop:
    """A loop of the kind that runs now; ``new`` is left out where the library's own is that."""
    if trio.lowlevel.in_trio_run():
        return Loop("trio")
    running = asyncio.get_running_loop()
    kind, factory = type(running), running.get_task_factory()
    if kind.__module__.startswith("asyncio.") and factory is None:
        return Loop("asyncio")

    def new() -> asyncio.AbstractEventLoop:
        loop = kind()
        loop.set_task_factory(factory)
        return loop

    return Loop("asyncio", new)


class Counted:
    """Tests and fixtures that count themselves; each test is a function of its own, fixtures are those of one suite.

    ``wrong`` counts the tests that got something else than what they need.
    """

    def __init__(self) -> None:
        """Nothing has run."""
        self.tests = self.closed = self.wrong = 0

    def empty(self) -> Test:
        """A test without a fixture."""

        async def test() -> None:
            self.tests += 1

        return test

    def of_first(self) -> Test:
        """A test that uses the first fixture."""

        async def test(first: int) -> None:
            self.tests += 1
            self.wrong += first != 1

        return test

    def of_fifth(self) -> Test:
        """A test that uses the last of five."""

        async def test(fifth: int) -> None:
            self.tests += 1
            self.wrong += fifth != DEPTH

        return test

    def fixtures(self) -> dict[str, Fixture]:
        """Five, of which each needs the one before."""

        async def first() -> AsyncGenerator[int, None]:
            try:
                yield 1
            finally:
                self.closed += 1

        async def second(first: int) -> AsyncGenerator[int, None]:
            try:
                yield first + 1
            finally:
                self.closed += 1

        async def third(second: int) -> AsyncGenerator[int, None]:
            try:
                yield second + 1
            finally:
                self.closed += 1

        async def fourth(third: int) -> AsyncGenerator[int, None]:
            try:
                yield third + 1
            finally:
                self.closed += 1

        async def fifth(fourth: int) -> AsyncGenerator[int, None]:
            try:
                yield fourth + 1
            finally:
                self.closed += 1

        return {function.__name__: function for function in (first, second, third, fourth, fifth)}

    def seen(self) -> tuple[int, int, int]:
        """How many tests have run, how many fixtures were closed, and what was wrong, since the last time."""
        found = self.tests, self.closed, self.wrong
        self.tests = self.closed = self.wrong = 0
        return found


def suite(counted: Counted, n: int, depth: int, loops: int = 1) -> Suite:
    """So many tests, which use the last of as many fixtures as the chain is deep: none, one or five."""
    kind = {0: counted.empty, 1: counted.of_first, DEPTH: counted.of_fifth}[depth]
    fixtures = dict(list(counted.fixtures().items())[:depth])
    loop = loop_here()
    return Suite({f"test_{number}": kind() for number in range(n)}, fixtures, dict.fromkeys(LOOPS[:loops], loop))


@asynccontextmanager
async def found(
    capability: str,
    depth: int,
    family: object,
    toolkit: Toolkit,
    n: int,
    tally: Counter[str],  # noqa: ARG001  there is nothing to count
    loops: int = 1,
) -> AsyncIterator[Once]:
    """A module of tests that pytest has found already."""
    from benchmarks.families.testing.session import collected  # heavy, and whoever makes a plan needs none of it

    counted = Counted()
    make: Callable[[Suite], Module] = getattr(family, capability)
    with collected(make(suite(counted, n, depth, loops))) as run:

        async def once() -> tuple[int, tuple[int, int, int]]:
            over = toolkit.event()
            run.begin(from_thread(over.set))
            await over.wait()
            return run.told().ran, counted.seen()

        yield once


def from_thread(function: Callable[[], object]) -> Callable[[], object]:
    """The same function, to be called by a thread; the loop at hand calls it then."""
    if trio.lowlevel.in_trio_run():
        return partial(trio.lowlevel.current_trio_token().run_sync_soon, function)
    return partial(asyncio.get_running_loop().call_soon_threadsafe, function)


@asynccontextmanager
async def session(family: object, toolkit: Toolkit, n: int, tally: Counter[str]) -> AsyncIterator[Once]:  # noqa: ARG001
    """A whole run of pytest, from its start to its end."""
    from benchmarks.families.testing.session import told

    counted = Counted()
    make: Callable[[Suite], Module] = getattr(family, "module")  # noqa: B009  mypy knows no capability

    async def once() -> tuple[int, tuple[int, int, int]]:
        over, result, module = toolkit.event(), Future[int](), make(suite(counted, n, 0))
        tell = from_thread(over.set)

        def whole() -> None:
            try:
                result.set_result(told(module).ran)
            except BaseException as error:
                result.set_exception(error)
            tell()

        thread = Thread(target=whole)
        thread.start()
        await over.wait()
        thread.join()
        return result.result(), counted.seen()

    yield once


def question(
    name: str,
    text: str,
    prepare: Prepare,
    closed: Callable[[int], int],
    capability: str = "module",
    loops: int = 1,
) -> Workload:
    """A question about tests, after which so many fixtures were closed."""
    return Workload(
        name=name,
        question=text,
        axis="tests",
        operation="test",
        needs=capability,
        prepare=prepare,
        answer=lambda n: (n * loops, (n * loops, closed(n), 0)),
        operations=lambda n: n * loops,
        clock="cpu",
        block_limit=LONGEST,
        elsewhere=True,
    )


def none(n: int) -> int:  # noqa: ARG001  however many there are
    """Tests that use no fixture."""
    return 0


WORKLOADS = (
    question(
        "empty",
        "What does an async test cost?",
        partial(found, "module", 0),
        none,
    ),
    question(
        "one_fixture",
        "What does a test cost that uses an async fixture?",
        partial(found, "module", 1),
        lambda n: n,
    ),
    question(
        "five_fixtures",
        "What does a test cost that uses five async fixtures, which need each other?",
        partial(found, "module", DEPTH),
        lambda n: DEPTH * n,
    ),
    question(
        "shared",
        "What does a test cost when all share an async fixture, and a loop?",
        partial(found, "shared", 1),
        lambda n: 1,  # noqa: ARG005  of one module
        "shared",
    ),
    question(
        "on_each",
        "What does a test cost that runs on each of two loops?",
        partial(found, "on_each", 0, loops=len(LOOPS)),
        none,
        "on_each",
        loops=len(LOOPS),
    ),
    question(
        "session",
        "What does an async test cost when pytest starts, finds all of them, and ends?",
        session,
        none,
    ),
)
