"""A trap: `__aenter__` and `__aexit__` that call super() first and last.

Choose it when nothing can fail between the first class that opens and the last one.
It costs what the base has opened when a subclass fails to open, or is cancelled meanwhile: nobody calls `__aexit__`. A
clean-up that fails skips those of the bases.
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
            await part.open()
            return self

        async def __aexit__(self, *raised: object) -> None:
            await part.close()
            await super().__aexit__(*raised)

        async def ask(self, question: int) -> int:
            return part.refine(await super().ask(question))

    return Refined


# --- how it fits the contract ---

from collections.abc import Awaitable

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("failed_opening_leaves_nothing", "", "__aexit__ is not called when __aenter__ has failed: the bases stay open"),
    ("cancelled_opening_leaves_nothing", "", "__aexit__ is not called when __aenter__ was cancelled"),
    ("failed_close_closes_the_bases", "", "what a clean-up raises leaves __aexit__ before super() is called"),
    ("cancelled_close_closes_all", "", "a cancellation leaves __aexit__ before super() is called"),
    ("around_each_call", "", "what the base does around its own answer is over when a subclass refines that"),
    ("forgotten_super_is_told", "", "Python does not tell: the bases of who forgets super() stay closed"),
)


def forgetful(part: Part, base: type[Client]) -> type[Client]:
    class Forgetful(base):  # type: ignore[misc, valid-type]
        async def __aenter__(self) -> Self:
            await part.open()
            return self

        async def __aexit__(self, *raised: object) -> None:
            await part.close()
            await super().__aexit__(*raised)

    return Forgetful


def construct(kind: type[Client], fetch: Fetch) -> Awaitable[Client]:
    return kind(fetch).__aenter__()


def close(thing: Client) -> Awaitable[object]:
    return thing.__aexit__(None, None, None)
