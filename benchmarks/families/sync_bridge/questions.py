"""What is asked of ``patterns.sync_bridge`` when threads ask the loop."""

import asyncio
import threading
from contextlib import nullcontext
from functools import partial
from typing import Any

import trio

from benchmarks.families.sync_bridge.scene import (
    PATIENCE,
    STUCK,
    TURNS,
    Asker,
    OwnBaseError,
    OwnError,
    over,
    until,
)
from benchmarks.plan.errands import errands_here
from benchmarks.plan.promises import Promise
from benchmarks.plan.runtime import waited_for
from benchmarks.safety.cancelling import within_asyncio, within_trio
from benchmarks.safety.errors import arrived
from benchmarks.safety.trials import Player, Trial, event, expect, shown, shown_as

BRIDGE = ("bridge",)
PORTAL = ("portal",)
SOON = 0.0005  # seconds: less than a timer can be set for
ASLEEP = 0.02  # real seconds after which a loop with nothing to do sleeps; a question that comes before proves nothing
LATE = 10  # units after which a loop that was not woken wakes by itself
SIZE = 2


async def question_gets_its_answer(trial: Trial) -> None:
    """What a question comes to, a value or an error, be it no Exception, reaches who has asked.

    A thread that never hears of it waits for ever, and one that takes an error for an answer goes on with nothing.

        def work():
            rows = ask(fetch, query)   # raised on the loop
            print(rows)   # never comes
    """
    own = OwnError("own")

    @shown_as("a question")
    async def answer(number: int) -> int:
        await trial.hop(1 + trial.draw(4))
        return number

    @shown_as("a question")
    async def fail() -> int:
        await trial.hop()
        raise own

    async with trial.module.portal() as ask:
        first, second, failing = Asker(ask, answer, 1), Asker(ask, answer, 2), Asker(ask, fail)
        for asker in (first, second, failing):
            await asker.ends(trial)
    expect((first.answer, second.answer) == (1, 2), f"a question that returns 1, and then 2: {first}; {second}")
    expect(arrived(failing.error, own), f"a question that raises {shown(own)}: {failing}")
    await _asked_with_a_mistake(trial)
    await _raises_what_is_no_exception(trial)


async def _asked_with_a_mistake(trial: Trial) -> None:
    """A thread forgets an argument; the next one gets its answer."""

    @shown_as("a question")
    async def answer(number: int) -> int:
        return number

    async with trial.module.portal() as ask:
        mistaken = Asker(ask, answer)
        await mistaken.ends(trial)
        following = Asker(ask, answer, 2)
        await following.ends(trial)
    named = isinstance(mistaken.error, TypeError) or isinstance(getattr(mistaken.error, "__cause__", None), TypeError)
    expect(named, f"a question without an argument that it needs: {mistaken}, where that is a TypeError")
    expect(following.answer == 2, f"the question, which returns 2, behind one without an argument: {following}")


async def _raises_what_is_no_exception(trial: Trial) -> None:
    """What is no Exception may end the block, too, as it may end whatever it comes through."""
    own = OwnBaseError("own")
    askers: list[Asker] = []

    @shown_as("a question")
    async def fail() -> int:
        await trial.hop()
        raise own

    async with trial.crew() as crew:

        async def block() -> None:
            async with trial.module.portal() as ask:
                askers.append(Asker(ask, fail))
                await until(trial, lambda: askers[0].done)

        await over(trial, crew.start(block, name="who has opened the portal"), seconds=2 * PATIENCE)
    await askers[0].settles(trial)  # the block may have ended before the thread has had its turn
    expect(arrived(askers[0].error, own), f"a question that raises {shown(own)}: {askers[0]}")


async def question_runs_on_the_loop(trial: Trial) -> None:
    """What is asked runs on the loop of the block, in a task.

    A connection, a lock, a task group of the program belong to its loop. On another one they hang, or fail, or seem to
    work until two meet.

        def work():
            ask(connection.execute, query)
            # RuntimeError: ... is bound to a different event loop
    """
    seen: list[tuple[object, bool]] = []

    @shown_as("a question")
    async def look() -> int:
        seen.append(_here(trial))
        return 1

    if hasattr(trial.module, "portal"):
        async with trial.module.portal() as ask:
            await Asker(ask, look).ends(trial)
    if hasattr(trial.module, "bridge"):
        async with trial.module.bridge(1) as (call, ask):
            await call(lambda: ask(look))
    expect(bool(seen), "what was asked was not run")
    loop, _ = _here(trial)
    expect(all(one is loop for one, _ in seen), "what was asked ran on another loop")
    expect(all(task for _, task in seen), "what was asked ran in no task")


def _here(trial: Trial) -> tuple[object, bool]:
    """The loop at hand, and whether there is a task."""
    if trial.is_trio:
        return trio.lowlevel.current_trio_token(), True
    return asyncio.get_running_loop(), asyncio.current_task() is not None


