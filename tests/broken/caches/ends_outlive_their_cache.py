"""One store for all caches of a run, in parts: closing one empties its part, and not the list of its ends."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.lowlevel import RunVar

from patterns.caches import Load

LIBRARY = "anyio"
KNOWN_FAILURES = (
    (
        "end_removes_nothing_newer",
        "",
        "whoever gets the part of a closed cache loses a value when one of its predecessor would have ended",
    ),
)


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


store: RunVar[Store] = RunVar("store")


class PlantedCache:
    def __init__(self, load: Load[Any, Any], ttl: float | None, max_size: int | None) -> None:
        self.load, self.ttl, self.max_size = load, ttl, max_size
        self.store = store.get()
        self.part = self.store.part()
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
        if answer is not None:
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
) -> AsyncIterator[PlantedCache]:
    if store.get(None) is None:
        store.set(Store())
    opened = PlantedCache(load, ttl, max_size)
    try:
        yield opened
    finally:
        opened.store.used.discard(opened.part)  # the defect: nobody takes back what would have ended here
