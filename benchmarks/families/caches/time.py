"""Time for the promises of ``patterns.caches``: who lets virtual time pass, who goes by it, and who has real time."""

import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace

from benchmarks.families.caches.scene import Scene, named_here, scene
from benchmarks.safety.trials import Trial, time_passes

REAL_UNIT = 0.02  # seconds
OVER = 2  # lives, after which one is over

_restless: set[str] = set()
_virtual: dict[str, bool] = {}


def restless(trial: Trial) -> bool:
    """Whether virtual time is known not to pass: it does so only when everybody waits for something."""
    return trial.alternative.module in _restless


async def passed(made: Scene, units: float) -> bool:
    """Let time pass; whether it did. An alternative that never comes to rest is noted, and not asked again."""
    did = await time_passes(made.trial, units)
    if not did:
        _restless.add(made.trial.alternative.module)
    return did


async def goes_by_virtual_time(trial: Trial, ttl: float) -> bool:
    """Whether an entry ends as virtual time passes.

    Else it never does, or by a clock that nothing here replaces: a timer of a thread's, one of the operating system, or
    one that was bound where it cannot be found.
    """
    name = named_here(trial)
    if name not in _virtual:
        async with scene(trial, ttl=ttl) as probe:
            await probe.ended(probe.ask(1))
            await trial.sleep(OVER * ttl / trial.unit)
            await probe.ended(probe.ask(1))
            _virtual[name] = len(probe.loads) > 1
            probe.leaving.set()
            await probe.ended(probe.block)
    return _virtual[name]


async def in_real_time(trial: Trial, play: Callable[[Trial], Awaitable[None]]) -> None:
    """Play where time is real: here, or, where it is virtual, on a loop in a thread of its own."""
    if not trial.virtual:
        await play(trial)
        return
    real, broken = replace(trial, unit=REAL_UNIT), list[BaseException]()
    real.load()

    def run() -> None:
        try:
            trial.backend.run(lambda: play(real), trial.seed)
        # Whatever it is, the trial raises it.
        except BaseException as error:
            broken.append(error)

    thread = threading.Thread(target=run, name="trial of real time", daemon=True)
    thread.start()
    thread.join()  # nothing else happens here meanwhile
    for error in broken:
        raise error
