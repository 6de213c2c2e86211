"""`__await__`: an object is there when it has been awaited, as in `client = await Client(url)`.

Choose it when making an object should look like making any other, arguments in `__init__` included.
It costs an object that can be had without being awaited, and is not ready then; nothing tells who forgets the `await`.
"""

from collections.abc import Callable, Coroutine, Generator, Iterable
from contextlib import AsyncExitStack
from typing import Any, Protocol, Self

Fetch = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):  # what a class adds
    async def open(self) -> None: ...
    def refine(self, answer: int) -> int: ...
    async def close(self) -> None: ...


class Client:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._stack = AsyncExitStack()
        self.under_way = 0

    def __await__(self) -> Generator[Any, Any, Self]:
        return self._construct().__await__()

    async def _construct(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def _open(self) -> None:
        pass

    async def aclose(self) -> None:
        await self._stack.aclose()

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
            self._stack.push_async_callback(part.close)

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
        async def _open(self) -> None:
            await part.open()
            self._stack.push_async_callback(part.close)

    return Forgetful


def construct(kind: type[Client], fetch: Fetch) -> Awaitable[Client]:
    return kind(fetch)


def close(thing: Client) -> Awaitable[object]:
    return thing.aclose()
