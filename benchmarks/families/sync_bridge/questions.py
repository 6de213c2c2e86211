"""What is asked of ``patterns.sync_bridge`` when threads ask the loop."""

import asyncio
import threading
from functools import partial
from typing import Any

import trio

from benchmarks.families.sync_bridge.scene import STUCK, Asker, OwnError, tells_the_loop, until
from benchmarks.plan.errands import errands_here
from benchmarks.plan.promises import Promise
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
    """What a question comes to, a value or an error, reaches who has asked.

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


async def left_portal_leaves_nobody_waiting(trial: Trial) -> None:
    """Who asks a portal that is being left, or was left, gets an answer or an error.

    A thread that waits for a loop which is gone keeps the program from ending, and nobody sees why.

        async with portal() as ask:
            pool.submit(work, ask)
        # work asks a moment later, and hangs
    """

    @shown_as("a question")
    async def answer() -> int:
        await trial.hop(3)
        return 1

    async with trial.module.portal(STUCK) as ask:
        during = Asker(ask, answer)
        await trial.hop(trial.draw(4))
    async with trial.module.portal(STUCK) as ask:
        unseen = Asker(ask, answer)
        tells_the_loop()  # which looks when the portal is being left
    after = Asker(ask, answer)
    await until(trial, lambda: during.done and unseen.done and after.done)
    for asker, when in (
        (during, "while a portal was left"),
        (unseen, "just before a portal was left"),
        (after, "after a portal had been left"),
    ):
        told = asker.done and not isinstance(asker.error, TimeoutError)
        expect(told, f"who asked {when} had neither answer nor refusal after {STUCK} s")


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
    given_up = [Player("deadline") for _ in range(SIZE)]
    within: Any = within_trio if trial.is_trio else within_asyncio

    async with trial.module.bridge(SIZE) as (call, ask), trial.crew() as crew:

        @shown_as("a question")
        async def load(number: int) -> bool:
            return bool(await within(given_up[number], partial(call, abs, -1)))

        def work(number: int) -> bool:
            return bool(ask(load, number))

        players = [crew.start(call, work, number, name=f"caller {number}") for number in range(SIZE)]
        in_time = await until(trial, lambda: all(player.done for player in players), STUCK)
        for deadline in given_up:
            deadline.cancel()
        await until(trial, lambda: all(player.done for player in players))
    expect(
        in_time, f"{SIZE} threads, {SIZE} calls that ask the loop, which calls again: none had ended after {STUCK} s"
    )
    wrong = [player for player in players if player.value is not True]
    expect(not wrong, "blocking code that was called for a question did not come to its answer")


QUESTIONS = (
    Promise(question_gets_its_answer, real=True, about=PORTAL),
    Promise(question_runs_on_the_loop, real=True, about=("bridge", "portal")),
    Promise(wakes_a_sleeping_loop, about=PORTAL),
    Promise(late_question_is_cancelled, real=True, about=PORTAL),
    Promise(left_portal_leaves_nobody_waiting, real=True, about=PORTAL),
    Promise(nested_calls_end, real=True, about=BRIDGE, need="nested"),
)
