"""What is asked of ``patterns.locks``: whether shared state stays right when things go wrong."""

from functools import partial

from benchmarks.properties import Property
from benchmarks.trials import Trial, expect
from patterns.locks import Fetch

AMOUNT = 7


def fetch(trial: Trial, turns: int) -> Fetch:
    """A fetch of ``AMOUNT`` that takes so many turns."""

    async def fetched() -> int:
        await trial.hop(turns)
        return AMOUNT

    return fetched


async def no_lost_update(trial: Trial) -> None:
    """Every deposit that returned is in the balance, and no reader sees half of one.

    Two tasks read the same balance, wait for something, and each writes its own sum: one of the deposits is gone, and
    nothing says so.

        balance = account.balance          # A and B both read 100
        amount = await fetch()             # both wait
        account.balance = balance + amount # A writes 110, B writes 110
        # two deposits of 10, and the account grew by 10
    """
    wrong: list[object] = []

    async def task() -> None:
        for own in range(1, 4):
            await trial.drift()
            await ledger.deposit(1, fetch(trial, trial.draw(3)))
            balance, entries = await ledger.read(1)
            wrong.extend([(balance, entries, own)] if balance != AMOUNT * entries or entries < own else [])

    async with trial.module.ledger() as ledger, trial.crew() as crew:
        players = [crew.start(task) for _ in range(5)]
        expect(await trial.ended(*players, turns=1000), f"{len(crew.waiting)} of 5 depositors never got through")
        for player in players:
            expect(player.outcome == "returned", f"{player.name} {player.outcome}: {player.error!r}")
        expect(not wrong, f"a reader saw {wrong[:1]} (balance, entries, own deposits)")
        seen = await ledger.read(1)
        expect(seen == (AMOUNT * 15, 15), f"15 deposits of {AMOUNT} left (balance, entries) = {seen}")


async def cancelled_waiter(trial: Trial) -> None:
    """A cancelled waiter is removed, and the next one is served.

    A client hangs up while it waits. Its place in the queue is woken in its stead, nobody picks the wake-up up, and
    every later request waits for ever.

        async with asyncio.timeout(1):     # B waits for A, and gives up
            await ledger.deposit(...)
        await ledger.deposit(...)          # C was behind B: A has long
        # finished, but nobody ever wakes C
    """
    async with trial.module.ledger() as ledger, trial.crew() as crew:
        players = []
        for name in ("holder", "victim", "next", "last"):
            players.append(crew.start(partial(ledger.deposit, 1, fetch(trial, 4)), name=name))
            await trial.drift()
        await trial.strike(players[1])
        others = [player for player in players if player.name != "victim"]
        expect(await trial.ended(*players), f"still waiting after the victim was cancelled: {', '.join(crew.waiting)}")
        for player in others:
            expect(player.outcome == "returned", f"{player.name} {player.outcome}: {player.error!r}")
        balance, entries = await ledger.read(1)
        expect(balance == AMOUNT * entries, f"balance {balance} does not fit {entries} entries")


PROPERTIES = (
    Property(no_lost_update),
    Property(cancelled_waiter, swept=True),
)
