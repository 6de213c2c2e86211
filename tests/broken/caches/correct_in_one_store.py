"""A correct cache of another make: one list of ends for all caches of a run, each of which has a part of it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.lowlevel import RunVar

from patterns.caches import Load

LIBRARY = "anyio"


class Flight:
    def __init__(self) -> None:
        self.ended = anyio.Event()
        self.answer: tuple[Any] | None = None
        self.error: BaseException | None = None


class Store:
    def __init__(self) -> None:
        self.used: set[int] = set()
        self.ends: list[tuple[int, Any, float]] = []

    def due(self, part: int, key: Any) -> bool:
        now = time.monotonic()
        found = [end for end in self.ends if end[:2] == (part, key) and end[2] < now]
        self.ends = [end for end in self.ends if end not in found]
        return bool(found)

    def take_back(self, part: int, key: Any) -> None:
        self.ends = [end for end in self.ends if end[:2] != (part, key)]

    def part(self) -> int:
        number = next(number for number in range(len(self.used) + 1) if number not in self.used)
        self.used.add(number)
        return number

    def give_back(self, part: int) -> None:
        self.used.discard(part)
        self.ends = [end for end in self.ends if end[0] != part]


store: RunVar[Store] = RunVar("store")


class SharingCache:
    def __init__(self, load: Load[Any, Any], ttl: float | None, max_size: int | None) -> None:
        self.load, self.ttl, self.max_size = load, ttl, max_size
        self.store = store.get()
        self.part = self.store.part()
        self.closed = False
        self.values: dict[Any, tuple[Any, float]] = {}
        self.flights: dict[Any, Flight] = {}

    async def get(self, key: Any) -> Any:
        while True:
            if self.store.due(self.part, key):
                self.values.pop(key, None)
            if key in self.values:
                value, loaded = self.values.pop(key)
                if self.ttl is None or time.monotonic() < loaded + self.ttl:
                    self.values[key] = value, loaded
                    return value
            flight = self.flights.get(key)
            if flight is None:
                return await self.lead(key)
            await flight.ended.wait()
            if flight.error is not None:
                raise flight.error
            if flight.answer is not None:
                return flight.answer[0]

    async def lead(self, key: Any) -> Any:
        flight = self.flights[key] = Flight()
        try:
            flight.answer = (await self.load(key),)
        except anyio.get_cancelled_exc_class():
            raise  # one of the others loads next
        except BaseException as error:
            flight.error = error
            raise
        finally:
            if self.flights.get(key) is flight:
                del self.flights[key]
                self.keep(key, flight.answer)
            flight.ended.set()
        return flight.answer[0]

    def keep(self, key: Any, answer: tuple[Any] | None) -> None:
        if answer is not None and not self.closed:  # or it would end in a part that is another's by now
            if self.ttl is not None:
                begun = time.monotonic() - self.ttl
                for one in [one for one, known in self.values.items() if known[1] <= begun]:
                    self.forget(one)
            self.values[key] = answer[0], time.monotonic()
            if self.ttl is not None:
                self.store.ends.append((self.part, key, time.monotonic() + self.ttl))
            if self.max_size is not None and len(self.values) > self.max_size:
                self.forget(next(iter(self.values)))

    def forget(self, key: Any) -> None:
        self.values.pop(key, None)
        self.store.take_back(self.part, key)

    async def invalidate(self, key: Any) -> None:
        self.forget(key)
        self.flights.pop(key, None)


@asynccontextmanager
async def cache(
    load: Load[Any, Any], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[SharingCache]:
    if store.get(None) is None:
        store.set(Store())
    opened = SharingCache(load, ttl, max_size)
    try:
        yield opened
    finally:
        opened.closed = True
        opened.store.give_back(opened.part)
