"""What is asked of ``patterns.caches`` about cancellation: who is touched by it, and what becomes of the load."""

import math
from functools import partial
from itertools import product
from typing import Any

import anyio
import trio

from benchmarks.families.caches.scene import (
    CACHE,
    QUIET,
    BlockError,
    Made,
    Scene,
    Source,
    flies_single,
    held,
    kinds,
    named,
    opening,
    pace,
    right,
    scene,
    some,
    ways,
)
from benchmarks.safety.cancelling import block_is_cancelled
from benchmarks.safety.errors import arrived
from benchmarks.safety.trials import BY, Player, Trial, ending, expect

LOAD = 4  # turns that a load takes here
CLEANUP = 5  # turns in which a cancelled load ends
CROWD = 2000  # callers of one key,
STAYS = 200  # and every so-manieth of them is not cancelled


async def cancelled_leader_leaves_an_answer(trial: Trial) -> None:
    """When the caller whose call was loading is cancelled, the others still get a value.

    Whoever comes first loads for all. When that one request hangs up, all who waited for it are cancelled with it, or
    wait for an answer that nobody is getting any more.

        task = create_task(cache.get("config"))   # comes first
        waiting = gather(*(cache.get("config") for _ in range(50)))
        task.cancel()       # one client hangs up
        await waiting       # CancelledError for fifty others
    """
    landed = False
    for kind, way in some(trial, *product(kinds(trial, 2), ways(trial))):
        landed |= await _cancel_leaders(trial, kind, way, math.inf)
    trial.landed = landed


async def cancelled_leader_is_replaced_once(trial: Trial) -> None:
    """When the caller whose call was loading is cancelled, one of the others loads instead, and no more than one.

    One request hangs up, and fifty others find nobody loading: each of them asks the source, all at the same time.

        task = create_task(cache.get("config"))   # comes first
        waiting = gather(*(cache.get("config") for _ in range(50)))
        task.cancel()       # one client hangs up
        await waiting       # fifty loads
    """
    landed = False
    for kind, way in some(trial, *product(kinds(trial, 2), ways(trial))):
        landed |= await _cancel_leaders(trial, kind, way, 1)
    trial.landed = landed


async def _cancel_leaders(trial: Trial, kind: int, way: str, more: float) -> bool:
    """Strike the first caller of a key, or the first two; for each of them there may be so many ``more`` loads."""
    victims = 1 + trial.draw(1) if trial.seed else 1 + trial.tick % 2
    counts = more < math.inf  # whoever waits for ever is another promise's matter
    landed = await _cancel_some(trial, kind, way, tuple(range(victims)), 1 + more * victims, counts=counts)
    if trial.seed % 3 == 1 or (not trial.seed and trial.tick < 2):
        await _cancel_when_loaded(trial, kind, way, 0, 1 + more, counts=counts)
    return landed


async def cancelled_follower_harms_nobody(trial: Trial) -> None:
    """A caller who is cancelled while another one's call is loading changes nothing for anybody else.

    What is shared between callers is cancelled through any of them: one slow client whose timeout fires takes the load
    down for all who wait, whoever began it.

        if key in self.tasks:
            return await self.tasks[key]      # not shielded
        # one of those who wait here is cancelled, and with it
        # the task, and with that everybody
    """
    landed = False
    for kind, way in some(trial, *product(kinds(trial, 2), ways(trial))):
        victims = ((1,), (3,), (1, 2, 3))[trial.draw(2) if trial.seed else trial.tick % 3]
        landed |= await _cancel_some(trial, kind, way, victims, 1)
        if trial.seed % 3 == 1 or (not trial.seed and trial.tick < 2):
            await _cancel_when_loaded(trial, kind, way, 1, 1)
    if trial.seed == trial.tick == 0 and await pace(trial) == 0:
        await _cancel_a_crowd(trial, kinds(trial, 1)[0])
    trial.landed = landed


async def _cancel_a_crowd(trial: Trial, kind: int) -> None:
    """Thousands of callers of one key, as when the source hangs, and nearly all of them are cancelled in one turn."""
    async with scene(trial, held, kind) as made:
        crowd = [made.ask(5, f"caller {number} of {CROWD}") for number in range(CROWD)]
        await made.all_asked()
        await trial.hop(LOAD)
        for seat, player in enumerate(crowd):
            if seat % STAYS:
                player.cancel()
        await trial.hop(CLEANUP)
        made.hold.set()
        await made.answered(*crowd[::STAYS])
        await made.leave()


