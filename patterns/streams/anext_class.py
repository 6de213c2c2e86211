"""A class with `__anext__`, entered by `async with`: an iterator that keeps its state in attributes.

Choose it when items are asked for by one task at a time that may give up and ask again: an interrupted wait ends
nothing, as the source is asked anew.
It costs a coroutine for each item and each step, and state that is spelt out. Several tasks that ask at the same time
ask the source at the same time.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


class Items(Generic[T]):
    def __init__(self, source: Source[T]) -> None:
        self._open = source()

    async def __aenter__(self) -> AsyncIterator[T]:
        self._fetch = await self._open.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._open.__aexit__(kind, error, trace)

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        item = await self._fetch()
        if item is None:
            raise StopAsyncIteration
        return item


class Mapped(Items[T]):
    def __init__(self, source: Source[T], steps: Sequence[Step[T]]) -> None:
        super().__init__(source)
        self._steps = steps

    async def __anext__(self) -> T:
        item = await super().__anext__()
        for step in self._steps:
            item = await step(item)
        return item


# --- how it fits the contract ---

items = Items
mapped = Mapped

LIBRARY = "any"
KNOWN_FAILURES = (
    ("several_readers", "", "its readers ask the source at the same time"),
    (
        "deadline_spares_reader",
        "",
        "what the source holds, the task of its reader holds, in the body of the loop, too (PEP 789)",
    ),
)
