"""async-object: `async def __init__` through a metaclass.

Choose it when many classes are to have async constructors, with `super().__init__` as everywhere, and mypy is to know.
It costs a metaclass, which hardly any other base agrees with, and a `try` in every subclass: what had opened when one
fails is not its business.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol

from async_object import AsyncObject

Fetch = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):  # what a class adds
    async def open(self) -> None: ...
    def refine(self, answer: int) -> int: ...
    async def close(self) -> None: ...


class Client(AsyncObject):
    async def __init__(self, fetch: Fetch) -> None:  # type: ignore[misc]
        await super().__init__()
        self._fetch = fetch
        self.under_way = 0

    async def aclose(self) -> None:
        pass

    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            return await self._fetch(question)
        finally:
            self.under_way -= 1

    async def total(self, questions: Iterable[int]) -> int:
        return sum([await self.ask(question) for question in questions])


def refined(part: Part, *bases: type[Client]) -> type[Client]:
    class Refined(*(bases or (Client,))):  # type: ignore[misc]  # in a program, by its name
        async def __init__(self, fetch: Fetch) -> None:  # type: ignore[misc]
            await super().__init__(fetch)
            try:
                await part.open()
            except BaseException:
                await super().aclose()
                raise

        async def aclose(self) -> None:
            try:
                await part.close()
            finally:
                await super().aclose()

        async def ask(self, question: int) -> int:
            return part.refine(await super().ask(question))

    return Refined


# --- how it fits the contract ---

from collections.abc import Awaitable

LIBRARY = "any"
KIND = "package"
REQUIRES = ("async-object>=3.0.0",)
KNOWN_FAILURES = (
    ("around_each_call", "", "what the base does around its own answer is over when a subclass refines that"),
    ("forgotten_super_is_told", "", "Python does not tell: the bases of who forgets super() stay closed"),
)


def forgetful(part: Part, base: type[Client]) -> type[Client]:
    class Forgetful(base):  # type: ignore[misc, valid-type]
        async def __init__(self, fetch: Fetch) -> None:  # type: ignore[misc]
            self._fetch, self.under_way = fetch, 0
            await part.open()

        async def aclose(self) -> None:
            try:
                await part.close()
            finally:
                await super().aclose()

    return Forgetful


def construct(kind: Any, fetch: Fetch) -> Awaitable[Client]:
    return kind(fetch)  # type: ignore[no-any-return]


def close(thing: Client) -> Awaitable[object]:
    return thing.aclose()
