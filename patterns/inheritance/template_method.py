"""A template method: the base alone has `ask`, and subclasses refine the steps that it calls.

Choose it when the base must do something around every call, or check that subclasses have done their part.
It costs a second name per method, one for callers and one for subclasses, and one more coroutine per call.
"""

from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Protocol, Self, final

Fetch = Callable[[int], Coroutine[Any, Any, int]]


class Part(Protocol):  # what a class adds
    async def open(self) -> None: ...
    def refine(self, answer: int) -> int: ...
    async def close(self) -> None: ...


class Client:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._has_opened = False
        self.under_way = 0

    @final
    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._open(stack)
            if not self._has_opened:
                raise RuntimeError(f"{type(self).__name__} has a class that opens without super()")
            self._stack = stack.pop_all()
        return self

    @final
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, trace)

    @final
    async def ask(self, question: int) -> int:
        self.under_way += 1
        try:
            return await self._answer(question)
        finally:
            self.under_way -= 1

    @final
    async def total(self, questions: Iterable[int]) -> int:
        return sum([await self.ask(question) for question in questions])

    async def _open(self, stack: AsyncExitStack) -> None:  # noqa: ARG002  for subclasses
        self._has_opened = True

    async def _answer(self, question: int) -> int:
        return await self._fetch(question)


def refined(part: Part, *bases: type[Client]) -> type[Client]:
    class Refined(*(bases or (Client,))):  # type: ignore[misc]  # in a program, by its name
        async def _open(self, stack: AsyncExitStack) -> None:
            await super()._open(stack)
            await part.open()
            stack.push_async_callback(part.close)

        async def _answer(self, question: int) -> int:
            return part.refine(await super()._answer(question))

    return Refined


# --- how it fits the contract ---

from collections.abc import Awaitable

LIBRARY = "any"


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
