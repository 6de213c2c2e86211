"""Correct, slow, and without any wake-up: who waits looks every turn whether the load has ended."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as once
from typing import Any

import anyio
from anyio.lowlevel import cancel_shielded_checkpoint, checkpoint

from patterns.caches import Load

LIBRARY = "anyio"

TURNS = 3


class Flight:
    def __init__(self) -> None:
        self.ended = False
        self.answer: tuple[Any] | None = None
        self.error: BaseException | None = None


class Memory:
    def __init__(self, load: Load[Any, Any], ttl: float | None = None, max_size: int | None = None) -> None:
        self.load, self.ttl, self.max_size = load, ttl, max_size
        self.values: dict[Any, tuple[Any, float]] = {}
        self.flights: dict[Any, Flight] = {}

    async def get(self, key: Any) -> Any:
        for _ in range(TURNS):
            await checkpoint()
        value = await self.look(key)
        await cancel_shielded_checkpoint()
        return value

    async def look(self, key: Any) -> Any:
        while True:
            if key in self.values:
                value, loaded = self.values.pop(key)
                if self.ttl is None or time.monotonic() < loaded + self.ttl:
                    self.values[key] = value, loaded
                    return value
            flight = self.flights.get(key)
            if flight is None:
                return await self.lead(key)
            while not flight.ended:
                await checkpoint()
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
            flight.ended = True
        return flight.answer[0]

    def keep(self, key: Any, answer: tuple[Any] | None) -> None:
        if answer is not None:
            if self.ttl is not None:
                begun = time.monotonic() - self.ttl
                self.values = {one: known for one, known in self.values.items() if known[1] > begun}
            self.values[key] = answer[0], time.monotonic()
            if self.max_size is not None and len(self.values) > self.max_size:
                del self.values[next(iter(self.values))]

    async def invalidate(self, key: Any) -> None:
        await checkpoint()
        self.values.pop(key, None)
        self.flights.pop(key, None)


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self.load = load
        self.memories: dict[type, Memory] = {}

    async def get(self, key: int) -> Any:
        return await self.memory(Answers, self.load).get(key)

    def memory(self, owner: type, load: Load[int, int]) -> Memory:
        return self.memories.setdefault(owner, Memory(load))


@once
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers

    class Refined(chain(depth - 1)):  # type: ignore[misc]  # a base that is computed
        async def get(self, key: int) -> Any:
            async def refine(key: int) -> int:
                return 1 + int(await super(Refined, self).get(key))

            return await self.memory(Refined, refine).get(key)

    return Refined


@asynccontextmanager
async def cache(
    load: Load[Any, Any], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Memory]:
    yield Memory(load, ttl, max_size)


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Answers]:
    yield chain(depth)(load)
