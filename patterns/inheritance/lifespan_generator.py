"""`asynccontextmanager` as a method: each class wraps `super().lifespan()` in its own.

Choose it when what opens and what closes should stand side by side, with `async with` and `finally` as in a function.
It costs a generator per class and object. The block that uses an object may not be a generator that is left early.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from types import TracebackType
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

    async def __aenter__(self) -> Self:
        self._lifespan = self.lifespan()
        await self._lifespan.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._lifespan.__aexit__(kind, error, trace)

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        yield

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
        async def lifespan(self) -> AsyncIterator[None]:
            async with super().lifespan():
                await part.open()
                try:
                    yield
                finally:
                    await part.close()

        async def ask(self, question: int) -> int:
            return part.refine(await super().ask(question))

    return Refined


# --- how it fits the contract ---

from collections.abc import Awaitable

LIBRARY = "any"
KNOWN_FAILURES = (
    ("around_each_call", "", "what the base does around its own answer is over when a subclass refines that"),
    ("forgotten_super_is_told", "", "Python does not tell: the bases of who forgets super() stay closed"),
)


def forgetful(part: Part, base: type[Client]) -> type[Client]:
    class Forgetful(base):  # type: ignore[misc, valid-type]
        @asynccontextmanager
        async def lifespan(self) -> AsyncIterator[None]:
            await part.open()
            try:
                yield
            finally:
                await part.close()

    return Forgetful


def construct(kind: type[Client], fetch: Fetch) -> Awaitable[Client]:
    return kind(fetch).__aenter__()


def close(thing: Client) -> Awaitable[object]:
    return thing.__aexit__(None, None, None)
