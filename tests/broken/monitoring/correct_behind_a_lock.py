"""Correct: numbers behind a lock, and a sink that is told where the event happens, one at a time."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import anyio
import trio

from patterns.monitoring import Event, Send, Sink

LIBRARY = "any"


class Meter:
    def __init__(self) -> None:
        self.numbers: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.lock = threading.Lock()

    def move(self, name: str, after: str, before: str = "") -> None:
        with self.lock:
            states = self.numbers[name]
            states[after] = states.get(after, 0) + 1
            if before:
                states[before] -= 1

    @contextmanager
    def operation(self, name: str) -> Iterator[None]:
        self.move(name, "running")
        try:
            yield
        except (asyncio.CancelledError, trio.Cancelled):
            self.move(name, "cancelled", "running")
            raise
        except BaseException:
            self.move(name, "failed", "running")
            raise
        self.move(name, "succeeded", "running")

    def snapshot(self) -> dict[tuple[str, str], int]:
        with self.lock:
            return {(name, state): count for name, states in self.numbers.items() for state, count in states.items()}


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Send]:
    turn = anyio.Lock()

    async def send(event: Event) -> None:
        async with turn:
            with suppress(Exception):
                await sink(event)

    yield send
