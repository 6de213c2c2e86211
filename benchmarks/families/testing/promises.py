"""What is asked of ``patterns.testing``: what is told of a test, and in which order things happen; then the needs."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import nullcontext
from functools import partial

import trio

from benchmarks.families.testing.beside import BESIDE
from benchmarks.families.testing.scene import (
    DatabaseError,
    OrderAbortError,
    OrderError,
    Scene,
    asking_for,
    expect_passed,
)
from benchmarks.families.testing.workloads import LOOPS, loop_here
from benchmarks.plan.promises import Promise
from benchmarks.plan.runtime import nap
from benchmarks.safety.trials import Trial, expect, listed
from patterns.testing import Loop, Test

CLEANUP = 12  # turns that a task takes to end which a test has left


async def failure_is_told(trial: Trial) -> None:
    """A test passes if its body came to its end, and fails with what it raised.

    A test that nobody awaits is green whatever it says. The program is released on the strength of tests that have
    never run.

        class TestOrders(unittest.TestCase):
            async def test_total(self):      # never awaited
                assert total() == 41
        # OK
    """
    scene = Scene(trial)
    tests = {
        "test_a": scene.test("test_a"),
        "test_b": scene.test("test_b", wrong),
        "test_c": scene.test("test_c"),
        "test_d": scene.test("test_d", gives_up),
    }
    told = scene.told(tests)
    for name in ("test_a", "test_c"):
        expect_passed(scene, told, name)
        expect(f"{name} ends" in scene.log, f"{name} has passed, and its body did not come to its end; {scene}")
    for name, error in (("test_b", OrderError), ("test_d", OrderAbortError)):
        expect(told.failed(name), f"{name} raised {error.__name__}, and passed; {scene}")
        expect(error.__name__ in told.text(name), f"{name} raised {error.__name__}, and this is not told")


async def closed_in_reverse(trial: Trial) -> None:
    """The fixtures of a test are opened in order before it, and closed in reverse after it, though it has failed.

    A table that is dropped before the client that uses it is closed makes the tear-down fail, and what is never closed
    is there for the next test. Plain fixtures are among them: one gets what the one before has yielded, or it is told.

        async def database(): ...
        async def client(database): ...
        # database closes, and then client, which still writes
    """
    scene = Scene(trial)
    told = scene.told({"test_a": scene.test("test_a", fixture="third"), **failing(scene)}, scene.chain())
    expect_passed(scene, told, "test_a")
    expect_order(scene, "test_a runs", "test_a ends")
    expect_order(scene, "test_b runs")
    _plain_after_plain(trial)
    _plain_after_async(trial)


def _plain_after_plain(trial: Trial) -> None:
    """Expect that two plain fixtures, of which one needs the other, are as ever beside one that is async."""
    scene = Scene(trial)
    got: list[object] = []
    beside = {"plain": _plain(lambda: 42), "other": _plain(asking_for("plain", lambda plain: got.append(plain)))}
    told = scene.told(
        {"test_a": scene.test("test_a", fixture="first")}, {"first": scene.fixture("first")}, beside=beside
    )
    expect_passed(scene, told, "test_a")
    expect(got == [42], f"a plain fixture needs another one, which has returned 42, and was given {listed(got)}")


def _plain_after_async(trial: Trial) -> None:
    """Expect that a plain fixture gets what an async one has yielded, if anything, or its test fails."""
    scene = Scene(trial)
    got: list[object] = []
    beside = {"plain": _plain(asking_for("first", lambda first: got.append(first)))}
    told = scene.told(
        {"test_a": scene.test("test_a", fixture="first")}, {"first": scene.fixture("first")}, beside=beside
    )
    seen = f"a plain fixture needs one that yields 'first', and was given {listed(map(repr, got))}"
    expect(told.failed("test_a") or got in ([], ["first"]), f"{seen}, and its test passed")


def _plain(function: Callable[..., object]) -> object:
    """A fixture that is not async, for all tests of its module."""
    import pytest  # heavy, and whoever lists promises needs none of it

    return pytest.fixture(function, autouse=True)


async def closed_when_cancelled(trial: Trial) -> None:
    """If a cancellation leaves a test, it fails, and its fixtures are closed in reverse all the same.

    Awaiting a task that was cancelled is enough for that. A database that is not emptied then makes all later tests
    fail, and nobody looks at the one that was to blame. A cancellation that was caught leaves nothing: what follows
    runs.

        async def test_worker(database):
            task.cancel()
            await task          # CancelledError leaves the test
        # database is never closed
    """
    scene = Scene(trial)

    async def cancelled() -> None:
        if trial.is_trio:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(wrong)
                await trio.sleep_forever()
        task = asyncio.ensure_future(asyncio.sleep(60))
        await asyncio.sleep(0)
        task.cancel()
        await task

    tests = {"test_a": scene.test("test_a", cancelled, "third"), "test_b": scene.test("test_b", fixture="third")}
    told = scene.told(tests, scene.chain())
    expect(
        "test_a ends" not in scene.log and told.failed("test_a"), f"a cancellation left test_a, which passed; {scene}"
    )
    expect_order(scene, "test_a runs")
    expect_passed(scene, told, "test_b")
    _runs_on_when_caught(trial)


def _runs_on_when_caught(trial: Trial) -> None:
    """Expect that a test runs whose fixture has caught a cancellation, and one after a test that has caught one."""

    async def caught() -> None:
        if trial.is_trio:
            with trio.CancelScope() as scope:
                scope.cancel()
                await trio.lowlevel.checkpoint()
            return
        task = asyncio.current_task()
        assert task
        task.cancel()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:  # and who sees to it that it is not counted any more is rare
            return

    scene = Scene(trial)
    told = scene.told({"test_a": scene.test("test_a", fixture="third")}, scene.chain(second_opening=caught))
    expect_passed(scene, told, "test_a")
    if hasattr(trial.module, "shared"):
        scene = Scene(trial)
        tests = {"test_a": scene.test("test_a", caught, "first"), "test_b": scene.test("test_b", fixture="first")}
        told = scene.told(tests, {"first": scene.fixture("first")}, "shared")
        for name in tests:
            expect_passed(scene, told, name)


async def failed_opening_is_told(trial: Trial) -> None:
    """If a fixture cannot be opened, its test fails with that error and does not run; those before it are closed.

    A test that runs without its database fails for another reason, or passes because it finds nothing.

        async def client(database):
            raise ConnectionError
        # test_orders runs, and gets None
    """
    scene = Scene(trial)
    told = scene.told({"test_a": scene.test("test_a", fixture="third")}, scene.chain(second_opening=broken))
    expect(told.failed("test_a"), f"a fixture of test_a could not be opened, and it did not fail; {scene}")
    expect(
        DatabaseError.__name__ in told.text("test_a"), f"a fixture raised {DatabaseError.__name__}: this is not told"
    )
    right = ["first opens", "first closes"]
    expect(scene.log == right, f"the second fixture could not be opened, and what happened is: {scene}")


async def failed_closing_is_told(trial: Trial) -> None:
    """If a fixture fails to close, its test fails with that error; those before it are closed.

    The connection that cannot be given back is the defect, and the test is green.

        async def client(database):
            yield connection
            await connection.aclose()      # raises: still in use
        # 1 passed
    """
    scene = Scene(trial)
    told = scene.told({"test_a": scene.test("test_a", fixture="third")}, scene.chain(second_closing=broken))
    expect(told.failed("test_a"), f"a fixture of test_a failed to close, and it did not fail; {scene}")
    expect(
        DatabaseError.__name__ in told.text("test_a"), f"a fixture raised {DatabaseError.__name__}: this is not told"
    )
    expect("first closes" in scene.log, f"the second fixture failed to close, and the first was not closed; {scene}")


async def one_loop_or_told(trial: Trial) -> None:
    """A fixture and its test run on one loop, and a test on each one that is asked for; if not, it does not pass.

    A lock, a queue or a connection belongs to the loop on which it first had to wait. On another one it raises at best,
    and at worst it waits for ever, once there is something to wait for. A test that was to run on two loops, and runs
    twice on one, says that the program works where it was never tried.

        @pytest_asyncio.fixture(scope="module")     # the loop of the module
        async def queue(): yield asyncio.Queue()
        @pytest.mark.asyncio                        # a loop of its own
        async def test_get(queue): await queue.get()
    """
    for way in Scene(trial).ways:
        scene = Scene(trial)
        tests = {name: scene.test(name, fixture="first") for name in ("test_a", "test_b")}
        told = scene.told(tests, {"first": scene.fixture("first")}, way)
        opened = None
        for what in scene.log:
            opened = scene.loops[what] if what == "first opens" else opened
        for name in ("test_a", "test_b"):
            if way == "shared" and told.passed(name):
                same = scene.loops.get(f"{name} runs") is scene.loops["first opens"]
                expect(same, f"{name} ran on another loop than the fixture it shares with others, and passed")
        if way == "module" and told.passed("test_b"):
            expect(scene.loops["test_b runs"] is opened, "test_b ran on another loop than its fixture, and passed")
    if hasattr(trial.module, "on_each"):
        _runs_on_each(trial)


def _runs_on_each(trial: Trial) -> None:
    """Expect that each of two tests runs on each of two loops, once."""
    scene, here = Scene(trial), loop_here()
    made: dict[object, str] = {}  # the name of each loop
    ran: Counter[tuple[str, str]] = Counter()

    def new(name: str) -> asyncio.AbstractEventLoop:
        loop = (here.new or asyncio.new_event_loop)()
        made[loop] = name
        return loop

    async def run(test: str) -> None:
        ran[test, "Trio's" if trial.is_trio else made.get(asyncio.get_running_loop(), "none of them")] += 1

    loops = {name: here if trial.is_trio else Loop("asyncio", partial(new, name)) for name in LOOPS}
    tests = {name: scene.test(name, partial(run, name)) for name in ("test_a", "test_b")}
    told = scene.told(tests, way="on_each", loops=loops)
    names = ("Trio's",) * len(LOOPS) if trial.is_trio else LOOPS
    for test in tests:
        right = Counter((test, name) for name in names)
        seen = Counter({which: times for which, times in ran.items() if which[0] == test})
        found = listed(f"{name} {times} times" for (_, name), times in seen.items())
        expect_passed(scene, told, test)
        expect(seen == right, f"{test} was to run on each of {len(LOOPS)} loops, and ran on {found}")


async def nothing_left_behind(trial: Trial) -> None:
    """When the tests have ended, their loops are closed, and so are async generators that they have left open.

    Each loop that is left has a selector and two sockets: after some thousand tests the system refuses to open more.
    What a generator had opened stays open with it, and what a task has begun is broken off in the middle.

        loop = asyncio.new_event_loop()
        loop.run_until_complete(test())
        loop.close()      # without shutdown_asyncgens()
    """
    scene = Scene(trial)
    left: list[object] = []

    async def numbers(closes: str, closing: Callable[[], Awaitable[None]]) -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            await closing()
            scene.note(closes)

    async def leave(closes: str, closing: Callable[[], Awaitable[None]] = at_once) -> None:
        opened = numbers(closes, closing)
        left.append(opened)
        await anext(opened)

    async def clean_up() -> None:
        try:
            await trial.backend.toolkit.event().wait()
        finally:
            with trio.CancelScope(shield=True) if trial.is_trio else nullcontext():
                await trial.hop(CLEANUP)
            scene.note("the task ends")

    async def leave_both() -> None:
        await leave("its generator closes")
        left.append(trio.lowlevel.spawn_system_task(clean_up) if trial.is_trio else asyncio.ensure_future(clean_up()))
        await trial.hop()

    slowly = at_once if trial.is_trio else partial(asyncio.to_thread, nap)  # Trio's cannot wait any more
    tests = {"test_a": scene.test("test_a", partial(leave, "the generator closes", slowly)), **failing(scene)}
    told = scene.told(tests, scene.chain())
    closed = "the generator closes" in scene.log
    left.clear()
    trial.collect_garbage()  # which complains of what nobody has closed: now, and not when others are asked
    expect("test_a ends" in scene.log, f"test_a did not come to its end: {told.end('test_a')}")
    expect(closed, "test_a left an async generator open, and nobody has closed it")
    told = scene.told({"test_c": scene.test("test_c", leave_both)})
    expect("test_c ends" in scene.log, f"test_c did not come to its end: {told.end('test_c')}")
    expect("the task ends" in scene.log, "test_c left a task running, and nobody has waited for its end")
    expect("its generator closes" in scene.log, "test_c left a task and a generator, and nobody has closed the latter")
    if not trial.is_trio:
        open_loops = {loop for loop in scene.loops.values() if isinstance(loop, asyncio.BaseEventLoop)}
        left_open = [loop for loop in open_loops if not loop.is_closed()]
        expect(not left_open, f"the tests have ended, and {len(left_open)} of their loops is not closed")


async def nothing_complains(trial: Trial) -> None:
    """Whether tests pass or fail, no coroutine is left unawaited: the interpreter has nothing to complain of.

    With warnings taken for errors, whatever test runs as the garbage collector comes by fails for another one's sake.

        # RuntimeWarning: coroutine 'test_orders' was never awaited
        # ResourceWarning: unclosed event loop
        # PytestUnraisableExceptionWarning: in a test that has nothing to do with it
    """
    scene = Scene(trial)
    tests = {"test_a": scene.test("test_a", fixture="third"), **failing(scene), "test_c": scene.test("test_c")}
    told = scene.told(tests, scene.chain())
    expect_passed(scene, told, "test_a")
    refused = Scene(trial)
    refused.told({"test_a": refused.test("test_a", fixture="third")}, refused.chain(second_opening=broken))
    trial.collect_garbage()


async def at_once() -> None:
    """What a generator does that has nothing to wait for as it is closed."""


async def wrong() -> None:
    """What a test does that fails."""
    raise OrderError("41 is not 42")


async def gives_up() -> None:
    """The same, and no mere Exception: so do those of pytest's own that end a test."""
    raise OrderAbortError("no need to go on")


