"""Whether what is over takes memory that is never given back: what a workload does is done again and again."""

import threading
import warnings
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial

from benchmarks.engine.blocks import living_generators
from benchmarks.plan.workloads import Once, Workload
from benchmarks.safety.trials import HOUR, Trial, event, expect
from benchmarks.safety.waiting import memory_blocks

Opened = Callable[[], AbstractAsyncContextManager[Once]]

CALLS = 40  # of what a workload times, between two looks
CROWD, CROWDS = 100, 3  # who wait at once and give up, and how often one after the other
WAITS = CROWD * CROWDS
LOOKS = 25  # until one finds no more than before: what is kept for later is kept once, and what is lost each time


async def same_memory(trial: Trial, workloads: Sequence[Workload], names: Collection[str], n: int = 1) -> None:
    """Expect that what these workloads do, at a point of their axis, takes no more memory the more often it is done."""
    for workload in workloads:
        if workload.name in names and hasattr(trial.module, workload.needs):
            opened = partial(workload.prepare, trial.module, trial.backend.toolkit, n, Counter())
            await same_memory_of(trial, opened, workload.question.rstrip("?"))


async def same_memory_of(trial: Trial, opened: Opened, what: str) -> None:
    """Expect that what ``opened`` brings takes no more memory the more often it is done; ``what`` it is, in words."""
    kept = await _kept(trial, opened)
    each = f"{kept / CALLS:.1f} blocks of memory"
    expect(not kept, f"{each} are kept each time that this is done: {what}")


async def kept_of_waits(trial: Trial, wait: Callable[..., Awaitable[object]], *arguments: object, name: str) -> int:
    """How many blocks of memory more there are when ``WAITS`` have waited in vain, and were cancelled."""
    await _give_up(trial, wait, *arguments, name=name)
    before = memory_blocks()
    for _ in range(CROWDS):
        await _give_up(trial, wait, *arguments, name=name)
    return memory_blocks() - before


async def _give_up(trial: Trial, wait: Callable[..., Awaitable[object]], *arguments: object, name: str) -> None:
    """A crowd that waits, and is cancelled."""
    async with trial.crew() as crew:
        for _ in range(CROWD):
            crew.start(wait, *arguments, name=name)
        await trial.hop(3)
    trial.crews.remove(crew)  # or the trial holds on to its tasks
    await trial.sleep(1)  # a loop may keep timers that were cancelled until they are due


async def _kept(trial: Trial, opened: Opened) -> int:
    """How many blocks of memory more there are; 0 if what is asked for is not done, which is told where it matters."""
    over = event(trial)

    async def look() -> int:
        try:
            async with opened() as once:
                return await _grown(trial, once)
        finally:
            over.set()

    # Whoever is to look at warnings later would need memory for each of them.
    with warnings.catch_warnings(action="ignore"):
        async with trial.crew() as crew:
            player = crew.start(look, name="who looks at the memory")
            await over.wait()
            await trial.ended(player)
    return player.value if player.outcome == "returned" else 0


async def _grown(trial: Trial, once: Once) -> int:
    """How many blocks of memory more were found at the last look; 0 if one found no more than some.

    It is 0, too, where they belong to what is left running or open: that breaks another promise.
    """
    before, left = await _blocks_after(trial, once), _left_behind(trial)
    more = 0
    for _ in range(LOOKS):
        after = await _blocks_after(trial, once)
        before, more = after, after - before
        if more < CALLS // 2 or _left_behind(trial) >= left + CALLS // 2:
            return 0
    return more


async def _blocks_after(trial: Trial, once: Once) -> int:
    for _ in range(CALLS):
        await once()
    # Loops keep timers that were taken back until their time has come, or there are hundreds of them.
    await (trial.sleep(2 * HOUR) if trial.virtual else trial.hop())
    return memory_blocks()


def _left_behind(trial: Trial) -> int:
    return trial.living() + threading.active_count() + living_generators()
