"""Correct, with a task that gives one turn after the other, each to a caller who fetches and enters itself."""

import threading
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.locks import Fetch

LIBRARY = "anyio"


class Turn:
    def __init__(self) -> None:
        self.task = anyio.get_current_task().id
        self.begins = anyio.Event()
        self.ends = anyio.Event()


class PlantedLedger:
    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.closed = False
        self.asked: deque[Turn] = deque()
        self.news = anyio.Event()
        self.holder = 0
        self.accounts: dict[int, tuple[int, int]] = {}

    async def give_turns(self) -> None:
        while True:
            self.news = anyio.Event()
            while self.asked:
                turn = self.asked.popleft()
                if not turn.ends.is_set():
                    self.holder = turn.task
                    turn.begins.set()
                    await turn.ends.wait()
            await self.news.wait()

    def close(self) -> None:
        self.closed = True
        for turn in self.asked:
            turn.begins.set()

    async def deposit(self, account: int, fetch: Fetch) -> None:
        turn = Turn()
        if self.closed or self.thread != threading.get_ident() or self.holder == turn.task:
            raise RuntimeError("not once it is closed, not from another thread, and not twice")
        self.asked.append(turn)
        self.news.set()
        try:
            await turn.begins.wait()
            if self.closed:
                raise RuntimeError("closed before its turn")
            amount = await fetch()
            balance, entries = self.accounts.get(account, (0, 0))
            self.accounts[account] = balance + amount, entries + 1
        finally:
            turn.ends.set()
            if self.holder == turn.task:  # here: it may ask again before the owner has noticed
                self.holder = 0

    async def read(self, account: int) -> tuple[int, int]:
        return self.accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[PlantedLedger]:
    made = PlantedLedger()
    async with anyio.create_task_group() as group:
        group.start_soon(made.give_turns)
        try:
            yield made
        finally:
            made.close()
            group.cancel_scope.cancel()
