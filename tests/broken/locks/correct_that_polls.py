"""Correct, and slow: whoever waits looks every millisecond whether the number on its ticket has come up."""

from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.locks import Fetch

LIBRARY = "anyio"


class PlantedLedger:
    def __init__(self) -> None:
        self.tickets: defaultdict[int, deque[int]] = defaultdict(deque)
        self.accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        ticket, tickets = anyio.get_current_task().id, self.tickets[account]
        if ticket in tickets:
            raise RuntimeError("this task has a ticket already")
        tickets.append(ticket)
        try:
            while tickets[0] != ticket:  # noqa: ASYNC110  it polls
                await anyio.sleep(0.001)
            amount = await fetch()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1
        finally:
            tickets.remove(ticket)

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    yield PlantedLedger()
