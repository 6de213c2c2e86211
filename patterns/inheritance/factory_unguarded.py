"""A trap: a classmethod `create` that awaits each class in turn, and nothing else.

Choose it when nothing that a class opens needs to be closed.
It costs what the bases have opened when a subclass fails, or a deadline passes: the caller never gets the object that
could be closed.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol, Self

Fetch = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):  # what a class adds
    async def open(self) -> None: ...
    def refine(self, answer: int) -> int: ...
    async def close(self) -> None: ...


class Client:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self.under_way = 0

    @classmethod
    async def create(cls, fetch: Fetch) -> Self:
        self = cls(fetch)
        await self._open()
        return self

    async def _open(self) -> None:
        pass

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
        async def _open(self) -> None:
            await super()._open()
            await part.open()

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
KIND = "trap"
KNOWN_FAILURES = (
    ("failed_opening_leaves_nothing", "", "nobody has the object that could be closed"),
    ("cancelled_opening_leaves_nothing", "", "nobody has the object that could be closed"),
    ("around_each_call", "", "what the base does around its own answer is over when a subclass refines that"),
    ("forgotten_super_is_told", "", "Python does not tell: the bases of who forgets super() stay closed"),
)


def forgetful(part: Part, base: type[Client]) -> type[Client]:
    class Forgetful(base):  # type: ignore[misc, valid-type]
        async def _open(self) -> None:
            await part.open()

        async def aclose(self) -> None:
            try:
                await part.close()
            finally:
                await super().aclose()

    return Forgetful


def construct(kind: type[Client], fetch: Fetch) -> Awaitable[Client]:
    return kind.create(fetch)


def close(thing: Client) -> Awaitable[object]:
    return thing.aclose()
