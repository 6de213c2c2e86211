"""Correct, with super() in every method, and a try in each of them."""

from collections.abc import Iterable
from typing import Any

from patterns.inheritance import Fetch, Part

LIBRARY = "any"


class Client:
    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.under_way = 0
        self.reached = False

    async def open(self) -> None:
        self.reached = True

    async def close(self) -> None:
        pass

    async def answer(self, question: int) -> int:
        return await self.fetch(question)

    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            return await self.answer(question)
        finally:
            self.under_way -= 1

    async def total(self, questions: Iterable[int]) -> int:
        total = 0
        for question in questions:
            total += await self.ask(question)
        return total


def refined(part: Part, *bases: Any) -> Any:
    class Refined(*(bases or (Client,))):  # type: ignore[misc]
        async def open(self) -> None:
            await super().open()
            try:
                await part.open()
            except BaseException:
                await super().close()
                raise

        async def close(self) -> None:
            try:
                await part.close()
            except Exception as error:
                try:
                    await super().close()
                except Exception as another:
                    raise ExceptionGroup("two clean-ups failed", [error, another]) from None
                raise ExceptionGroup("a clean-up failed", [error]) from None
            except BaseException:
                await super().close()
                raise
            else:
                await super().close()

        async def answer(self, question: int) -> int:
            return part.refine(await super().answer(question))

    return Refined


def forgetful(part: Part, base: Any) -> Any:
    class Forgetful(base):  # type: ignore[misc]
        async def open(self) -> None:
            await part.open()

    return Forgetful


async def construct(kind: Any, fetch: Fetch) -> Any:
    thing = kind(fetch)
    await thing.open()
    if not thing.reached:
        raise TypeError("a class forgot super()")
    return thing


async def close(thing: Any) -> None:
    await thing.close()