async def _cancel_some(
    trial: Trial, kind: int, way: str, victims: tuple[int, ...], most: float, *, counts: bool = False
) -> bool:
    """Strike these of four callers of a key at the turn of the trial; ``most`` is how many loads there may be.

    Where only that ``counts``, nobody is expected to get an answer.
    """
    async with scene(trial, _in_turns, kind) as made:
        players = [made.ask(5, "the first caller", way)]
        await made.begun(1)
        for number in (1, 2, 3):
            players.append(made.ask(5, f"caller {number} of the same key", way))
            await trial.drift(2)
        players.append(made.ask(6, "a caller of another key", way))
        await made.all_asked()
        await trial.strike(*(players[victim] for victim in victims))
        later = [made.ask(5), made.ask(6)]
        answered = made.ended if counts else made.answered
        await answered(*(player for number, player in enumerate(players) if number not in victims), *later)
        await answered(made.ask(5))
        loads = made.count(5)
        await made.leave()
    landed = trial.landed
    told = f"after {len(victims)} of 4 callers were cancelled a key was loaded {loads} times ({made.told()})"
    expect(loads <= most or not await flies_single(trial, kind), told)
    return landed


async def _in_turns(made: Scene, load: Made) -> int:
    await made.trial.hop(LOAD)
    return right(load.key)


async def _cancel_when_loaded(
    trial: Trial, kind: int, way: str, victim: int, most: float, *, counts: bool = False
) -> None:
    """Cancel in the very turn in which the load returns, from within it."""
    players: list[Player] = []

    async def answer(made: Scene, load: Made) -> int:
        await made.hold.wait()
        await trial.hop(LOAD)
        if load.number == 0:
            players[victim].cancel()
        return right(load.key)

    async with scene(trial, answer, kind) as made:
        players.append(made.ask(5, "caller 0", way))
        await made.begun(1)
        players.extend(made.ask(5, f"caller {number}", way) for number in (1, 2))
        made.hold.set()
        answered = made.ended if counts else made.answered
        await answered(*(player for number, player in enumerate(players) if number != victim), made.ask(5))
        await made.leave()
    told = f"a caller was cancelled when the load returned, and {made.count(5)} loads were made"
    expect(made.count(5) <= most or not await flies_single(trial, kind), told)


async def cancelled_caller_leaves(trial: Trial) -> None:
    """A caller that is cancelled, or whose timeout fires, leaves at once when others still wait for the load.

    A request whose deadline has passed, and that waits on behind a shield, holds its connection, its memory and its
    place in the queue. When the source hangs, everything does, and no timeout helps.

        async with asyncio.timeout(1):
            await cache.get("config")     # the source hangs
        # the timeout fires after one second, and the caller
        # still waits for the load to end
    """
    for kind, way in some(trial, *product(kinds(trial, 2), ways(trial))):
        # One moment of a loop is like another for what goes through a server.
        for moment in some(trial, *range(LOAD)) if await pace(trial) == 0 else (0,):
            await _leave_early(trial, kind, way, moment)
    for kind in kinds(trial, 2) if trial.seed == 0 else ():
        await block_is_cancelled(trial, partial(opening, trial, Source(_never_asked).load, kind), named(kind))
        await _leave_alone(trial, kind)
        await _leave_while_it_loads(trial, kind, fails=False)
        await _leave_while_it_loads(trial, kind, fails=True)


async def _never_asked(key: Any) -> Any:
    raise AssertionError(f"nobody has asked for {key!r}")


async def _leave_alone(trial: Trial, kind: int) -> None:
    """The only caller of a key is cancelled, and who invalidates that if it waits; the load goes on in a while."""
    async with scene(trial, held, kind) as made:
        players = [made.ask(5, "the only caller")]
        await made.begun(1)
        await made.quiet()
        if kind == CACHE:
            players.append(made.crew.start(made.subject.invalidate, 5, name="who invalidates the key"))
            await made.quiet()
        waited = [player for player in players if not player.done]
        for player in waited:
            player.cancel()
        await trial.ended(*waited, turns=QUIET)
        made.hold.set()
        await made.ended(*waited)
        for player in waited:
            expect(player.outcome == "cancelled", f"{player.name} was cancelled while it waited, and {ending(player)}")
        made.leaving.set()
        await made.ended(made.block)


