"""One task per key, kept in the dictionary in place of the value, and awaited through `asyncio.shield`.

Choose it when a load, once begun, may as well come to its end: callers can be cancelled without harm to each other.
It costs a task for every load, and work for nobody: a load goes on when all who wanted its value have left. What ends
with the program's loop is its to cancel.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class TaskCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, max_size: int | None) -> None:
        self._load, self._ttl, self._max_size = load, ttl, max_size
        self._tasks: OrderedDict[Key, tuple[asyncio.Task[Value], float]] = OrderedDict()

    async def get(self, key: Key) -> Value:
        task = self._task(key)
        try:
            return await asyncio.shield(task)
        except Exception:
            if key in self._tasks and self._tasks[key][0] is task:
                del self._tasks[key]  # an error is not kept
            raise

    def _task(self, key: Key) -> asyncio.Task[Value]:
        if key in self._tasks:
            task, begun = self._tasks[key]
            if self._ttl is None or time.monotonic() < begun + self._ttl:
                self._tasks.move_to_end(key)
                return task
        task = asyncio.create_task(self._load(key))
        self._tasks[key] = task, time.monotonic()
        self._tasks.move_to_end(key)
        if self._max_size is not None and len(self._tasks) > self._max_size:
            self._tasks.popitem(last=False)
        return task

    async def invalidate(self, key: Key) -> None:
        self._tasks.pop(key, None)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.caches import Cache

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("abandoned_load_is_ended", "", "the task of a load runs on when nobody waits for it any more"),
    (
        "failure_is_forgotten",
        "",
        ("only an Exception is forgotten: a load that raised another BaseException is kept, and raises it for ever"),
    ),
    (
        "ttl_ends_an_entry",
        "",
        ("time begins with the load: what takes longer to load than it lives is loaded again at once"),
    ),
    (
        "loading_keys_stay",
        "",
        ("with room for one, a key whose task is under way is pushed out by the next, and loaded again"),
    ),
    (
        "failed_loads_push_nothing_out",
        "",
        "an entry is pushed out when a load begins, also by one that fails: 3 of 3 are gone",
    ),
    ("nothing_left_behind", "", "nobody waits for the tasks of loads when the context is left"),
    ("no_complaints", "", 'a load fails whose callers have all left: "Task exception was never retrieved"'),
    ("ended_is_collected", "", "what has ended is dropped when its key is asked for again, and not before"),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Cache[Key, Value]]:
    yield TaskCache(load, ttl, max_size)
