"""Our own best: `__init_subclass__` gathers what each class opens, refines and closes, base first.

Choose it when hierarchies are deep or calls many: no super() can be forgotten, a further class costs a plain call
instead of a coroutine, and what had opened is closed however construction ends.
It costs the freedom of an override: `refine` gets what was answered, and cannot call its base twice or in vain.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, ClassVar, Protocol, Self

Fetch = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):  # what a class adds
    async def open(self) -> None: ...
    def refine(self, answer: int) -> int: ...
    async def close(self) -> None: ...


class Client:
    _opens: ClassVar[tuple[Callable[[Any], Awaitable[object]], ...]] = ()
    _closes: ClassVar[tuple[Callable[[Any], Awaitable[object]], ...]] = ()
    _refines: ClassVar[tuple[Callable[[Any, int], int], ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        classes = [vars(one) for one in reversed(cls.__mro__)]
        steps = [one for one in classes if "opens" in one or "closes" in one]
        cls._opens = tuple(one.get("opens", _nothing) for one in steps)
        cls._closes = tuple(one.get("closes", _nothing) for one in steps)
        cls._refines = tuple(one["refines"] for one in classes if "refines" in one)

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._opened = 0
        self.under_way = 0

    @classmethod
    async def create(cls, fetch: Fetch) -> Self:
        self = cls(fetch)
        try:
            for opens in cls._opens:
                await opens(self)
                self._opened += 1
        except BaseException:
            await self.aclose()
            raise
        return self

    async def aclose(self) -> None:
        closes = self._closes
        try:
            while left := self._opened:
                self._opened = left - 1
                await closes[left - 1](self)
        except BaseException:
            await self.aclose()  # the bases are closed all the same
            raise

    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            answer = await self._fetch(question)
            for refines in self._refines:
                answer = refines(self, answer)
            return answer
        finally:
            self.under_way -= 1

    async def total(self, questions: Iterable[int]) -> int:
        return sum([await self.ask(question) for question in questions])


async def _nothing(_: Client) -> None:
    pass


def refined(part: Part, *bases: type[Client]) -> type[Client]:
    class Refined(*(bases or (Client,))):  # type: ignore[misc]  # in a program, by its name
        def opens(self) -> Awaitable[None]:  # in a program, the coroutine that `part.open` is here
            return part.open()

        def refines(self, answer: int) -> int:
            return part.refine(answer)

        def closes(self) -> Awaitable[None]:
            return part.close()

    return Refined


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "own"
forgetful = refined  # there is no super() to forget


def construct(kind: type[Client], fetch: Fetch) -> Awaitable[Client]:
    return kind.create(fetch)


def close(thing: Client) -> Awaitable[object]:
    return thing.aclose()