async def _leave_early(trial: Trial, kind: int, way: str, moment: int) -> None:
    async with scene(trial, held, kind) as made:
        players = [made.ask(5, "the first caller", way)]
        await made.begun(1)
        for number in (1, 2):
            players.append(made.ask(5, f"caller {number} of the same key", way))
            await trial.drift(2)
        await made.all_asked()
        if await pace(trial) > 0:
            await made.quiet()
        await trial.hop(moment)
        victim = players[trial.draw(2) if trial.seed else moment % 3]
        victim.cancel()
        told = f"{victim.name} was cancelled {BY[way]}"
        expect(await made.ended(victim), f"{told}, and waits on while a load hangs")
        stopped = victim.outcome == "cancelled" or (way != "cancel" and isinstance(victim.error, TimeoutError))
        expect(stopped, f"{told}, and {ending(victim)}")
        made.hold.set()
        await trial.ended(*players)
        made.leaving.set()
        await made.ended(made.block)


async def _leave_while_it_loads(trial: Trial, kind: int, *, fails: bool) -> None:
    """The block that opened it fails, or is cancelled as it waits for a load while it leaves."""
    async with scene(trial, _stubborn, kind) as made:
        made.ask(5)
        await made.begun(1)
        made.fails = fails
        made.leaving.set()
        await made.quiet()
        if not fails and not made.block.done:
            made.block.cancel()
            await trial.ended(made.block, turns=QUIET)
            made.hold.set()
            ended = await made.ended(made.block)
            told = f"the block was cancelled while it waited for a load, and {ending(made.block)}"
            expect(made.block.outcome == "cancelled" or not ended, told)
        made.hold.set()
        if fails and await made.ended(made.block):
            raised = arrived(made.block.error, BlockError())
            expect(raised, f"the block failed, and who had opened it {ending(made.block)}")


async def _stubborn(made: Scene, load: Made) -> int:
    """Hold, and clean up as long, whoever cancels it."""
    try:
        await made.hold.wait()
    finally:
        with anyio.CancelScope(shield=True):
            await made.hold.wait()
    return right(load.key)


async def abandoned_load_is_ended(trial: Trial) -> None:
    """When all callers of a load are cancelled it is cancelled too, and has ended when the last of them returns.

    The clients have gone, and the query runs on: it holds a connection, and when the source hangs, loads that nobody
    waits for add up. Or it is cancelled, and still cleaning up when the connection it uses is closed.

        async with connect() as db:
            async with asyncio.timeout(1):
                await cache.get(1)        # nobody else asks
        # closed, while the load still uses it
    """
    landed = False
    for kind, way in some(trial, *product(kinds(trial, 2), ways(trial))):
        landed |= await _abandon(trial, kind, way)
    trial.landed = landed


async def _abandon(trial: Trial, kind: int, way: str) -> bool:
    over_when_left: list[bool] = []

    async def answer(_: Scene, load: Made) -> int:
        try:
            await trial.hop(2 * LOAD)
        except BaseException:
            await _clean_up(trial)
            raise
        return right(load.key)

    async def caller() -> None:
        try:
            await made.get(5)
        finally:
            over_when_left.append(all(load.over for load in made.loads))

    async with scene(trial, answer, kind) as made:
        players = []
        for _ in range(1 + (trial.draw(2) if trial.seed else trial.tick % 2)):
            players.append(made.play(caller, "a caller of 5", way))
            await trial.drift(2)
        if trial.seed % 2:
            await made.begun(1)
            trial.random.shuffle(players)
        first = players[:1] if trial.seed % 3 == 2 else players
        await trial.strike(*first)
        if first is not players:  # the others give up later, one of them perhaps while it loads
            await trial.hop(trial.draw(4))
            for player in players:
                player.cancel()
        expect(await made.ended(*players), f"a caller was cancelled {BY[way]} with all others, and waits for ever")
        loads = len(made.loads)
        expect(
            not over_when_left or over_when_left[-1], f"the last caller was cancelled {BY[way]}, and its load runs on"
        )
        await trial.hop(CLEANUP)
        expect(
            all(load.over for load in made.loads) and len(made.loads) == loads,
            f"all callers were cancelled {BY[way]}, and a load ran on or began",
        )
        await made.answered(made.ask(5), made.ask(5))
        await made.leave()
    return trial.landed


async def _clean_up(trial: Trial) -> None:
    """What a load does when it is cancelled, for a few turns."""
    if trial.is_trio:
        with trio.CancelScope(shield=True):
            await trial.hop(CLEANUP)
    else:
        await trial.hop(CLEANUP)