async def wakes_a_sleeping_loop(trial: Trial) -> None:
    """A question wakes a loop that sleeps.

    The loop wakes up by itself when the next timer is due, or the next message comes: in tests at once, at night after
    minutes.

        def work():   # in a thread
            queue.put_nowait(question)
            # the reader wakes up when something else does
    """
    asked = event(trial)

    @shown_as("a question")
    async def answer() -> None:
        asked.set()

    async def wake() -> None:
        await trial.sleep(LATE)
        asked.set()

    async with trial.module.portal() as ask, trial.crew() as crew:
        crew.start(wake, name="who wakes the loop")
        await trial.hop(2)
        began, errand = trial.now(), errands_here().begin()  # time stands still for as long as somebody is waited for
        asker = Asker(ask, answer, pause=ASLEEP)
        await asked.wait()
        took, waited_for = trial.now() - began, errands_here().left() > 0
        errands_here().end(errand)
        await asker.ends(trial)
    in_time = waited_for and took < SOON if trial.virtual else took < LATE
    expect(in_time, "a question was answered only when something else woke the loop")


async def late_question_is_cancelled(trial: Trial) -> None:
    """A question for which its time is up is cancelled, and who has asked gets a TimeoutError.

    Who is told that it failed asks again, while the first one goes on: the order is sent twice.

        with suppress(TimeoutError):
            ask(send, order)   # goes on
        ask(send, order)
    """
    begun, ended = threading.Event(), threading.Event()

    @shown_as("a question")
    async def hang() -> None:
        begun.set()
        try:
            await event(trial).wait()
        finally:
            ended.set()

    async with trial.crew() as crew:
        closing = event(trial)
        opened: list[Asker] = []

        async def block() -> None:
            async with trial.module.portal(STUCK / 8) as ask:
                opened.append(Asker(ask, hang))
                await closing.wait()

        holder = crew.start(block, name="who has opened the portal")
        await until(trial, lambda: bool(opened) and opened[0].done and (ended.is_set() or not begun.is_set()), STUCK)
        asker, stopped = opened[0], ended.is_set() or not begun.is_set()
        holder.cancel()
        await trial.ended(holder)
    expect(isinstance(asker.error, TimeoutError), f"its time was up, and {asker}")
    expect(stopped, "who has asked was told that time is up, and what was asked went on")
    await _late_before_the_loop_looks(trial)


async def _late_before_the_loop_looks(trial: Trial) -> None:
    """Two threads give up while something holds the loop: one has asked well, and one with a mistake."""
    at_work: list[int] = []
    gave_up: list[Asker] = []

    @shown_as("a question")
    async def hang(number: int) -> None:
        at_work.append(number)
        try:
            await event(trial).wait()
        finally:
            at_work.remove(number)

    async with trial.crew() as crew:
        closing = event(trial)

        async def block() -> None:
            async with trial.module.portal(STUCK / 8) as ask:
                askers = [Asker(ask, hang, 1), Asker(ask, hang)]
                waited_for(lambda: all(asker.done for asker in askers), STUCK / 2)  # the loop stands meanwhile
                for asker in askers:
                    await asker.settles(trial)
                gave_up.extend(askers)
                await closing.wait()

        holder = crew.start(block, name="who has opened the portal")
        await until(trial, lambda: bool(gave_up), 2 * PATIENCE)
        await trial.hop(TURNS)
        await until(trial, lambda: not at_work)
        went_on = bool(at_work)
        holder.cancel()
        await trial.ended(holder)
    expect(not went_on, "time was up before the loop looked at a question, and it went on")


async def nested_calls_end(trial: Trial) -> None:
    """Blocking code that asks the loop, which calls blocking code again, comes to an end.

    Once all threads wait for the loop, the loop waits for a thread, and nobody moves any more. It takes as many such
    calls at once as there are threads: a rush hour.

        def work():
            return ask(load)

        @shown_as("a question")
        async def load():
            return await call(parse)   # no thread is free
    """
    await _nested_calls_end(trial, SIZE, SIZE, None)
    await _nested_calls_end(trial, 1, SIZE + 1, trio.Lock() if trial.is_trio else asyncio.Lock())


async def _nested_calls_end(trial: Trial, size: int, callers: int, lock: asyncio.Lock | trio.Lock | None) -> None:
    """So many callers at once; what they ask may be behind a lock, whose holder is let go on by a thread alone."""
    given_up = [Player("deadline") for _ in range(callers)]
    within: Any = within_trio if trial.is_trio else within_asyncio

    async with trial.module.bridge(size) as (call, ask), trial.crew() as crew:

        @shown_as("a question")
        async def load(number: int) -> bool:
            async with lock or nullcontext():
                return bool(await within(given_up[number], partial(call, abs, -1)))

        def work(number: int) -> bool:
            return bool(ask(load, number))

        players = [crew.start(call, work, number, name=f"caller {number}") for number in range(callers)]
        in_time = await until(trial, lambda: all(player.done for player in players), STUCK)
        for deadline in given_up:
            deadline.cancel()
        await until(trial, lambda: all(player.done for player in players))
    how = f"size {size}, {callers} calls that ask the loop, which calls again{' under a lock' if lock else ''}"
    expect(in_time, f"{how}: they had not come to an end after {STUCK} s")
    wrong = [player for player in players if player.value is not True]
    expect(not wrong, "blocking code that was called for a question did not come to its answer")


QUESTIONS = (
    Promise(question_gets_its_answer, real=True, about=PORTAL),
    Promise(question_runs_on_the_loop, real=True, about=("bridge", "portal")),
    Promise(wakes_a_sleeping_loop, about=PORTAL),
    Promise(late_question_is_cancelled, real=True, about=PORTAL),
    Promise(nested_calls_end, real=True, about=BRIDGE, need="nested"),
)
