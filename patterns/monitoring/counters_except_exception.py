"""A trap: `except Exception` counts what fails, and `else` what succeeds.

Choose it when no operation is ever cancelled, which no deadline allows.
It costs a number that only grows: a cancellation is no `Exception`, so that an operation which was cancelled counts as
running for ever, and the alarm for too many of them comes a little closer with each deadline that passes.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Meter:
    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def operation(self, name: str) -> Iterator[None]:
        self._counts[name, "running"] += 1
        try:
            yield
        except Exception:
            self._counts[name, "running"] -= 1
            self._counts[name, "failed"] += 1
            raise
        else:
            self._counts[name, "running"] -= 1
            self._counts[name, "succeeded"] += 1

    def snapshot(self) -> dict[tuple[str, str], int]:
        return dict(self._counts)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("counts_are_exact", "", "`except Exception` sees no cancellation: who was cancelled counts as running for ever"),
)


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()
