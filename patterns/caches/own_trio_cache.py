"""Loopmark's cache for Trio: who misses first loads for all, or hands that on when cancelled.

Choose it when the program runs on Trio: no task is started, so that there is nothing to
close. `cached` does the same for a method: each object, and each class of a chain, has answers of its own.
It costs a second load when the caller who loads is cancelled, while others wait. A hit gives other tasks no turn.
"""

import math
import weakref
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from functools import wraps
from itertools import count
from types import TracebackType
from typing import Any, Generic, TypeVar

import trio

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]
Owner = TypeVar("Owner")


class Led(Generic[Value]):
    """A load under way in the task of whoever missed first, and what it came to."""

    __slots__ = ("ended", "error", "traceback", "values")

    def __init__(self) -> None:
        self.ended: trio.Event | None = None  # made by the first who follows: most loads are for one caller only
        self.values: tuple[Value, ...] = ()  # the value, when there is one
        self.error: BaseException | None = None
        self.traceback: TracebackType | None = None


class Store(Generic[Key, Value]):
    def __init__(self, ttl: float | None, max_size: int | None) -> None:
        self.ttl, self.max_size = ttl, max_size
        # From the entry that was used longest ago to the newest: each with the moment, by the loop's clock, of its end.
        # An ordered dictionary, because a plain one looks for its first entry among all that have left before.
        self.entries: OrderedDict[Key, tuple[Value, float]] = OrderedDict()
        self._loads: dict[Key, Led[Value]] = {}

    async def load(self, key: Key, function: Callable[..., Coroutine[Any, Any, Value]], *args: Any) -> Value:
        """Wait for the load of a key that is not known, or be the one who loads: the answer of `function(*args)`."""
        while (led := self._loads.get(key)) is not None:
            if led.ended is None:
                led.ended = trio.Event()
            await led.ended.wait()
            if led.error is not None:
                # Many callers raise the same error: without this its traceback would grow with each of them.
                raise led.error.with_traceback(led.traceback)
            if led.values:
                return led.values[0]
            # Its leader was cancelled: the first of us to run leads now, the others follow again.
        led = self._loads[key] = Led()
        try:
            value = await function(*args)
        except (trio.Cancelled, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            # What comes of a cancellation is the affair of the one who was cancelled.
            if led.ended is not None and trio.current_effective_deadline() > -math.inf:
                led.error, led.traceback = error, error.__traceback__
            raise
        else:
            led.values = (value,)
            if self._loads.get(key) is led:  # else it was invalidated, and another may be under way
                self._keep(key, value)
            return value
        finally:
            if self._loads.get(key) is led:
                del self._loads[key]
            if led.ended is not None:
                led.ended.set()

    def _keep(self, key: Key, value: Value) -> None:
        entries, ends = self.entries, math.inf
        if self.ttl is not None:
            now = trio.current_time()
            ends = now + self.ttl
            while entries and next(iter(entries.values()))[1] <= now:
                entries.popitem(last=False)
        entries[key] = value, ends
        entries.move_to_end(key)
        if self.max_size is not None and len(entries) > self.max_size:
            entries.popitem(last=False)

    def forget(self, key: Key) -> None:
        self.entries.pop(key, None)
        self._loads.pop(key, None)


class OwnCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, max_size: int | None) -> None:
        self._load = load
        self._store: Store[Key, Value] = Store(ttl, max_size)

    async def get(self, key: Key) -> Value:
        store = self._store
        entry = store.entries.get(key)
        if entry is not None and (store.ttl is None or trio.current_time() < entry[1]):
            if store.max_size is not None:
                store.entries.move_to_end(key)
            return entry[0]
        return await store.load(key, self._load, key)

    async def invalidate(self, key: Key) -> None:
        self._store.forget(key)


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


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember

from patterns.caches import Cache, Source

LIBRARY = "trio"
KIND = "own"


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Cache[Key, Value]]:
    yield OwnCache(load, ttl, max_size)


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
    yield chain(depth)(load)
