"""On AnyIO, without any of the defects planted beside it: classes that say what they add, and a base that asks them."""

from collections.abc import Iterable
from typing import Any

import anyio

from patterns.inheritance import Fetch, Load, Part

LIBRARY = "anyio"


class Client:
    part: Part

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.opened: list[Any] = []
        self.under_way = 0

    @classmethod
    def line(cls) -> list[Any]:
        return [one for one in reversed(cls.__mro__) if "part" in vars(one)]

    async def open(self) -> None:
        for one in self.line():
            await one.part.open()
            self.opened.append(one)

    async def unwind(self) -> None:
        errors: list[BaseException] = []
        while self.opened:
            try:
                await self.opened.pop().part.close()
            except BaseException as error:
                errors.append(error)
        if errors:
            raise errors[0]

    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            answer = await self.fetch(question)
            for one in self.line():
                answer = one.part.refine(answer)
            return answer
        finally:
            self.under_way -= 1

    async def total(self, questions: Iterable[int]) -> int:
        return sum([await self.ask(question) for question in questions])


def refined(part: Part, *bases: Any) -> Any:
    return type("Refined", bases or (Client,), {"part": part})


def forgetful(part: Part, base: Any) -> Any:
    return refined(part, base)


async def construct(kind: Any, fetch: Fetch) -> Any:
    thing = kind(fetch)
    try:
        await thing.open()
    except BaseException:
        await thing.unwind()
        raise
    return thing


async def close(thing: Any) -> None:
    await thing.unwind()


class Report:
    def __init__(self, load: Load, depth: int) -> None:
        self.load, self.depth = load, depth
        self.known: int | None = None
        self.loading: anyio.Event | None = None

    @property
    def value(self) -> Any:
        return self.read()

    async def read(self) -> int:
        while self.known is None:
            if self.loading:
                await self.loading.wait()
                continue
            self.loading = anyio.Event()
            try:
                self.known = await self.refined(self.depth)
            finally:
                self.loading.set()
                self.loading = None
        return self.known

    async def refined(self, level: int) -> int:
        base = await self.refined(level - 1) if level > 1 else 0
        return base + await self.load(level)


def valued(load: Load, depth: int) -> Report:
    return Report(load, depth)
