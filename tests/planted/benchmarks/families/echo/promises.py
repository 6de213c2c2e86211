"""What is asked of the planted family when things go wrong."""

from typing import Any

from benchmarks.plan.promises import Promise
from benchmarks.safety.trials import Trial, expect


def voice(trial: Trial) -> Any:
    """Whichever function the alternative offers."""
    return getattr(trial.module, "echo", None) or trial.module.whisper


async def gives_back(trial: Trial) -> None:
    """The number comes back, whatever it is.

    A number that does not come back is lost for good.

        sent = 7
        got = await echo(sent)
        assert got == sent
    """
    got = await voice(trial)(trial.seed)
    expect(got == trial.seed, f"sent {trial.seed}, got {got}")


async def can_be_cancelled(trial: Trial) -> None:
    """Whoever calls can be cancelled at any turn.

    A call that swallows its cancellation holds up the end of the program.

        async with asyncio.timeout(1):
            await echo(7)
        # never reached
    """

    async def call() -> None:
        await trial.hop(5)
        await voice(trial)(1)

    async with trial.crew() as crew:
        player = crew.start(call)
        await trial.strike(player)
        expect(await trial.ended(player), "it does not end")
        expect(player.outcome == ("cancelled" if trial.landed else "returned"), f"it {player.outcome}")


async def asked_once(trial: Trial) -> None:
    """There is a first time.

    What happens once is tried once.

        await echo(1)
        await echo(1)
        await echo(1)
    """
    await voice(trial)(1)
    expect(trial.seed == 0, "asked again")


async def nothing_left_behind(trial: Trial) -> None:
    """A call leaves nothing running.

    What is left running costs memory until the program ends.

        await echo(1)
        await echo(1)
        await echo(1)
    """
    await voice(trial)(1)


async def no_complaints(trial: Trial) -> None:
    """Neither the loop nor the interpreter complains.

    Complaints hide those that matter.

        await echo(1)
        await echo(1)
        await echo(1)
    """
    await voice(trial)(1)


async def takes_its_time(trial: Trial) -> bool:
    """Whether a call waits for the clock.

    This is no fault, but good to know.

        await echo(1)
        await echo(1)
        await echo(1)
    """
    before = trial.now()
    await voice(trial)(1)
    return trial.now() > before


PROMISES = (
    Promise(gives_back),
    Promise(can_be_cancelled, swept=True),
    Promise(asked_once, once=True),
    Promise(nothing_left_behind, collects=("tasks", "threads", "async generators")),
    Promise(no_complaints, collects=("complaints",)),
    Promise(takes_its_time, fact=True, about=("whisper",)),
)
