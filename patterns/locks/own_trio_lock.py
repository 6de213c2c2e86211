"""Our own lock for Trio: the holder hands it straight to whoever waits longest.

Choose it when the section awaits anyway and the lock is mostly free: it is as fair as `trio.Lock` and knows its owner.
It costs one class to copy. Taking a free lock is not a checkpoint: it gives other tasks no turn and sees no
cancellation, which the section's own first `await` then does.
"""

from collections import OrderedDict

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


class Lock:
    __slots__ = ("_owner", "_waiters")

    def __init__(self) -> None:
        self._owner: Task | None = None
        self._waiters: OrderedDict[Task, None] = OrderedDict()

    @enable_ki_protection
    async def __aenter__(self) -> None:
        task = current_task()
        if self._owner is None:
            self._owner = task
            return
        if self._owner is task:
            raise RuntimeError("this task already holds the lock")
        if root(self._owner) is not current_root_task():
            raise RuntimeError("the lock is held in another thread's loop")
        self._waiters[task] = None

        def leave(_: RaiseCancelT) -> Abort:
            del self._waiters[task]
            return Abort.SUCCEEDED

        await wait_task_rescheduled(leave)

    @enable_ki_protection
    async def __aexit__(self, *_: object) -> None:
        if self._waiters:
            # The lock is never free in between, so that a newcomer cannot overtake the one who was woken. From here on
            # Trio no longer cancels that wait, so it cannot be lost either.
            self._owner, _nothing = self._waiters.popitem(last=False)
            reschedule(self._owner)
        else:
            self._owner = None


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.locks import Fetch, Ledger

LIBRARY = "trio"
KIND = "own"


class LockedLedger:
    def __init__(self) -> None:
        self._lock = Lock()
        self._accounts: dict[int, tuple[int, int]] = {}

    async def deposit(self, account: int, fetch: Fetch) -> None:
        async with self._lock:
            balance, entries = self._accounts.get(account, (0, 0))
            self._accounts[account] = (balance + await fetch(), entries + 1)

    async def read(self, account: int) -> tuple[int, int]:
        async with self._lock:
            return self._accounts.get(account, (0, 0))


@asynccontextmanager
async def ledger() -> AsyncIterator[Ledger]:
    yield LockedLedger()
