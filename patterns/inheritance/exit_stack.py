"""`AsyncExitStack` in the base: each class pushes how to close what it has opened.

Choose it when objects are entered with `async with`, and a subclass has more than one thing to open.
It costs a stack per object, which also closes when construction fails, so that no subclass needs a `try`. A property
that is kept by hand is loaded by each task that finds nothing yet.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Protocol, Self

Fetch = Callable[[int], Coroutine[Any, Any, int]]
Load = Callable[[int], Coroutine[Any, Any, int]]


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
    class Refined(*(bases or (Client,))):  # type: ignore[misc]  # in a program, by its name
        async def _open(self, stack: AsyncExitStack) -> None:
            await super()._open(stack)
            await part.open()
            stack.push_async_callback(part.close)

        async def ask(self, question: int) -> int:
            return part.refine(await super().ask(question))

    return Refined


class Report:
    """The property: `value` remembers, subclasses refine `_load`."""

    def __init__(self, load: Load) -> None:
        self._source = load
        self._known: int | None = None

    @property
    def value(self) -> Awaitable[int]:
        return self._read()

    async def _read(self) -> int:
        if self._known is None:
            self._known = await self._load()
        return self._known

    async def _load(self) -> int:
        return await self._source(1)


# --- how it fits the contract ---

from functools import cache as remember

LIBRARY = "any"
KNOWN_FAILURES = (
    ("around_each_call", "", "what the base does around its own answer is over when a subclass refines that"),
    ("forgotten_super_is_told", "", "Python does not tell: the bases of who forgets super() stay closed"),
    ("property_is_loaded_once", "", "between the look and the store lies a load: whoever reads meanwhile loads, too"),
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


@remember
def chain(depth: int) -> type[Report]:
    if depth == 1:
        return Report

    class Refined(chain(depth - 1)):  # type: ignore[misc]
        async def _load(self) -> int:
            return int(await super()._load()) + int(await self._source(depth))

    return Refined


def valued(load: Load, depth: int) -> Report:
    return chain(depth)(load)
