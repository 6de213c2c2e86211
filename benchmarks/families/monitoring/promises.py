"""What is asked of ``patterns.monitoring``: what is told and counted; then cancellation, errors and what is left."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any
from weakref import ref

import trio

from benchmarks.families.monitoring.counting import COUNTING
from benchmarks.families.monitoring.scene import (
    OUTLETS,
    USUAL,
    Ear,
    Opened,
    Operations,
    Sink,
    WorkError,
    contexts,
    eventually,
    outlets,
    send,
)
from benchmarks.families.monitoring.telling import TELLING
from benchmarks.families.monitoring.watching import WATCHING
from benchmarks.plan.promises import Promise
from benchmarks.safety.cancelling import CANCELLED
from benchmarks.safety.trials import Trial, ending, event, expect, free_loop, shown, shown_as
from benchmarks.safety.waiting import LONG, all_end, memory_blocks
from patterns.monitoring import Meter

LONGER = 0.25  # seconds that a step may take; whoever waits for as long as that when it is left holds up the loop

EVENTS = 2  # are held for a sink that is stuck
MANY = 1100  # come and go: more than a list of the last thousand holds
HELD = 100  # of these are held at most, or are there at the same time
MORE = 1500  # come and go then, and take no memory; of those that have ended 1,200 may be held at some time
LET_GO = 10  # turns that a sink takes to stop when it is cancelled


async def cancelled_caller_is_cancelled(trial: Trial) -> None:
    """Whoever has opened a monitor and is cancelled is cancelled, and soon.

    The program is to end, and its monitor is the last to let go. If leaving it swallows the cancellation the program
    goes on as if nothing had happened, and nobody cancels it a second time.

        async with asyncio.timeout(10):
            while True:
                async with dropping(push, 100) as outlet:
                    await serve(outlet)   # time is up
                # and so for ever
    """
    landed = False
    for name, opens in contexts(trial).items():
        await _is_cancelled(trial, name, Opened(trial=trial, context=opens))
        landed |= trial.landed
    for name in outlets(trial):
        sink = Sink(trial, stuck=True)
        opened = Opened(trial=trial, context=partial(getattr(trial.module, name), sink.get, EVENTS), events=EVENTS)
        await _is_cancelled(trial, f"{name}, with a sink that is stuck", opened, sink)
        landed |= trial.landed
    trial.landed = landed


async def _is_cancelled(trial: Trial, name: str, opened: Opened, stuck: Sink | None = None) -> None:
    """Cancel whoever has opened a monitor; the sink is stuck until its turn has come and nobody was."""
    struck = False
    async with trial.crew() as crew:
        player = opened.start(crew)

        async def leave() -> None:
            await trial.hop(3)
            opened.leave.set()
            await trial.hop(4)
            if stuck and not struck:
                stuck.open.set()

        crew.start(leave, name="who ends it")
        await trial.strike(player)
        struck, in_time = trial.landed, not opened.over
        ended = await all_end(trial, player)
        expect(ended, f"{name}: {LONG} after its caller was cancelled it had not been left")
        cancelled = player.outcome == "cancelled"
        expect(cancelled or not in_time, f"{name}: its caller was cancelled, and {ending(player)}")
        made_up = [error for error in opened.errors if not isinstance(error, CANCELLED)]
        expect(not made_up or not in_time, f"{name}: its caller was cancelled, and {opened}")
        cut_off = opened.passed and not opened.left
        expect(not cut_off, f"{name}: its body was cut off by a cancellation, and what stands behind it ran")


async def errors_reach_caller(trial: Trial) -> None:
    """What is raised inside of a monitor, or of an operation that it counts, reaches the caller.

    The order could not be written, and that is counted as a failure. Then the customer is told that all is well.

        with meter.operation("order"):
            raise OutOfStockError
        mark_as_sent()    # reached
    """
    for name, opens in contexts(trial).items():
        error = WorkError("inside")
        opened = Opened(trial=trial, context=opens, error_inside=error)
        async with trial.crew() as crew:
            opened.start(crew)
            await opened.enters()
            if name == "counters":
                player = crew.start(Operations(trial, opened.inside).run, trial.draw(2), error, name="an operation")
                await trial.ended(player)
                expect(player.error is error, f"an operation that raises {shown(error)} {ending(player)}")
            await trial.drift()
            await opened.ends()
        expect(opened.errors == [error], f"{name}: {opened}, where {shown(error)} was raised inside")


async def nothing_left_behind(trial: Trial) -> None:
    """However a monitor is left, no task, no thread and no open generator is left behind.

    What is left keeps watching. A program that is looked at for a minute each hour has one more watcher each time,
    until it does little else.

        for _ in range(24):
            async with stalls(log, 0.05):   # leaves a thread
                await asyncio.sleep(60)
    """
    before = trial.living()
    for error in (None, WorkError("inside")):
        await _ordinary(trial, error)
        await trial.hop(3)
        left = trial.living() - before
        expect(left == 0, f"after each monitor was opened and left {left} tasks are left")
    if hasattr(trial.module, "stalls"):
        forgotten = await _watched(trial)
        trial.collect_garbage()
        expect(await eventually(trial, forgotten), "stalls: it was left, and keeps the function that was to be told")
    for name in outlets(trial):
        await _given_up(trial, name)
        await trial.hop(3)
        left = trial.living() - before
        expect(left == 0, f"{name}: it was left by a cancellation; its sink, which stops in {LET_GO} turns, goes on")


async def _watched(trial: Trial) -> Callable[[], bool]:
    """Watch for stalls for a moment; whether nobody holds on any more to the one who was told."""
    ear = Ear()
    async with trial.module.stalls(ear.tell, USUAL):
        await trial.rest(3)
    gone = ref(ear)
    return lambda: gone() is None


async def _given_up(trial: Trial, name: str) -> None:
    """Cancel whoever has opened it while the sink is busy, and does not stop at once."""
    much_later = event(trial)

    @shown_as("the sink")
    async def keep(number: int) -> None:  # noqa: ARG001  it is busy with any
        try:
            await much_later.wait()
        finally:
            with trio.CancelScope(shield=True) if trial.is_trio else nullcontext():
                await trial.hop(LET_GO)

    opened = Opened(trial=trial, context=partial(getattr(trial.module, name), keep, EVENTS), events=1)
    async with trial.crew() as crew:
        player = opened.start(crew)
        await opened.enters()
        await trial.hop(3)
        player.cancel()
        await trial.ended(player)
        much_later.set()  # whoever waits for more than the sink's end is asked about that elsewhere


async def what_is_over_is_let_go(trial: Trial) -> None:
    """A monitor that is open holds on to no tasks that have ended, no errors and no events that have arrived.

    It is open for as long as the program runs. If it keeps each task, or each error with all that the failed function
    had in its hands, the program needs more memory every hour, and is killed by night.

        async with counters() as meter:   # keeps what every operation raised
            await serve()
        # MemoryError
    """
    opened = contexts(trial)
    opened |= {name: partial(getattr(trial.module, name), _forget, HELD) for name in outlets(trial)}
    for name, opens in opened.items():
        async with opens() as inside:
            over = await _come_and_go(trial, name, inside)
            await trial.hop(10)
            trial.collect_garbage()
            kept = sum(one() is not None for one in over)
            if name == "tasks":
                await _tasks_take_no_memory(trial)
        what = {"counters": "errors", "waiting": "events", "dropping": "events"}.get(name, "tasks")
        expect(kept < MANY, f"{name}: of {MANY} {what} that are over {kept} are kept for as long as it is open")
    if "tasks" in opened and trial.is_trio:
        await _earlier_tasks_are_let_go(trial)


async def _tasks_take_no_memory(trial: Trial) -> None:
    """Nor anything else of tasks that have ended, such as a reference that leads nowhere."""
    before = memory_blocks()
    for _ in range(MORE // HELD):
        await trial.backend.toolkit.together([trial.hop] * HELD)
    more = memory_blocks() - before
    expect(more < MORE - HELD, f"tasks: {MORE} more have ended, and {more} more pieces of memory are held since")


async def _earlier_tasks_are_let_go(trial: Trial) -> None:
    """Nor those that were there before it was opened."""
    gate, over = event(trial), list[ref[Any]]()

    async def wait() -> None:
        await _appears(trial, over)
        await gate.wait()

    async with trio.open_nursery() as nursery:
        for _ in range(HELD):
            nursery.start_soon(wait)
        await trial.hop(2)
        async with trial.module.tasks():
            gate.set()
            await trial.hop(10)
            trial.collect_garbage()
            kept = sum(one() is not None for one in over)
    expect(kept < HELD, f"tasks: of {HELD} that were there before it was opened, and have ended, {kept} are kept")


class _Letter:
    """An event that can be told from others."""


@shown_as("the sink")
async def _forget(letter: object) -> None:
    """Keep nothing."""


async def _come_and_go(trial: Trial, name: str, inside: Any) -> list[ref[Any]]:
    """What is over when this returns, in which nobody else holds on to it."""
    over: list[ref[Any]] = []
    if name == "counters":
        over += [_fails(inside, number) for number in range(MANY)]
    elif name in OUTLETS:
        for _ in range(MANY):
            letter = _Letter()
            over.append(ref(letter))
            await send(inside, letter)
            await trial.hop()
        del letter
    else:
        for _ in range(MANY // HELD):
            await trial.backend.toolkit.together([partial(_appears, trial, over)] * HELD)
    return over


def _fails(meter: Meter, number: int) -> ref[Any]:
    error = WorkError(number)
    with suppress(WorkError), meter.operation("work"):
        raise error
    return ref(error)


async def _appears(trial: Trial, over: list[ref[Any]]) -> None:
    over.append(ref(trio.lowlevel.current_task() if trial.is_trio else asyncio.current_task()))
    await trial.hop()


async def nothing_complains(trial: Trial) -> None:
    """No coroutine is left unawaited and no exception unretrieved: neither loop nor interpreter has to complain.

    The complaint comes later, from the garbage collector, without a hint at the monitor. In tests that take warnings
    for errors it breaks whatever test runs just then.

        async with tasks():
            asyncio.create_task(work()).cancel()
        # RuntimeWarning: coroutine 'work' was never awaited
    """
    await _ordinary(trial, None)
    for opens in contexts(trial).values():
        async with trial.crew() as crew, opens():
            early = crew.start(trial.hop, 3, name="who is cancelled before it begins")
            early.cancel()
            await trial.ended(early)


async def never_holds_up_the_loop(trial: Trial) -> None:
    """Opening and leaving a monitor, counting and telling never hold up the loop: all other tasks go on meanwhile.

    What was to find out who holds up the loop does it itself: it waits on the loop's thread for a thread of its own to
    end, which waits for the loop.

        def __exit__(self, *error):
            self.stopped = True
            self.thread.join(self.longest)   # the loop stands
    """

    async def whole() -> None:
        await _ordinary(trial, None, LONGER)

    await free_loop(trial, whole)


async def _ordinary(trial: Trial, error: BaseException | None, longest: float | None = None) -> None:
    """Open each monitor, have something counted and told, and leave it, by an error if there is one."""
    opens = contexts(trial)
    if longest is not None and "stalls" in opens:
        opens["stalls"] = lambda: trial.module.stalls(Ear().tell, longest)
    for name, context in opens.items():
        opened = Opened(trial=trial, context=context, error_inside=error)
        async with trial.crew() as crew:
            opened.start(crew)
            await opened.enters()
            if name == "counters":
                await trial.ended(crew.start(Operations(trial, opened.inside).run, 1, error))
            elif name in ("waiting", "dropping"):
                await trial.ended(*(crew.start(send, opened.inside, number) for number in range(3)))
            else:
                await trial.ended(crew.start(trial.hop, 2))
            await trial.rest(3)
            await opened.ends()


PROMISES = (
    *WATCHING,
    *COUNTING,
    *TELLING,
    Promise(cancelled_caller_is_cancelled, swept=True),
    Promise(errors_reach_caller, real=True),
    Promise(nothing_left_behind, real=True, collects=("tasks", "threads", "async generators")),
    Promise(what_is_over_is_let_go, once=True, about=("tasks", "counters", *OUTLETS)),
    Promise(nothing_complains, real=True, collects=("complaints",)),
    Promise(never_holds_up_the_loop, real=True, collects=("stalls",)),
)
