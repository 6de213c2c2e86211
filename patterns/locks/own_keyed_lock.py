"""Our own lock per key for asyncio: straight hand-over within a key, nothing kept for free keys.

Choose it when tasks want different accounts, or mostly read: only those that deposit into the same account wait for
each other, in order, and readers never wait.
It costs one class to copy, and a new pair for every deposit. A free key is taken without giving other tasks a turn.
"""

import asyncio
from collections import deque
from collections.abc import Hashable
from typing import Any


class KeyedLock:
    def __init__(self) -> None:
        # The task that has the key, or the wait to which it was handed and whose task has not run since.
        self._holders: dict[Hashable, asyncio.Future[Any]] = {}
        self._queues: dict[Hashable, deque[asyncio.Future[None]]] = {}  # only for keys that somebody holds

    async def acquire(self, key: Hashable) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can hold a key")
        holder = self._holders.get(key)
        if holder is not None:
            if holder is task:
                raise RuntimeError(f"this task already holds {key!r}")
            turn: asyncio.Future[None] = asyncio.Future()
            if holder.get_loop() is not turn.get_loop():
                raise RuntimeError(f"{key!r} is held in another event loop")
            queue = self._queues.get(key)
            if queue is None:
                queue = self._queues[key] = deque()
            queue.append(turn)
            try:
                await turn
            except BaseException:
                if self._holders.get(key) is turn:  # it was handed over in the very turn that cancelled the wait
                    self.release(key)
                elif turn in queue:
                    queue.remove(turn)
                raise
        self._holders[key] = task

    def release(self, key: Hashable) -> None:
        queue = self._queues.get(key)
        if queue is not None:
            # The key is never free while somebody waits, so that a newcomer cannot overtake the one who is woken.
            while queue:
                turn = queue.popleft()
                if not turn.done():  # else it was cancelled and its task has not run since
                    self._holders[key] = turn
                    turn.set_result(None)
                    return
            del self._queues[key]
        del self._holders[key]


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Fetch, Ledger

LIBRARY = "asyncio"
KIND = "own"


class KeyedLedger:
    def __init__(self) -> None:
        self._lock = KeyedLock()
        self._accounts: dict[int, tuple[int, int]] = {}  # a pair is replaced, never changed, so readers need no lock

    async def deposit(self, account: int, fetch: Fetch) -> None:
        await self._lock.acquire(account)
        try:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + await fetch(), entries + 1)
        finally:
            self._lock.release(account)

    async def read(self, account: int) -> tuple[int, int]:
        return self._accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield KeyedLedger()
