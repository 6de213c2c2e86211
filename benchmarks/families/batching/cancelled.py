"""What is asked of ``patterns.batching`` about cancellation: who is touched by it, and who is not."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import anyio
import trio

from benchmarks.families.batching.scene import MOMENTS, BlockError, Made, Scene, right, scene, some, window
from benchmarks.safety.cancelling import block_is_cancelled
from benchmarks.safety.errors import arrived
from benchmarks.safety.trials import HOUR, Player, Trial, ending, expect, listed

CALLERS = {"a": 5, "b": 5, "c": 6}


async def cancel_is_private(trial: Trial) -> None:
    """Cancelling one caller changes nobody else's answer, now or later.

    Answers that are shared are cancelled for everybody when one caller hangs up; a call that runs in one caller's task
    dies with it. A key may even stay poisoned: whoever asks for it later is cancelled too.

        async with asyncio.timeout(1):
            await loader.load("config")   # one slow client gives up
        # all others who wait for "config" are cancelled as well,
        # and so is everybody who asks for it from now on
    """
    landed, long = False, await window(trial)
    for victims in some(trial, ("a", "b", "c", "ab", "abc")):
        landed |= await _cancel_some(trial, victims, 0.0)
        await _cancel_some(trial, victims, long)
        await _cancel_some(trial, victims, long, max_size=len(CALLERS))
    await _cancel_who_gets_an_error(trial)
    if trial.seed or trial.tick < 2:
        for victim in some(trial, ("a", "b", "c")):
            await _cancel_when_answered(trial, victim)
    trial.landed = landed


async def _cancel_some(trial: Trial, victims: str, max_wait: float, max_size: int = 100) -> bool:
    """Strike these of three callers at the turn of the trial; in a long window the others are answered at its end.

    With a ``max_size`` of three they fill a batch, which leaves with the last of them.
    """

    async def answer(made: Made) -> list[int]:
        await trial.hop(2)
        return [right(key) for key in made.keys]

    async with scene(trial, answer, max_size, max_wait) as made:
        players = {}
        for name, key in CALLERS.items():
            players[name] = made.ask(key, f"caller {name}")
            await trial.drift(3)
        await made.all_asked()
        await trial.strike(*(players[name] for name in victims))
        later = [made.ask(key) for key in (5, 6)]
        await made.all_asked()
        await made.end_window(max_wait)
        await made.answered(*(players[name] for name in players if name not in victims), *later)
        if max_wait < HOUR:
            await made.answered(made.ask(5), made.ask(6))
            await made.leave()
    return trial.landed


async def _cancel_who_gets_an_error(trial: Trial) -> None:
    """Strike a caller whose key has an exception for a value: there is nobody left to raise it for."""

    async def answer(made: Made) -> list[int | LookupError]:
        await trial.hop(2)
        return [LookupError(key) if key == CALLERS["c"] else right(key) for key in made.keys]

    async with scene(trial, answer) as made:
        victim, *others = [made.ask(key) for key in (CALLERS["c"], 7, 8)]
        await made.all_asked()
        await trial.strike(victim)
        await made.answered(*others)
        await made.leave()


async def _cancel_when_answered(trial: Trial, victim: str) -> None:
    """Cancel in the turn of the answer: just before it is given, or by the first who has it."""
    players: dict[str, Player] = {}
    before = bool(trial.draw(1) if trial.seed else trial.tick)

    async def answer(made: Made) -> list[int]:
        await trial.hop()
        if before and victim in players:
            players[victim].cancel()
        return [right(key) for key in made.keys]

    async def quick(key: int) -> int:
        got: int = await made.load(key)
        if not before:
            players[victim].cancel()
        return got

    async with scene(trial, answer) as made:
        first = made.crew.start(quick, 4, name="first")
        players.update({name: made.ask(key, f"caller {name}") for name, key in CALLERS.items()})
        expect(await made.ended(first), "the first caller waits for ever")
        expect(first.value == right(4), f"the first caller {ending(first)} instead of {right(4)}")
        await made.answered(*(players[name] for name in players if name != victim))
        await made.answered(made.ask(5), made.ask(6))
        await made.leave()


async def cancel_is_heeded(trial: Trial) -> None:
    """Who is cancelled, or whose timeout fires, leaves at once, whatever the call is doing; the block ends so, too.

    A request whose deadline has passed, and that waits on, holds its connection, its memory and its place in the queue.
    When downstream hangs, so does everything, and no timeout helps.

        async with asyncio.timeout(1):
            await batcher.load(1)     # downstream hangs
        # the timeout fires after one second, and the caller
        # still waits for the call to come back
    """

    async def answer(call: Made) -> list[int]:
        await made.hold.wait()
        return [right(key) for key in call.keys]

    async with scene(trial, answer, max_wait=HOUR if trial.seed % 2 else 0.0, max_size=3) as made:
        victims = [made.ask(1, "a cancelled caller"), _with_timeout(made, 3)]
        made.ask(2)
        await made.all_asked()
        if late := trial.tick > MOMENTS:
            made.hold.set()
        await trial.strike(*victims)
        for player in victims:
            expect(await made.ended(player), f"{player.name} waits on while the call is under way")
        if not late:
            expect(victims[0].outcome == "cancelled", f"a cancelled caller {ending(victims[0])}")
            expect(victims[1].value == "timed out", f"a caller whose timeout fired {ending(victims[1])}")
        await made.leave()
    if trial.seed == trial.tick == 0:
        await _block_ends_as_it_should(trial)


async def _block_ends_as_it_should(trial: Trial) -> None:
    """The block that opened the batcher is cancelled, as it waits or as it leaves, or fails, with a call under way."""

    async def answer(call: Made) -> list[int]:
        await made.hold.wait()
        return [right(key) for key in call.keys]

    await block_is_cancelled(trial, partial(trial.module.batcher, _never_asked, 3, 0.0), "a batcher")
    for way in ("was cancelled", "was cancelled as it left", "failed"):
        async with scene(trial, answer) as made:
            made.ask(1)
            await made.begun(1)
            made.fails = way == "failed"
            if way != "was cancelled":
                made.leaving.set()
            await trial.settle()
            if made.block.done and not made.fails:
                continue  # it gives up its calls as it leaves
            if not made.fails:
                made.block.cancel()
            await trial.hop(MOMENTS)
            made.hold.set()  # who waits for its calls all the same may do so
            ended = await made.ended(made.block)
            told = arrived(made.block.error, BlockError()) if made.fails else made.block.outcome == "cancelled"
            expect(told or not ended, f"the block that opened the batcher {way}, and {ending(made.block)}")


async def _never_asked(keys: Sequence[int]) -> list[int]:
    raise AssertionError(f"nobody has asked for {listed(keys)}")


def _with_timeout(made: Scene, key: int) -> Player:
    """A caller with a timeout, which fires when it is told to cancel; it returns ``timed out`` or the answer."""
    neutral = made.trial.alternative.library == "anyio"
    fire: list[Callable[[], object]] = []

    async def in_scope() -> object:
        with anyio.CancelScope() if neutral else trio.CancelScope() as scope:
            fire.append(scope.cancel)
            return await made.load(key)
        return "timed out"

    async def in_timeout() -> object:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as timeout:
                fire.append(lambda: timeout.reschedule(loop.time()))
                return await made.load(key)
        except TimeoutError:
            return "timed out"

    scoped = neutral or made.trial.is_trio
    player = made.crew.start(in_scope if scoped else in_timeout, name="a caller whose timeout fired")
    player.cancel = lambda: None if player.done else fire[0]()
    return player
