"""What happens beside a test, in ``patterns.testing``: variables, tasks, groups, and time that passes."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING

import anyio
import trio
from anyio.abc import TaskGroup

from benchmarks.families.testing.scene import TURNS, Scene, ServiceError, asking_for, expect_passed
from benchmarks.plan.promises import Promise
from benchmarks.plan.runtime import Runtime, nap
from benchmarks.safety.trials import Trial, expect
from patterns.testing import Fixture

if TYPE_CHECKING:
    from benchmarks.families.testing.session import Told

NAPS = 40  # of a thread that a test leaves at work: who does not wait for it has begun the next one meanwhile
PLENTY = 100  # turns in which whatever was cancelled has ended
# Seconds that a test may take; more where a machine is so busy that one which does not hang has taken too long.
SOON = (0.02, 0.3, 0.7)
LATE = 5  # times as long as it may take, after which a test that hangs goes on by itself
PLACE = "waits_for_an_answer"  # the function in which it hangs

user: ContextVar[str] = ContextVar("user", default="nobody")


async def context_reaches_the_test(trial: Trial) -> None:
    """A test finds the context variable that its fixture has set, and the fixture can reset it.

    The fixture logs a user in, as the program's middleware does, and the test runs as nobody.

        async def logged_in():
            token = user.set("Ada")

    Yield:
            user.reset(token)     # ValueError: created in a different Context
    """
    scene = Scene(trial)
    found: list[str] = []

    async def first() -> AsyncGenerator[None, None]:
        token: Token[str] = user.set("Ada")
        await scene.wait()
        try:
            yield
        finally:
            user.reset(token)

    async def look() -> None:
        found.append(user.get())

    told = scene.told({"test_a": scene.test("test_a", look, "first")}, {"first": first})
    expect(found == ["Ada"], f"the fixture had set the variable to 'Ada', and the test found {found}")
    expect_passed(scene, told, "test_a")


async def tests_are_apart(trial: Trial) -> None:
    """What a test has left, be it a task, a timer, a context variable or a thread, is not there in the next one.

    The next test fails, or passes, because of another one. Alone it does not, and in another order neither.

        async def test_a():
            asyncio.create_task(writes_now_and_then())
        async def test_b():
            assert await rows() == []    # fails at times
    """
    scene = Scene(trial)
    seen: list[str] = []
    left: list[object] = []
    working = threading.Event()

    async def for_ever() -> None:
        while True:
            await trial.hop()
            seen.append("a task")

    async def leave() -> None:
        user.set("Ada")
        if trial.is_trio:
            left.append(trio.lowlevel.spawn_system_task(for_ever))
        else:
            left.append(asyncio.ensure_future(for_ever()))
            asyncio.get_running_loop().call_later(0.001, seen.append, "a timer")
            working.set()
            asyncio.get_running_loop().run_in_executor(None, work)
        await trial.hop()

    def work() -> None:
        for _ in range(NAPS):
            nap()
        working.clear()

    async def look() -> None:
        at_work = working.is_set()
        seen.clear()
        await trial.backend.toolkit.sleep(0.003)  # real: so that a timer can be late
        if user.get() != "nobody":
            seen.append("a context variable")
        if at_work:
            seen.append("a thread")

    told = scene.told({"test_a": scene.test("test_a", leave), "test_b": scene.test("test_b", look)})
    expect("test_b ends" in scene.log, f"test_b did not come to its end: {told.end('test_b')}")
    expect(not seen, f"test_b met what test_a had left: {', '.join(sorted(set(seen)))}")


async def leaked_task_is_told(trial: Trial) -> None:
    """A test that leaves a task running fails; one whose fixture ends the tasks that it has started does not.

    What the test was about has failed: the program does not end what it starts. It goes on to write into the database
    of other tests, or is cancelled in the middle, and nobody learns of it.

        async def test_start():
            await service.start()      # creates a task
        # 1 passed
    """
    scene = Scene(trial)
    left: list[object] = []

    async def leave() -> None:
        left.append(
            trio.lowlevel.spawn_system_task(trio.sleep_forever)
            if trial.is_trio
            else asyncio.ensure_future(asyncio.Event().wait())
        )

    async def end() -> None:
        async with trial.backend.toolkit.crowd() as run:
            run(scene.wait)

    tests = {
        "test_a": scene.test("test_a", leave),
        "test_b": scene.test("test_b", end),
        "test_c": scene.test("test_c", fixture="first"),
    }
    told = scene.told(tests, {"first": _with_a_task(trial)})
    for name in ("test_b", "test_c"):
        expect_passed(scene, told, name)
    expect(told.failed("test_a"), "test_a has left a task running, and passed")


def _with_a_task(trial: Trial) -> Fixture:
    """A fixture that has a task run while its test does."""

    async def first() -> AsyncGenerator[None, None]:
        if trial.is_trio:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(trio.sleep_forever)
                yield
                nursery.cancel_scope.cancel()
            return
        task = asyncio.ensure_future(asyncio.Event().wait())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    return first


async def unobserved_error_is_told(trial: Trial) -> None:
    """If a task fails that a test has started, and nobody looks at it, the test fails with that error, and no other.

    The task was the program's, and it has failed. What the test looks at was right all the same, today. Or another
    test is blamed, with which it shares its fixtures.

        async def test_order():
            asyncio.create_task(send_invoice())    # KeyError
            assert await order() == 42
        # 1 passed, and a line in the log
    """
    scene = Scene(trial)

    async def fail() -> None:
        raise ServiceError("no such customer")

    async def start() -> None:
        if trial.is_trio:
            trio.lowlevel.spawn_system_task(fail)
        else:
            asyncio.ensure_future(fail())  # noqa: RUF006  nobody looks at it
        await trial.hop(3)

    _expect_blame(scene, scene.told({"test_a": scene.test("test_a", start), "test_b": scene.test("test_b")}))
    if hasattr(trial.module, "shared") and not trial.is_trio:  # where a system task that fails ends the whole run
        scene = Scene(trial)
        tests = {
            "test_a": scene.test("test_a", start, "first"),
            "test_b": scene.test("test_b", fixture="first"),
        }
        _expect_blame(scene, scene.told(tests, {"first": scene.fixture("first")}, "shared"))


def _expect_blame(scene: Scene, told: "Told") -> None:
    """Expect that test_a has failed, whose task has, with that error, and that test_b has passed."""
    expect(told.failed("test_a"), f"a task that test_a has started raised {ServiceError.__name__}, and test_a passed")
    expect(ServiceError.__name__ in told.text("test_a"), f"a task raised {ServiceError.__name__}, and this is not told")
    expect_passed(scene, told, "test_b")


async def fixture_may_hold_a_task_group(trial: Trial) -> None:
    """A fixture may hold a task group for its test, which is ended at once if a child fails, and told its error.

    Servers are such fixtures. One that has crashed in its first turn never answers, and the test waits until somebody's
    patience ends; or the group cannot be left, because another task is to leave it.

        async def server():
            async with asyncio.TaskGroup() as group:
                group.create_task(serve())      # OSError: address in use
                yield
        async def test_get(server): await get("/")     # hangs
    """
    await _group_is_left(trial)
    scene = Scene(trial)

    turns = trial.draw(TURNS)  # until it fails: after none of them the test has not begun
    # Those of the fixture: it may fail just as that is open, and not before, which would be an opening that fails
    before = 0 if trial.is_trio else trial.draw(turns + 1)

    async def fail() -> None:
        await trial.hop(turns)
        raise ServiceError("address in use")

    async def first() -> AsyncGenerator[None, None]:
        async with trial.backend.toolkit.crowd() as run:
            run(fail)
            await trial.hop(before)
            yield

    async def wait() -> None:
        await trial.hop(PLENTY)

    told = scene.told({"test_a": scene.test("test_a", wait, "first")}, {"first": first})
    survived = "test_a ends" in scene.log
    expect(not survived, f"a child of the fixture's group raised {ServiceError.__name__}, and test_a ran to its end")
    expect(told.failed("test_a"), f"a child of the fixture's group raised {ServiceError.__name__}, and test_a passed")
    expect(
        ServiceError.__name__ in told.text("test_a"), f"a child raised {ServiceError.__name__}, and this is not told"
    )


async def _group_is_left(trial: Trial) -> None:
    """Expect that AnyIO's group, in which the test starts a child, is left without an error when that has ended."""
    scene = Scene(trial)
    groups: list[TaskGroup] = []

    async def first() -> AsyncGenerator[None, None]:
        async with anyio.create_task_group() as group:
            groups.append(group)
            yield

    async def child() -> None:
        await scene.wait()
        scene.note("child ends")

    async def start() -> None:
        groups[0].start_soon(child)

    told = scene.told({"test_a": scene.test("test_a", start, "first")}, {"first": first})
    expect_passed(scene, told, "test_a")
    expect("child ends" in scene.log, f"the group was left, and its child has not ended; {scene}")


