"""What is asked of ``patterns.testing``: what is told of a test, and in which order things happen; then the needs."""

import asyncio
from collections.abc import AsyncGenerator

import trio

from benchmarks.families.testing.beside import BESIDE
from benchmarks.families.testing.scene import DatabaseError, OrderError, Scene, expect_passed
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, expect, listed
from patterns.testing import Test


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
    tests = {"test_a": scene.test("test_a"), "test_b": scene.test("test_b", wrong), "test_c": scene.test("test_c")}
    told = scene.told(tests)
    for name in ("test_a", "test_c"):
        expect_passed(scene, told, name)
        expect(f"{name} ends" in scene.log, f"{name} has passed, and its body did not come to its end; {scene}")
    expect(told.failed("test_b"), f"test_b raised {OrderError.__name__}, and passed; {scene}")
    expect(OrderError.__name__ in told.text("test_b"), f"test_b raised {OrderError.__name__}, and this is not told")


async def closed_in_reverse(trial: Trial) -> None:
    """The fixtures of a test are opened in order before it, and closed in reverse after it, though it has failed.

    A table that is dropped before the client that uses it is closed makes the tear-down fail, and what is never closed
    is there for the next test.

        async def database(): ...
        async def client(database): ...
        # database closes, and then client, which still writes
    """
    scene = Scene(trial)
    told = scene.told({"test_a": scene.test("test_a", fixture="third"), **failing(scene)}, scene.chain())
    expect_passed(scene, told, "test_a")
    expect_order(scene, "test_a runs", "test_a ends")
    expect_order(scene, "test_b runs")


async def closed_when_cancelled(trial: Trial) -> None:
    """If a cancellation leaves a test, it fails, and its fixtures are closed in reverse all the same.

    Awaiting a task that was cancelled is enough for that. A database that is not emptied then makes all later tests
    fail, and nobody looks at the one that was to blame.

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
    """A fixture and its test run on one loop; if they do not, the test does not pass.

    A lock, a queue or a connection belongs to the loop on which it first had to wait. On another one it raises at best,
    and at worst it waits for ever, once there is something to wait for.

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


async def nothing_left_behind(trial: Trial) -> None:
    """When the tests have ended, their loops are closed, and so are async generators that they have left open.

    Each loop that is left has a selector and two sockets: after some thousand tests the system refuses to open more.
    What a generator had opened stays open with it.

        loop = asyncio.new_event_loop()
        loop.run_until_complete(test())
        loop.close()      # without shutdown_asyncgens()
    """
    scene = Scene(trial)
    left: list[AsyncGenerator[int, None]] = []

    async def numbers() -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            scene.note("the generator closes")

    async def leave() -> None:
        left.append(numbers())
        await anext(left[-1])

    told = scene.told({"test_a": scene.test("test_a", leave), **failing(scene)}, scene.chain())
    expect("test_a ends" in scene.log, f"test_a did not come to its end: {told.end('test_a')}")
    expect("the generator closes" in scene.log, "test_a left an async generator open, and nobody has closed it")
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


async def wrong() -> None:
    """What a test does that fails."""
    raise OrderError("41 is not 42")


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
    Promise(one_loop_or_told, real=True, about=("module", "shared")),
    Promise(closed_when_cancelled, real=True, need="cancellation", about=ABOUT),
    *BESIDE,
    Promise(nothing_left_behind, real=True, about=ABOUT, collects=("tasks", "threads", "async generators")),
    Promise(nothing_complains, real=True, about=ABOUT, collects=("complaints",)),
)
