"""Bases that are called by their names: `await Base._open(self)` in place of super().

Choose it when no class ever has two bases, and a reader should see whose method is called.
It costs mixins: the root of a diamond is opened once for each way to it, and closed as often.
"""

from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
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
            await self._open(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, trace)

    async def _open(self, stack: AsyncExitStack) -> None:
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
    named = bases or (Client,)

    class Refined(*named):  # type: ignore[misc]  # in a program, by its name
        async def _open(self, stack: AsyncExitStack) -> None:
            for base in named:  # in a program, one line for each
                await base._open(self, stack)  # noqa: SLF001  a method of its own
            await part.open()
            stack.push_async_callback(part.close)

        async def ask(self, question: int) -> int:
            return part.refine(await named[0].ask(self, question))

    return Refined


# --- how it fits the contract ---

from collections.abc import Awaitable

LIBRARY = "any"
KNOWN_FAILURES = (
    ("diamond_runs_once", "", "the root is opened once by each of its subclasses, and only one of those is asked"),
    ("around_each_call", "", "what the base does around its own answer is over when a subclass refines that"),
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