async def broken() -> None:
    """What a fixture does that fails."""
    raise DatabaseError("the database is down")


def failing(scene: Scene) -> dict[str, Test]:
    """A test with three fixtures, which fails."""
    return {"test_b": scene.test("test_b", wrong, "third")}


def expect_order(scene: Scene, *test: str) -> None:
    """Expect that three fixtures were opened in order before this happened, and closed in reverse after it."""
    right = ["first opens", "second opens", "third opens", *test, "third closes", "second closes", "first closes"]
    begin = scene.log.index(test[0]) - 3 if test[0] in scene.log else 0
    seen = scene.log[begin : begin + len(right)]
    expect(seen == right, f"in the order of events, {listed(right, 9)} was expected, and there was {listed(seen, 9)}")


ABOUT = ("module",)
PROMISES = (
    Promise(failure_is_told, real=True, about=ABOUT),
    Promise(closed_in_reverse, real=True, about=ABOUT),
    Promise(failed_opening_is_told, real=True, about=ABOUT),
    Promise(failed_closing_is_told, real=True, about=ABOUT),
    Promise(one_loop_or_told, real=True, about=("module", "shared", "on_each")),
    Promise(closed_when_cancelled, real=True, need="cancellation", about=ABOUT),
    *BESIDE,
    Promise(nothing_left_behind, real=True, about=ABOUT, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, real=True, about=ABOUT, collects=("complaints",)),
)
