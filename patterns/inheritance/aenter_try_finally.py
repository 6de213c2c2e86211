"""`__aenter__` and `__aexit__` with super(), each of which closes its bases when it fails.

Choose it when a class or two open something, and no stack is wanted between them.
It costs a `try` in every subclass and method, and what is left open once it is forgotten in one.
"""

import sys
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

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
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
        async def __aenter__(self) -> Self:
            await super().__aenter__()
            try:
                await part.open()
            except BaseException:
                await super().__aexit__(*sys.exc_info())
                raise
            return self

        async def __aexit__(self, *raised: object) -> None:
            try:
                await part.close()
            finally:
                await super().__aexit__(*raised)

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
        async def __aenter__(self) -> Self:
            await part.open()
            return self

        async def __aexit__(self, *raised: object) -> None:
            try:
                await part.close()
            finally:
                await super().__aexit__(*raised)

    return Forgetful


def construct(kind: type[Client], fetch: Fetch) -> Awaitable[Client]:
    return kind(fetch).__aenter__()


def close(thing: Client) -> Awaitable[object]:
    return thing.__aexit__(None, None, None)
