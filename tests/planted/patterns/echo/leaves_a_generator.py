"""Leaves an async generator open, out of reach of the loop that could close it."""

import sys
from collections.abc import AsyncIterator

LIBRARY = "asyncio"
KEPT = []


async def numbers() -> AsyncIterator[int]:
    yield 1
    yield 2


async def echo(value: int) -> int:
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(firstiter=None, finalizer=None)
    generator = numbers()
    await anext(generator)
    sys.set_asyncgen_hooks(*hooks)
    KEPT.append(generator)
    return value
