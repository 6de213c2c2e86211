"""Deposits and reads that arrive one by one."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.families.locks.workloads import amount_after_a_hop
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.locks import Family

AMOUNT = 7
RARELY = 20  # calls, one of which deposits where most only read


class LostError(Exception):
    """A deposit that returned is not in its account."""


@asynccontextmanager
async def calls(
    family: Family,
    toolkit: Toolkit,
    n: int,
    *,
    account_of: Callable[[int, int], int],
    deposits: Callable[[int], bool],
) -> AsyncIterator[Operate]:
    """Deposit or read, each into the account of its number; both numbers of an account must always fit."""
    fetch = amount_after_a_hop(toolkit, AMOUNT, Counter())
    entered: Counter[int] = Counter()
    async with family.ledger() as ledger:

        async def operate(number: int) -> bool:
            account = account_of(number, n)
            if deposits(number):
                await ledger.deposit(account, fetch)
                entered[account] += 1
                return True
            balance, entries = await ledger.read(account)
            return balance == AMOUNT * entries

        yield operate
        for account, entries in entered.items():
            if await ledger.read(account) != (AMOUNT * entries, entries):
                raise LostError(f"account {account}: {entries} deposits had returned")


ONE = partial(calls, account_of=lambda _, __: 0)
ARRIVALS: dict[str, Arrivals | str] = {
    "uncontended": "there is one caller, who comes again when it has been served",
    "contended": Arrivals(partial(ONE, deposits=lambda _: True)),
    "many_keys": Arrivals(partial(calls, account_of=lambda number, n: number % n, deposits=lambda _: True)),
    "read_mostly": Arrivals(partial(ONE, deposits=lambda number: number % RARELY == 0)),
}
