"""Correct, and slow: between any two steps others have their turns."""

from collections.abc import Iterable
from typing import Any

import anyio
import anyio.lowlevel

from patterns.inheritance import Fetch, Load, Part

LIBRARY = "anyio"


async def dawdle() -> None:
    for _ in range(4):
        await anyio.lowlevel.checkpoint()


class Client:
    def __init__(self, fetch: Fetch, parts: list[Part]) -> None:
        self.fetch, self.parts = fetch, parts
        self.opened: list[Part] = []
        self.under_way = 0

    async def open(self) -> None:
        await dawdle()
        for part in self.parts:
            await part.open()
            self.opened.append(part)
            await dawdle()

    async def close(self) -> None:
        cancelled = failure = None
        while self.opened:
            try:
                await dawdle()
            except anyio.get_cancelled_exc_class() as error:
                cancelled = error
            try:
                await self.opened.pop().close()
            except anyio.get_cancelled_exc_class() as error:
                cancelled = error
            except Exception as error:
                failure = error
        if cancelled or failure:
            raise cancelled or failure  # type: ignore[misc]

    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            await dawdle()
            answer = await self.fetch(question)
            for part in self.parts:
                await dawdle()
                answer = part.refine(answer)
            return answer
        finally:
            self.under_way -= 1

    async def total(self, questions: Iterable[int]) -> int:
        await dawdle()
        return sum([await self.ask(question) for question in questions])


def refined(part: Part, *bases: Any) -> Any:
    below = [one for base in reversed(bases) for one in base]
    return [*dict.fromkeys(below), part]


def forgetful(part: Part, base: Any) -> Any:
    return refined(part, base)


async def construct(kind: Any, fetch: Fetch) -> Any:
    thing = Client(fetch, kind)
    try:
        await thing.open()
    except BaseException:
        await thing.close()
        raise
    return thing


async def close(thing: Any) -> None:
    await thing.close()


class Report:
    """It looks in every turn whether somebody has loaded it."""

    def __init__(self, load: Load, depth: int) -> None:
        self.load, self.depth = load, depth
        self.known: list[int] = []
        self.loading = False

    @property
    def value(self) -> Any:
        return self.read()

    async def read(self) -> int:
        while not self.known:
            if self.loading:
                await dawdle()
                continue
            self.loading = True
            try:
                await dawdle()
                self.known = [sum([await self.load(level) for level in range(1, self.depth + 1)])]
            finally:
                self.loading = False
        await dawdle()
        return self.known[0]


def valued(load: Load, depth: int) -> Report:
    return Report(load, depth)
