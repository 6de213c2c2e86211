"""Our own best for composition: a recipe binds its parts once, and makes many objects.

Choose it when what refines need not know the object that it refines, and objects are made or called often.
It costs the freedom of an override: a part gets what was answered, and cannot ask again, or in vain.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol

Fetch = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):  # what refines
    async def open(self) -> None: ...
    def refine(self, answer: int) -> int: ...
    async def close(self) -> None: ...


class Recipe:
    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        self.opens = [part.open for part in parts]
        self.refines = tuple(part.refine for part in parts)
        self.closes = [part.close for part in parts]

    async def create(self, fetch: Fetch) -> "Client":
        opened = 0
        try:
            for opens in self.opens:
                await opens()
                opened += 1
        except BaseException:
            await _close(self.closes[:opened])
            raise
        return Client(fetch, self)


class Client:
    def __init__(self, fetch: Fetch, recipe: Recipe) -> None:
        self._fetch, self._refines = fetch, recipe.refines
        self._closes = recipe.closes
        self.under_way = 0

    async def aclose(self) -> None:
        closes, self._closes = self._closes, []
        await _close(closes)

    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            answer = await self._fetch(question)
            for refine in self._refines:
                answer = refine(answer)
            return answer
        finally:
            self.under_way -= 1

    async def total(self, questions: Iterable[int]) -> int:
        return sum([await self.ask(question) for question in questions])


async def _close(closes: Sequence[Callable[[], Awaitable[object]]]) -> None:
    left = len(closes)
    try:
        while left:
            left -= 1
            await closes[left]()
    except BaseException:
        await _close(closes[:left])  # the others are closed all the same
        raise


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "own"


def refined(part: Part, *bases: Recipe) -> Recipe:
    below = [one for base in reversed(bases) for one in base.parts]
    return Recipe([*dict.fromkeys(below), part])


def construct(kind: Recipe, fetch: Fetch) -> Awaitable[Client]:
    return kind.create(fetch)


def close(thing: Client) -> Awaitable[object]:
    return thing.aclose()
