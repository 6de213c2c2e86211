"""Correct, without a class for each part: functions around functions, and blocks inside blocks."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import reduce
from types import SimpleNamespace
from typing import Any

from patterns.inheritance import Fetch, Part

LIBRARY = "any"


@asynccontextmanager
async def opened(parts: Sequence[Part]) -> AsyncIterator[None]:
    if not parts:
        yield
        return
    *below, last = parts
    async with opened(below):
        await last.open()
        try:
            yield
        finally:
            await last.close()


def refined(part: Part, *bases: Any) -> Any:
    return (*dict.fromkeys(one for base in reversed(bases) for one in base), part)


async def construct(kind: Any, fetch: Fetch) -> Any:
    stack = AsyncExitStack()
    await stack.enter_async_context(opened(kind))

    async def ask(question: int) -> int:
        thing.under_way += 1
        try:
            answer = await fetch(question)
            return reduce(lambda so_far, part: part.refine(so_far), kind, answer)
        finally:
            thing.under_way -= 1

    async def total(questions: Iterable[int]) -> int:
        return sum([await ask(question) for question in questions])

    thing = SimpleNamespace(ask=ask, total=total, close=stack.aclose, under_way=0)
    return thing


async def close(thing: Any) -> None:
    await thing.close()