async def hanging_test_is_ended(trial: Trial) -> None:
    """A test that hangs is ended when it has taken too long, the line where it hung is told, and others run on.

    Without it the job is ended by its service after an hour, and whoever looks has the name of a test at best.

        async def test_get():
            await queue.get()       # nobody puts anything
        # Error: The operation was canceled.
    """
    for soon in SOON:
        runtime = Runtime()
        scene, told = await _hanging(trial, soon)
        # Of who ended the first too late, or the second too soon, others may have had the processor
        if told.passed("test_b") and ("test_a ends" not in scene.log or not runtime.kept):
            break
    expect("test_a ends" not in scene.log, f"test_a took {LATE} times {soon:g} s, which it may take, and was not ended")
    expect(told.failed("test_a"), "test_a was ended because it took too long, and passed")
    expect(PLACE in told.text("test_a"), f"where test_a hung is not told, only: {told.end('test_a')}")
    expect("first closes" in scene.log, f"test_a took too long, and its fixture was not closed; {scene}")
    expect_passed(scene, told, "test_b")


async def _hanging(trial: Trial, patience: float) -> tuple[Scene, "Told"]:
    """The first of two tests hangs, and each may take so long."""
    scene = Scene(trial)

    async def waits_for_an_answer() -> None:
        await trial.backend.toolkit.sleep(LATE * patience)

    async def ask(*given: object, **named: object) -> None:  # noqa: ARG001  its first wait: a busy machine is late
        await waits_for_an_answer()
        scene.note("test_a ends")

    tests = {"test_a": asking_for("first", ask), "test_b": scene.test("test_b")}
    return scene, scene.told(tests, {"first": scene.fixture("first")}, patience=patience)


ABOUT = ("module",)
BESIDE = (
    Promise(context_reaches_the_test, real=True, need="context", about=ABOUT),
    Promise(tests_are_apart, real=True, need="apart", about=ABOUT),
    Promise(leaked_task_is_told, real=True, need="leaks", about=ABOUT),
    Promise(unobserved_error_is_told, real=True, need="unobserved", about=ABOUT),
    Promise(fixture_may_hold_a_task_group, real=True, need="scopes", about=ABOUT),
    Promise(hanging_test_is_ended, real=True, need="hangs", about=ABOUT),
)
