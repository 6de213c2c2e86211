"""Loads of an object are noted in five places, which its classes share in turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as once
from typing import Any

import anyio

from patterns.caches import Load

LIBRARY = "anyio"
KNOWN_FAILURES = (
    (
        "super_cannot_wait_for_itself",
        "",
        "the class of depth 7 waits for the load of the one of depth 2, which waits for it",
    ),
)


class Flight:
    def __init__(self) -> None:
        self.ended = anyio.Event()
        self.answer: int | None = None
        self.error: BaseException | None = None


class Memory:
    def __init__(self) -> None:
        self.values: dict[Any, int] = {}
        self.flights: dict[Any, Flight] = {}

    async def get(self, key: Any, load: Load[int, int], number: int) -> int:
        while key not in self.values:
            flight = self.flights.get(key)
            if flight is None:
                return await self.lead(key, load, number)
            await flight.ended.wait()
            if flight.error is not None:
                raise flight.error
        return self.values[key]

    async def lead(self, key: Any, load: Load[int, int], number: int) -> int:
        flight = self.flights[key] = Flight()
        try:
            value = self.values[key] = await load(number)
        except anyio.get_cancelled_exc_class():
            raise  # one of the others loads next
        except BaseException as error:
            flight.error = error
            raise
        finally:
            del self.flights[key]
            flight.ended.set()
        return value


PLACES = 5


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self.load = load
        self.memories: dict[int, Memory] = {}
        self.flights: list[dict[Any, Flight]] = [{} for _ in range(PLACES)]

    def memory(self, depth: int) -> Memory:
        memory = self.memories.setdefault(depth, Memory())
        memory.flights = self.flights[depth % PLACES]  # the defect
        return memory

    async def get(self, key: int) -> int:
        return await self.memory(1).get(key, self.load, key)


@once
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers

    class Refined(chain(depth - 1)):  # type: ignore[misc]  # a base that is computed
        async def get(self, key: int) -> int:
            async def refine(key: int) -> int:
                return 1 + int(await super(Refined, self).get(key))

            return int(await self.memory(depth).get(key, refine, key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Answers]:
    yield chain(depth)(load)
