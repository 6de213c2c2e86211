"""`threading.Lock` around numbers that several threads count.

Choose it when operations run in threads as well, `asyncio.to_thread` among them: the interpreter may leave a thread
between reading a number and writing it.
It costs two trips through a lock for each operation. Whoever takes a snapshot holds up those who count, for as long as
it takes to copy the numbers.
"""

import asyncio
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Meter:
    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        trio = sys.modules.get("trio")
        self._cancelled = (asyncio.CancelledError, trio.Cancelled) if trio else (asyncio.CancelledError,)

    @contextmanager
    def operation(self, name: str) -> Iterator[None]:
        self._add(name, running=1)
        try:
            yield
        except self._cancelled:
            self._add(name, running=-1, cancelled=1)
            raise
        except BaseException:
            self._add(name, running=-1, failed=1)
            raise
        else:
            self._add(name, running=-1, succeeded=1)

    def _add(self, name: str, **changes: int) -> None:
        with self._lock:
            for state, change in changes.items():
                self._counts[name, state] += change

    def snapshot(self) -> dict[tuple[str, str], int]:
        with self._lock:
            return dict(self._counts)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIBRARY = "any"


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()
