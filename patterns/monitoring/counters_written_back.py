"""A trap: the numbers are read when an operation begins, and written back when it ends.

Choose it when one operation at a time is running, which is what threads of old were told.
It costs counts: of two operations that overlap, the one that ends last writes back what it had read before the other
one was counted.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Record:
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0


class Meter:
    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        trio = sys.modules.get("trio")
        self._cancelled = (asyncio.CancelledError, trio.Cancelled) if trio else (asyncio.CancelledError,)

    @contextmanager
    def operation(self, name: str) -> Iterator[None]:
        record = self._records.get(name, Record())
        try:
            yield
        except self._cancelled:
            record = replace(record, cancelled=record.cancelled + 1)
            raise
        except BaseException:
            record = replace(record, failed=record.failed + 1)
            raise
        else:
            record = replace(record, succeeded=record.succeeded + 1)
        finally:
            self._records[name] = record

    def snapshot(self) -> dict[tuple[str, str], int]:
        return {
            (name, state): number
            for name, record in self._records.items()
            for state, number in (
                ("succeeded", record.succeeded),
                ("failed", record.failed),
                ("cancelled", record.cancelled),
            )
        }


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (("counts_add_up", "", "what was read when an operation began is written back when it ends"),)


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()
