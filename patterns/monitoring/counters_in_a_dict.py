"""A dictionary of numbers, and a block that counts how it ended.

Choose it when you want to know what is running and how it ends, in a process with one loop: between two awaits nobody
else counts, so that it needs no lock.
It costs a small object and some additions to a dictionary for each operation.
"""

import asyncio
import sys
from collections import Counter
from types import TracebackType


def cancellations() -> tuple[type[BaseException], ...]:
    """What a cancellation is here: Trio's only where Trio was imported."""
    trio = sys.modules.get("trio")
    return (asyncio.CancelledError, trio.Cancelled) if trio else (asyncio.CancelledError,)


class Operation:
    __slots__ = ("_cancelled", "_counts", "_name")

    def __init__(self, counts: Counter[tuple[str, str]], name: str, cancelled: tuple[type[BaseException], ...]) -> None:
        self._counts, self._name, self._cancelled = counts, name, cancelled

    def __enter__(self) -> None:
        self._counts[self._name, "running"] += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._counts[self._name, "running"] -= 1
        if kind is None:
            self._counts[self._name, "succeeded"] += 1
        elif issubclass(kind, self._cancelled):
            self._counts[self._name, "cancelled"] += 1
        else:
            self._counts[self._name, "failed"] += 1


class Meter:
    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._cancelled = cancellations()

    def operation(self, name: str) -> Operation:
        return Operation(self._counts, name, self._cancelled)

    def snapshot(self) -> dict[tuple[str, str], int]:
        return dict(self._counts)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIBRARY = "any"


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()
