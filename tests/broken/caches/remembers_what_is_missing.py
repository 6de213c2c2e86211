"""What raised KeyError is taken to be missing for ever."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio

from patterns.caches import Load

LIBRARY = "anyio"
KNOWN_FAILURES = (("failure_is_forgotten", "", "the key whose load raised KeyError once is never loaded again"),)


class Flight:
    def __init__(self) -> None:
        self.ended = anyio.Event()
        self.answer: tuple[Any] | None = None
        self.error: BaseException | None = None


class PlantedCache:
    def __init__(self, load: Load[Any, Any], ttl: float | None, max_size: int | None) -> None:
        self.load, self.ttl, self.max_size = load, ttl, max_size
        self.values: dict[Any, tuple[Any, float]] = {}
        self.flights: dict[Any, Flight] = {}
        self.missing: dict[Any, KeyError] = {}

    async def get(self, key: Any) -> Any:
        while True:
            if key in self.missing:
                raise self.missing[key]
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
            if isinstance(error, KeyError):
                self.missing[key] = error  # the defect
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
            if self.max_size is not None and len(self.values) > self.max_size:
                del self.values[next(iter(self.values))]

    async def invalidate(self, key: Any) -> None:
        self.values.pop(key, None)
        self.flights.pop(key, None)


@asynccontextmanager
async def cache(
    load: Load[Any, Any], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[PlantedCache]:
    yield PlantedCache(load, ttl, max_size)
