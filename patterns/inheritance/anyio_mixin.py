"""`anyio.AsyncContextManagerMixin`: each class wraps `super().__asynccontextmanager__()`.

Choose it when AnyIO is there anyway, and classes hold task groups or cancel scopes, which must be left where they were
entered.
It costs a generator per class and object. An object is told when it is entered twice.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, Protocol, Self

from anyio import AsyncContextManagerMixin

Fetch = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):  # what a class adds
    async def open(self) -> None: ...
    def refine(self, answer: int) -> int: ...
    async def close(self) -> None: ...


class Client(AsyncContextManagerMixin):
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self.under_way = 0

    @asynccontextmanager
    async def __asynccontextmanager__(self) -> AsyncIterator[Self]:
        yield self

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
        @asynccontextmanager
        async def __asynccontextmanager__(self) -> AsyncIterator[Self]:
            async with super().__asynccontextmanager__():
                await part.open()
                try:
                    yield self
                finally:
                    await part.close()

        async def ask(self, question: int) -> int:
            return part.refine(await super().ask(question))

    return Refined


# --- how it fits the contract ---

from collections.abc import Awaitable

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("around_each_call", "", "what the base does around its own answer is over when a subclass refines that"),
    ("forgotten_super_is_told", "", "Python does not tell: the bases of who forgets super() stay closed"),
)


def forgetful(part: Part, base: type[Client]) -> type[Client]:
    class Forgetful(base):  # type: ignore[misc, valid-type]
        @asynccontextmanager
        async def __asynccontextmanager__(self) -> AsyncIterator[Self]:
            await part.open()
            try:
                yield self
            finally:
                await part.close()

    return Forgetful


def construct(kind: type[Client], fetch: Fetch) -> Awaitable[Client]:
    return kind(fetch).__aenter__()


def close(thing: Client) -> Awaitable[object]:
    return thing.__aexit__(None, None, None)
