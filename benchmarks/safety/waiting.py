"""How a trial waits for what turns of the loop alone do not bring, timers and unknown threads, and what rest holds."""

import gc
import sys
import threading
from collections.abc import Awaitable, Callable

from benchmarks.plan.runtime import Runtime, nap, waited_for
from benchmarks.plan.unrest import unrest_here
from benchmarks.plan.virtual import RESTLESS
from benchmarks.safety.trials import Crew, Player, Trial

PATIENCE = 300  # turns in which what a few tasks are up to has long happened
TIMERS, A_WHILE = 10, 1.0  # and then so many timers, of so many units: who looks now and then is right, too
LONG = f"{PATIENCE} turns and some time"


async def in_time(trial: Trial, happened: Callable[[], bool], seconds: float) -> bool:
    """Let turns pass, and threads work, until it has happened; whether it has within so many real seconds.

    Those do not count in which others had the processor, here and where something else is waited for.
    """
    runtime = Runtime()
    while not happened() and runtime.seconds() < seconds:
        await trial.hop()
        nap()
    return happened()


def ended_in_time(thread: threading.Thread, seconds: float) -> bool:
    """Wait until a thread has ended, but at most so many real seconds of that kind; whether it has."""
    return waited_for(lambda: not thread.is_alive(), seconds)


async def after_turns(trial: Trial, happened: Callable[[], bool], turns: int, timers: int, units: float = 1) -> bool:
    """Let so many turns pass, and then so many timers of so many units, until it has happened; whether it has."""
    if await trial.rest(turns, happened):
        return True
    for _ in range(timers):
        await trial.sleep(units)
        if happened():
            return True
    return False


async def before_long(trial: Trial, happened: Callable[[], bool]) -> bool:
    """Let turns pass, and then time, until it has happened; whether it has, however slow somebody is."""
    return await after_turns(trial, happened, PATIENCE, TIMERS, A_WHILE)


async def all_end(trial: Trial, *players: Player) -> bool:
    """The same until all of these tasks have ended."""
    return await before_long(trial, lambda: all(player.done for player in players))


async def comes_to_rest(trial: Trial) -> bool:
    """Whether the loop had nothing to do for a moment, lately: where time is virtual it leaps then, and else creeps."""
    await trial.sleep(1)
    return unrest_here().turns < RESTLESS


async def gives_a_turn(trial: Trial, crew: Crew, *acts: Callable[[], Awaitable[object]]) -> bool:
    """Whether other tasks have a turn while these are done, one after the other."""
    turns = 0

    async def counter() -> None:
        nonlocal turns
        while True:
            await trial.hop()
            turns += 1

    crew.start(counter, name="counter")
    await trial.hop(3)
    before = turns
    for act in acts:
        await act()
    return turns > before


async def gets_through_cancelled(trial: Trial, crew: Crew, act: Callable[[], Awaitable[object]]) -> bool:
    """Whether a task that is cancelled already does this, where it has nothing to wait for."""
    reached = False

    async def late() -> None:
        nonlocal reached
        await trial.hop(2)
        victim.cancel()
        await act()
        reached = True

    victim = crew.start(late, name="victim")
    await all_end(trial, victim)
    return reached


def memory_blocks() -> int:
    """How many blocks of memory the interpreter has given out, garbage and its cache of attributes left out.

    That cache holds on to the names that were looked up last, some thousand of them; C code looks up a new one each
    time, as that of exception groups does when one is split.
    """
    sys._clear_type_cache()  # noqa: SLF001  it has no other name
    gc.collect()
    return sys.getallocatedblocks()
