"""Wrappers in place of subclasses: each holds the object that it refines, and passes on the rest.

Choose it when what refines is put together at run time, or refines what others have written.
It costs the way back: what the innermost object calls by itself is not refined. Each wrapper is one more call.
"""

from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
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


class Wrapper:
    def __init__(self, inner: Any, part: Part) -> None:
        self._inner, self._part = inner, part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._inner)
            await self._part.open()
            stack.push_async_callback(self._part.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._stack.aclose()

    async def ask(self, question: int) -> int:
        return self._part.refine(await self._inner.ask(question))


# --- how it fits the contract ---

from collections.abc import Awaitable
from functools import reduce

LIBRARY = "any"
KNOWN_FAILURES = (
    ("override_reaches_callers", "", "the innermost object calls its own method: it knows of no wrapper"),
    (
        "around_each_call",
        "",
        "what the innermost object does around its answer is over when a wrapper refines that",
    ),
)
Kind = tuple[Part, ...]


def refined(part: Part, *bases: Kind) -> Kind:
    below = [one for base in reversed(bases) for one in base]
    return (*dict.fromkeys(below), part)


def construct(kind: Kind, fetch: Fetch) -> Awaitable[Any]:
    return reduce(Wrapper, kind, Client(fetch)).__aenter__()  # type: ignore[arg-type]


def close(thing: Any) -> Awaitable[object]:
    return thing.__aexit__(None, None, None)  # type: ignore[no-any-return]
