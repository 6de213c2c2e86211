"""Virtual time for the promises of ``patterns.caches``, where somebody may be too busy to let it pass."""

from benchmarks.families.caches.scene import Scene
from benchmarks.safety.trials import Trial, time_passes

_restless: set[str] = set()


def restless(trial: Trial) -> bool:
    """Whether virtual time is known not to pass: it does so only when everybody waits for something."""
    return trial.alternative.module in _restless


async def passed(made: Scene, units: float) -> bool:
    """Let time pass; whether it did. An alternative that never comes to rest is noted, and not asked again."""
    did = await time_passes(made.trial, units)
    if not did:
        _restless.add(made.trial.alternative.module)
    return did
