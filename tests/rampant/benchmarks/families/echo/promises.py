"""What is asked of the rampant family when things go wrong."""

from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, expect


async def gives_back(trial: Trial) -> None:
    """The number comes back, whatever it is.

    A number that does not come back is lost for good.

        sent = 7
        got = await whisper(sent)
        assert got == sent
    """
    expect(await trial.module.whisper(trial.seed) == trial.seed, "another number came back")


PROMISES = (Promise(gives_back),)
