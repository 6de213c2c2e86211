"""A correct source of another make: an object has one memory, and its classes override what is asked behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as once
from typing import Any

import anyio

from patterns.caches import Load

LIBRARY = "anyio"


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


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self.load = load
        self.memory = Memory()

    async def get(self, key: int) -> int:
        return await self.memory.get(key, self.answer, key)

    async def answer(self, key: int) -> int:
        return await self.load(key)


@once
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers

    class Refined(chain(depth - 1)):  # type: ignore[misc]  # a base that is computed
        async def answer(self, key: int) -> int:
            return 1 + int(await super().answer(key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Answers]:
    yield chain(depth)(load)
