"""What is asked of ``patterns.sync_bridge`` when a block is left: of its opener, and of who comes too late."""

import threading
from collections.abc import Callable, Coroutine
from typing import Any

from benchmarks.families.sync_bridge.scene import (
    PATIENCE,
    STUCK,
    TURNS,
    Asker,
    Blocking,
    OwnError,
    over,
    tells_the_loop,
    until,
)
from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Player, Trial, ending, event, expect, shown_as

CALLS = ("calls",)
LONG = 2 * PATIENCE  # real seconds after which whatever is still at work has held up the loop
PORTAL = ("portal",)


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
    _were_told(during, "while a portal was left")
    _were_told(unseen, "just before a portal was left")
    _were_told(after, "after a portal had been left")
    await _asked_after_the_loop(trial)


def _were_told(asker: Asker, when: str) -> None:
    told = asker.done and not isinstance(asker.error, TimeoutError)
    expect(told, f"who asked {when} had neither answer nor refusal after {STUCK} s")
    expect(asker.answer == 1 or asker.error is not None, f"who asked {when} a question that returns 1: {asker}")


async def _asked_after_the_loop(trial: Trial) -> None:
    """A block fails, and the loop ends with it; then one thread asks after the other."""
    asks: list[Callable[..., Any]] = []
    questions: list[Coroutine[Any, Any, int]] = []

    async def main() -> None:
        async with trial.module.portal(STUCK) as ask:
            asks.append(ask)
            raise OwnError("own")

    def run() -> None:
        try:
            trial.backend.run(main, trial.seed)
        except* OwnError:
            pass

    async def answer() -> int:
        return 1

    @shown_as("a question")
    def question() -> Coroutine[Any, Any, int]:
        """It is closed afterwards: that it was never awaited is not what is asked here."""
        questions.append(answer())
        return questions[-1]

    thread = threading.Thread(target=run, name="trial loop", daemon=True)
    thread.start()
    ended = await until(trial, lambda: not thread.is_alive(), LONG)
    expect(ended, "a loop did not end whose portal was left by an error")
    for turn in ("first", "second"):
        asker = Asker(asks[0], question)
        await asker.settles(trial)
        for one in questions:
            one.close()
        _were_told(asker, f"when the loop had ended with a portal, as the {turn} one,")


async def late_call_ends(trial: Trial) -> None:
    """Who calls after a block was left gets an answer or an error, and does not wait for ever.

    As a program ends, what serves the last request comes a moment too late. Where that waits for a thread which has
    gone, the program never ends.

        async with calls(10) as call:
            server.handler = partial(call, answer)
        await server.close()   # waits for a handler that has just called
    """
    async with trial.module.calls(1) as call:
        await call(abs, -1)
    async with trial.crew() as crew:
        player = crew.start(call, abs, -1, name="who calls too late")
        ended = await until(trial, lambda: player.done)
    expect(ended, f"who called after a block had been left had neither answer nor error after {PATIENCE} s")
    told = player.value == 1 or player.outcome == "raised"
    expect(told, f"who called abs(-1) after a block had been left {ending(player)}")


async def cancelled_opener_is_cancelled(trial: Trial) -> None:
    """Who is cancelled while it has a block open, or leaves it, is cancelled; what was asked keeps nobody there.

    A program that is to end waits for a question that waits for a message which nobody sends any more: Ctrl-C does
    nothing.

        async with timeout(1):
            async with portal() as ask:
                Thread(target=ask, args=(messages.get,)).start()
        # never left
    """
    if hasattr(trial.module, "calls"):
        await _cancelled_while_a_function_is_at_work(trial)
    for name in ("calls", "bridge", "portal"):
        if hasattr(trial.module, name) and not trial.seed:  # nothing else happens meanwhile
            await _cancelled_in_its_block(trial, name)
    if hasattr(trial.module, "portal"):
        for leaving in (False, True):
            await _cancelled_while_a_question_hangs(trial, leaving=leaving)


async def _cancelled_in_its_block(trial: Trial, name: str) -> None:
    """Nothing behind the block runs then, be it up to the next wait, where Trio cancels again."""
    passed = False

    async def block() -> None:
        nonlocal passed
        async with getattr(trial.module, name)(*(() if name == "portal" else (1,))):
            await event(trial).wait()
        passed = True

    async with trial.crew() as crew:
        opener = crew.start(block, name="who has opened the block")
        await trial.hop(TURNS)
        opener.cancel()
        await over(trial, opener)
    which = {"calls": "a block", "bridge": "a bridge", "portal": "a portal"}[name]
    expect(not passed, f"who was cancelled in {which} went on behind it")
    expect(opener.outcome == "cancelled", f"who was cancelled in {which} {ending(opener)}")


async def _cancelled_while_a_function_is_at_work(trial: Trial) -> None:
    function = Blocking(1, bound=LONG)
    callers: list[Player] = []
    async with trial.crew() as crew:

        async def block() -> None:
            async with trial.module.calls(1) as call:
                callers.append(crew.start(call, function, name="caller"))
                await until(trial, function.begun.is_set)
            await trial.hop()

        opener = crew.start(block, name="who has opened the block")
        await until(trial, function.begun.is_set)
        await trial.hop(TURNS)  # until it waits for the function, if it does
        there = not opener.done
        opener.cancel()
        await trial.hop(3)
        stood_still = there and function.ended.is_set()
        function.gate.set()
        await over(trial, opener, *callers)
    expect(not stood_still, "who was cancelled while it left a block, whose last function blocked, held up the loop")
    cancelled = opener.outcome == "cancelled" or not there
    expect(cancelled, f"who was cancelled while it left a block, whose last function was at work, {ending(opener)}")


async def _cancelled_while_a_question_hangs(trial: Trial, *, leaving: bool) -> None:
    begun = threading.Event()
    closing, message = event(trial), event(trial)
    askers: list[Asker] = []

    @shown_as("a question")
    async def hang() -> int:
        begun.set()
        await message.wait()
        return 1

    async with trial.crew() as crew:

        async def block() -> None:
            async with trial.module.portal() as ask:
                askers.append(Asker(ask, hang))
                await until(trial, begun.is_set)
                if not leaving:
                    await closing.wait()
            await trial.hop()

        opener = crew.start(block, name="who has opened the portal")
        await until(trial, begun.is_set)
        await trial.hop(TURNS)
        there = not opener.done
        opener.cancel()
        gone = await until(trial, lambda: opener.done)
        message.set()
        await over(trial, opener)
        await askers[0].settles(trial)
    when = "while it left a portal" if leaving else "while it had a portal open"
    expect(gone, f"who was cancelled {when} waited for what was asked, which hangs")
    expect(opener.outcome == "cancelled" or not there, f"who was cancelled {when} {ending(opener)}")
    told = askers[0].answer == 1 or askers[0].error is not None
    expect(told, f"a portal was left, and its opener cancelled, while a question hung that returns 1: {askers[0]}")


LEAVING = (
    Promise(left_portal_leaves_nobody_waiting, real=True, about=PORTAL),
    Promise(late_call_ends, real=True, about=CALLS, tolerates=("left running",)),  # who serves it may need a thread
    Promise(cancelled_opener_is_cancelled, real=True, about=("calls", "bridge", "portal")),
)
