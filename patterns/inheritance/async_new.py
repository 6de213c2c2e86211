"""`async def __new__` and `async def __init__`, without a package.

Choose it when async constructors are wanted in a class or two, and a metaclass is too much.
It costs type checkers, which take the class for what it is not, and a `try` in every subclass; a coroutine stands where
Python expects an object.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol

Fetch = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):  # what a class adds
    async def open(self) -> None: ...
    def refine(self, answer: int) -> int: ...
    async def close(self) -> None: ...


class Client:
    async def __new__(cls, fetch: Fetch) -> "Client":  # type: ignore[misc]
        self: Any = super().__new__(cls)
        await self.__init__(fetch)
        return self  # type: ignore[no-any-return]

    async def __init__(self, fetch: Fetch) -> None:  # type: ignore[misc]
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
