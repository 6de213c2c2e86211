"""Our own lock per key for Trio: straight hand-over within a key, nothing kept for free keys.

Choose it when tasks want different accounts, or mostly read: only those that deposit into the same account wait for
each other, in order, and readers never wait.
It costs one class to copy, and a new pair for every deposit. Taking a free key is not a checkpoint: it gives other
tasks no turn and sees no cancellation, which the section's own first `await` then does.
"""

from collections import OrderedDict
from collections.abc import Hashable

from trio.lowlevel import (
    Abort,
    RaiseCancelT,
    Task,
    current_root_task,
    current_task,
    enable_ki_protection,
    reschedule,
    wait_task_rescheduled,
)


def root(task: Task) -> Task:
    while task.parent_nursery is not None:
        task = task.parent_nursery.parent_task
    return task


class KeyedLock:
    def __init__(self) -> None:
        self._owners: dict[Hashable, Task] = {}
        self._queues: dict[Hashable, OrderedDict[Task, None]] = {}  # only for keys that somebody holds

    @enable_ki_protection
    async def acquire(self, key: Hashable) -> None:
        task = current_task()
        owner = self._owners.get(key)
        if owner is None:
            self._owners[key] = task
            return
        if owner is task:
            raise RuntimeError(f"this task already holds {key!r}")
        if root(owner) is not current_root_task():
            raise RuntimeError(f"{key!r} is held in another thread's loop")
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = OrderedDict()
        queue[task] = None

        def leave(_: RaiseCancelT) -> Abort:
            del queue[task]
            return Abort.SUCCEEDED

        await wait_task_rescheduled(leave)

    @enable_ki_protection
    def release(self, key: Hashable) -> None:
        queue = self._queues.get(key)
        if queue:
            # The key is never free in between, so that a newcomer cannot overtake the one who was woken. From here on
            # Trio no longer cancels that wait, so it cannot be lost either.
            task, _ = queue.popitem(last=False)
            self._owners[key] = task
            reschedule(task)
        else:
            self._queues.pop(key, None)
            del self._owners[key]


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Fetch, Ledger

LIBRARY = "trio"
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
