"""Virtual time for the promises of ``patterns.caches``, where somebody may be too busy to let it pass."""

import asyncio
import threading
from collections.abc import Callable

import trio

from benchmarks.families.caches.scene import Scene
from benchmarks.safety.trials import Trial, event

ALARM = 2.0  # real seconds in which virtual time has passed, unless somebody looks around every turn

_restless: set[str] = set()


def restless(trial: Trial) -> bool:
    """Whether virtual time is known not to pass: it does so only when everybody waits for something."""
    return trial.alternative.module in _restless


async def passed(made: Scene, units: float) -> bool:
    """Let time pass; whether it did. An alternative that never comes to rest is noted, and not asked again."""
    over = event(made.trial)

    async def sleep() -> None:
        try:
            await made.trial.sleep(units)
        finally:
            over.set()

    player = made.crew.start(sleep, name="who lets time pass")
    alarm = threading.Timer(ALARM, _from_a_thread(made.trial, player.cancel))
    alarm.name, alarm.daemon = "trial alarm", True
    alarm.start()
    try:
        await over.wait()
    finally:
        alarm.cancel()
    await made.trial.ended(player)
    if player.outcome != "returned":
        _restless.add(made.trial.alternative.module)
    return player.outcome == "returned"


def _from_a_thread(trial: Trial, function: Callable[[], object]) -> Callable[[], object]:
    """The same function, to be called by a thread."""
    if trial.is_trio:
        token = trio.lowlevel.current_trio_token()
        return lambda: token.run_sync_soon(function)
    loop = asyncio.get_running_loop()
    return lambda: loop.call_soon_threadsafe(function)
