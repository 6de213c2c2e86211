"""What is asked of ``patterns.locks`` about fetches that fail."""

import asyncio

from benchmarks.families.locks.scene import AMOUNT, booked, scene, some
from benchmarks.safety.errors import arrived, same
from benchmarks.safety.trials import Trial, ending, expect, shown


class RareError(BaseException):
    """Not an Exception, as KeyboardInterrupt is not: ``except Exception`` lets it pass."""


def errors(trial: Trial) -> tuple[BaseException, ...]:
    """What a fetch may raise: the usual, the rare, and what looks like a cancellation that nobody asked for."""
    return some(trial, (LookupError("no such bank"), RareError("rare"), GeneratorExit(), asyncio.CancelledError()))


async def errors_reach_the_caller(trial: Trial) -> None:
    """What a fetch raises reaches the caller of its deposit, and nobody else.

    An error that is swallowed is a payment that nobody knows is missing. One that comes as something else, and does
    not even say what it was raised from, cannot be handled by anybody.

        try:
            await ledger.deposit(1, fetch) # fetch() raises LookupError
        except Exception as error:
            log(error)                     # "the deposit failed", and why?
    """
    for error in errors(trial):
        async with scene(trial) as s:
            first = s.deposit("first")
            await trial.drift()
            failing = s.deposit("failing", s.fetch("failing", trial.draw(4), error=error))
            last = s.deposit("last")
            await s.until(lambda players=(first, failing, last): all(player.done for player in players))  # type: ignore[misc]
            expect(arrived(failing.error, error), f"the fetch raised {error!r}, its deposit {ending(failing)}")
            for player in (first, last):
                expect(player.error is None, f"a fetch raised {error!r}, another deposit got {shown(player.error)}")


async def errors_come_bare(trial: Trial) -> bool:
    """What a fetch raises arrives as it was raised, and not as the cause of another error.

    Not a fault either way: whoever wraps an error says what was being done, and keeps the cause. But it passes by an
    ``except`` that was written for what the fetch raises.

        try:
            await ledger.deposit(1, fetch) # fetch() raises LookupError
        except LookupError:
            await ask_again()              # not where it comes as the
            # cause of a DepositError
    """
    error = LookupError("no such bank")
    async with scene(trial) as s:
        failing = s.deposit("failing", s.fetch("failing", error=error))
        await s.until(lambda: failing.done)
        return same(failing.error, error)


async def failure_leaves_no_trace(trial: Trial) -> None:
    """A deposit whose fetch fails leaves the account as it was.

    The entry is counted before the amount is there. When the fetch then fails, the books show an entry without an
    amount, and every average is wrong from then on.

        account.entries += 1
        account.balance += await fetch()   # raises
        # one entry, no amount
    """
    for error in errors(trial):
        async with scene(trial) as s:
            players = [s.deposit("first")]
            await trial.drift()
            players.append(s.deposit("failing", s.fetch("failing", trial.draw(4), error=error)))
            await trial.drift()
            players.append(s.deposit("last"))
            await s.until(lambda players=players: all(player.done for player in players))  # type: ignore[misc]
            returned = sum(player.outcome == "returned" for player in players)
            seen = await s.seen()
            kept = seen == (AMOUNT * returned, returned)
            expect(kept, f"{returned} deposits of {AMOUNT} returned, one failed, and {booked(*seen)}")


async def failed_holder(trial: Trial) -> None:
    """After a deposit whose fetch failed, the next one gets its turn, whatever was raised.

    ``except Exception`` does not catch everything: KeyboardInterrupt, a cancelled sub-task or a generator that is
    closed pass it by. The account stays locked, and everybody behind waits for ever.

        try:
            amount = await fetch()         # raises CancelledError of a sub-task
        except Exception:
            lock.release()                 # not reached
            raise
    """
    for error in errors(trial):
        async with scene(trial) as s:
            failing = s.deposit("failing", s.fetch("failing", trial.draw(4), error=error))
            await trial.drift()
            behind = [s.deposit("next"), s.deposit("last")]
            when = f" after a fetch raised {error!r}"
            ended = await s.until(lambda failing=failing: failing.done)  # type: ignore[misc]
            expect(ended, f"the failing deposit itself is still waiting{when}")
            await s.returned(*behind, when=when)
            await s.returned(s.deposit("latecomer"), when=when)


async def fetch_runs_once(trial: Trial) -> None:
    """A fetch is awaited exactly once for a deposit, and never again after it has failed.

    A fetch takes money from somewhere. One that is awaited again because the first attempt failed or came in vain
    takes it twice; the account shows one of the two.

        async def fetch():
            return await bank.withdraw(100)
        await ledger.deposit(1, fetch)     # withdraws 200, enters 100
    """
    async with scene(trial) as s:
        players = []
        for number in range(6):
            error = LookupError("once") if number % 3 == 1 else None
            players.append(s.deposit(f"{number}", s.fetch(f"{number}", 1 + trial.draw(2), error=error)))
            await trial.drift()
        await trial.hop(trial.draw(12))
        players[trial.draw(5)].cancel()
        await s.until(lambda: all(player.done for player in players))
        for player in players:
            times = s.began.count(player.name)
            expect(times <= 1, f"one deposit awaited its fetch {times} times")
            expect(times == 1 or player.outcome != "returned", "a deposit returned without awaiting its fetch")
