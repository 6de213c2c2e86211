"""Loopmark's cache for asyncio with a task for each load, which all who want the key share.

Choose it when a load is dear and callers are impatient: whoever is cancelled or times out, the load goes on for those
who still wait, and it ends with the last of them. `cached` does the same for a method: each object, and each class of a
chain, has answers of its own.
It costs a task for every load, which sees the context of its first caller. A hit gives other tasks no turn.
"""

import asyncio
import math
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable
from functools import partial, wraps
from itertools import count
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]
Owner = TypeVar("Owner")
Loop = asyncio.AbstractEventLoop


class Shared(Generic[Value]):
    """A load under way, and the waits of those who want its value."""

    __slots__ = ("loop", "task", "waits")

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.task: asyncio.Task[Value]
        self.waits: dict[asyncio.Future[None], None] = {}


class Store(Generic[Key, Value]):
    def __init__(self, ttl: float | None, max_size: int | None) -> None:
        self.ttl, self.max_size = ttl, max_size
        # From the entry that was used longest ago to the newest: each with the moment of its end.
        # An ordered dictionary, because a plain one looks for its first entry among all that have left before.
        self.entries: OrderedDict[Key, tuple[Value, float]] = OrderedDict()
        self._loads: dict[Key, Shared[Value]] = {}
        self._stale: set[Shared[Value]] = set()  # somebody waits for them, but their values are not to be kept
        self._closed = False

    async def load(self, key: Key, function: Callable[..., Coroutine[Any, Any, Value]], *args: Any) -> Value:
        """Wait for the load of a key that is not known; `function(*args)` begins one, if none is under way."""
        loop = asyncio.get_running_loop()
        shared = self._loads.get(key)
        if shared is None or shared.loop is not loop:  # a loop that is gone took its loads with it
            shared = self._start(key, function(*args), loop)
        # A wait of its own for every caller: cancelling one must not reach the task, nor the other callers.
        wait = loop.create_future()
        shared.waits[wait] = None
        try:
            await wait
        except asyncio.CancelledError:
            del shared.waits[wait]
            if not shared.waits and not shared.task.done():
                if self._loads.get(key) is shared:
                    self.forget(key)
                await end([shared.task])
            raise
        if self._closed and shared.task.cancelled():
            raise RuntimeError("the cache was closed before the value was there")
        return shared.task.result()

    def _start(self, key: Key, load: Coroutine[Any, Any, Value], loop: Loop) -> Shared[Value]:
        if self._closed:
            load.close()
            raise RuntimeError("the cache is closed")
        shared = self._loads[key] = Shared(loop)  # before the task, because an eager one begins at once
        shared.task = loop.create_task(load)
        shared.task.add_done_callback(partial(self._settle, key, shared))
        return shared

    def _settle(self, key: Key, shared: Shared[Value], task: asyncio.Task[Value]) -> None:
        # A callback and not the end of the task, because a task that is cancelled before its first step never runs.
        self._stale.discard(shared)
        wanted = self._loads.get(key) is shared  # else it was invalidated or given up, and another may be under way
        if wanted:
            del self._loads[key]
        # Whoever asks for the error answers for it: what a load raises that all have given up is left to the loop.
        if (wanted or shared.waits) and not task.cancelled():
            failed = task.exception() is not None
            if wanted and not failed and not self._closed:
                self._keep(key, task.result())
        for wait in shared.waits:
            if not wait.done():
                wait.set_result(None)

    def _keep(self, key: Key, value: Value) -> None:
        entries, ends = self.entries, math.inf
        if self.ttl is not None:
            now = time.monotonic()
            ends = now + self.ttl
            while entries and next(iter(entries.values()))[1] <= now:
                entries.popitem(last=False)
        entries[key] = value, ends
        entries.move_to_end(key)
        if self.max_size is not None and len(entries) > self.max_size:
            entries.popitem(last=False)

    def forget(self, key: Key) -> None:
        self.entries.pop(key, None)
        if shared := self._loads.pop(key, None):
            self._stale.add(shared)

    async def close(self) -> None:
        self._closed = True
        self.entries.clear()
        loop = asyncio.get_running_loop()
        await end([shared.task for shared in (*self._loads.values(), *self._stale) if shared.loop is loop])


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and wait until they have ended, even if cancelled meanwhile."""
    cancelled = None
    for task in tasks:
        task.cancel()
    while left := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(left)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled


class OwnCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, max_size: int | None) -> None:
        self._load = load
        self.store: Store[Key, Value] = Store(ttl, max_size)

    async def get(self, key: Key) -> Value:
        store = self.store
        entry = store.entries.get(key)
        if entry is not None and (store.ttl is None or time.monotonic() < entry[1]):
            if store.max_size is not None:
                store.entries.move_to_end(key)
            return entry[0]
        return await store.load(key, self._load, key)

    async def invalidate(self, key: Key) -> None:
        self.store.forget(key)


class Known(Store[Key, Value]):
    """What an object knows of one method: nothing of it ends, or makes room."""

    def __init__(self, owner: object) -> None:
        super().__init__(None, None)
        self.owner = weakref.ref(owner)
        self.values: dict[Key, Value] = {}

    def _keep(self, key: Key, value: Value) -> None:
        self.values[key] = value


numbers = count()
Method = Callable[[Owner, Key], Coroutine[Any, Any, Value]]


def cached(method: Method[Owner, Key, Value]) -> Method[Owner, Key, Value]:
    """Remember what a method answers: in each object by itself, and apart from what it overrides."""
    slot = f"_{method.__name__}_{next(numbers)}"

    def known_to(owner: Owner) -> Known[Key, Value]:
        known: Known[Key, Value] | None = owner.__dict__.get(slot)
        if known is None or known.owner() is not owner:  # an object's copy comes with what the original knows
            known = owner.__dict__[slot] = Known(owner)
        return known

    @wraps(method)
    async def get(self: Owner, key: Key) -> Value:
        try:
            known: Known[Key, Value] = self.__dict__[slot]
            if known.owner() is self:
                return known.values[key]
        except KeyError:
            pass  # to look first would cost every hit
        return await known_to(self).load(key, method, self, key)

    return get


async def end_loads(owner: object) -> None:
    """End what the cached methods of an object are loading; they answer no more."""
    for store in list(vars(owner).values()):
        if isinstance(store, Store):
            await store.close()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember

from patterns.caches import Cache, Source

LIBRARY = "asyncio"
KIND = "own"


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Cache[Key, Value]]:
    made = OwnCache(load, ttl, max_size)
    try:
        yield made
    finally:
        await made.store.close()


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load

    @cached
    async def get(self, key: int) -> int:
        return await self._ask(key)


@remember
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers
    base: Any = chain(depth - 1)

    class Refined(base):  # type: ignore[misc]
        @cached
        async def get(self, key: int) -> int:
            return 1 + int(await super().get(key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Source]:
    made = chain(depth)(load)
    try:
        yield made
    finally:
        await end_loads(made)
