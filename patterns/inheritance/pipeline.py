"""Composition: one class, and a list of parts that open and refine in order, and close in reverse.

Choose it when what refines an answer need not know what was asked, nor decide whether to ask at all.
It costs the freedom of an override: a part gets what was answered, and cannot call the base twice or in vain.
"""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Protocol, Self

Fetch = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):  # what a class adds
    async def open(self) -> None: ...
    def refine(self, answer: int) -> int: ...
    async def close(self) -> None: ...


class Client:
    def __init__(self, fetch: Fetch, parts: Sequence[Part]) -> None:
        self._fetch, self._parts = fetch, parts
        self.under_way = 0

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for part in self._parts:
                await part.open()
                stack.push_async_callback(part.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, trace)

    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            answer = await self._fetch(question)
            for part in self._parts:
                answer = part.refine(answer)
            return answer
        finally:
            self.under_way -= 1

    async def total(self, questions: Iterable[int]) -> int:
        return sum([await self.ask(question) for question in questions])


# --- how it fits the contract ---

from collections.abc import Awaitable

LIBRARY = "any"
Kind = tuple[Part, ...]


def refined(part: Part, *bases: Kind) -> Kind:
    below = [one for base in reversed(bases) for one in base]
    return (*dict.fromkeys(below), part)


def construct(kind: Kind, fetch: Fetch) -> Awaitable[Client]:
    return Client(fetch, kind).__aenter__()


def close(thing: Client) -> Awaitable[object]:
    return thing.__aexit__(None, None, None)
