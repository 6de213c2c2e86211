"""Plain methods that subclasses may refine as coroutines: `inspect.isawaitable` looks what came.

Choose it when most subclasses have nothing to wait for, or are written by people who do not care.
It costs a look at every call and in every override, and types that say two things at once.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from inspect import isawaitable
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
        async with AsyncExitStack() as stack:
            opening = self._open(stack)
            if isawaitable(opening):
                await opening
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, trace)

    def _open(self, stack: AsyncExitStack) -> Awaitable[None] | None:
        pass

    def _answer(self, question: int) -> Awaitable[int] | int:
        return self._fetch(question)

    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            answer = self._answer(question)
            return await answer if isawaitable(answer) else answer
        finally:
            self.under_way -= 1

    async def total(self, questions: Iterable[int]) -> int:
        return sum([await self.ask(question) for question in questions])


def refined(part: Part, *bases: type[Client]) -> type[Client]:
    class Refined(*(bases or (Client,))):  # type: ignore[misc]  # in a program, by its name
        async def _open(self, stack: AsyncExitStack) -> None:
            opening = super()._open(stack)
            if isawaitable(opening):
                await opening
            await part.open()
            stack.push_async_callback(part.close)

        async def _answer(self, question: int) -> int:
            answer = super()._answer(question)
            return part.refine(await answer if isawaitable(answer) else answer)

    return Refined


# --- how it fits the contract ---

LIBRARY = "any"
KNOWN_FAILURES = (
    ("forgotten_super_is_told", "", "Python does not tell: the bases of who forgets super() stay closed"),
)


def forgetful(part: Part, base: type[Client]) -> type[Client]:
    class Forgetful(base):  # type: ignore[misc, valid-type]
        async def _open(self, stack: AsyncExitStack) -> None:
            await part.open()
            stack.push_async_callback(part.close)

    return Forgetful


def construct(kind: type[Client], fetch: Fetch) -> Awaitable[Client]:
    return kind(fetch).__aenter__()


def close(thing: Client) -> Awaitable[object]:
    return thing.__aexit__(None, None, None)
