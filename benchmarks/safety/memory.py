"""Whether what is over takes memory that is never given back: what a workload does is done again and again."""

import threading
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial

from benchmarks.engine.blocks import living_generators
from benchmarks.plan.workloads import Once, Workload
from benchmarks.safety.trials import HOUR, Trial, event, expect
from benchmarks.safety.waiting import memory_blocks

Opened = Callable[[], AbstractAsyncContextManager[Once]]

CALLS = 40  # of what a workload times, between two looks
LOOKS = 25  # until one finds no more than before: what is kept for later is kept once, and what is lost each time


async def same_memory(trial: Trial, workloads: Sequence[Workload], names: Collection[str], n: int = 1) -> None:
    """Expect that what these workloads do, at a point of their axis, takes no more memory the more often it is done."""
    for workload in workloads:
        if workload.name in names and hasattr(trial.module, workload.needs):
            opened = partial(workload.prepare, trial.module, trial.backend.toolkit, n, Counter())
            kept = await _kept(trial, opened)
            each = f"{kept / CALLS:.1f} blocks of memory"
            expect(not kept, f"{each} are kept each time that this is done: {workload.question.rstrip('?')}")


async def _kept(trial: Trial, opened: Opened) -> int:
    """How many blocks of memory more there are; 0 if what is asked for is not done, which is told where it matters."""
    over = event(trial)

    async def look() -> int:
        try:
            async with opened() as once:
                return await _grown(trial, once)
        finally:
            over.set()

    with _unrecorded():
        async with trial.crew() as crew:
            player = crew.start(look, name="who looks at the memory")
            await over.wait()
            await trial.ended(player)
    return player.value if player.outcome == "returned" else 0


@contextmanager
def _unrecorded() -> Iterator[None]:
    """Warnings are not kept meanwhile: whoever is to look at them later would need memory for each of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


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
