"""`prometheus_client`: a `Gauge` of what is running and a `Counter` of how it ended, with labels.

Choose it when Prometheus collects your numbers: this is its own client, each metric can be counted from several
threads, and what is collected is text that every tool reads.
It costs a lock for each number, twice per operation, and reading means to walk through all of them. Each name makes
numbers of its own that stay for ever, so that names must be few.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge


class Meter:
    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._running = Gauge("operations_running", "Under way", ["operation"], registry=self._registry)
        self._ended = Counter("operations", "Ended", ["operation", "state"], registry=self._registry)
        trio = sys.modules.get("trio")
        self._cancelled = (asyncio.CancelledError, trio.Cancelled) if trio else (asyncio.CancelledError,)

    @contextmanager
    def operation(self, name: str) -> Iterator[None]:
        state = "failed"
        with self._running.labels(name).track_inprogress():
            try:
                yield
                state = "succeeded"
            except self._cancelled:
                state = "cancelled"
                raise
            finally:
                self._ended.labels(name, state).inc()

    def snapshot(self) -> dict[tuple[str, str], int]:
        samples = [sample for metric in self._registry.collect() for sample in metric.samples]
        return {
            (sample.labels["operation"], sample.labels.get("state", "running")): int(sample.value)
            for sample in samples
            if not sample.name.endswith("_created")
        }


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIBRARY = "any"
KIND = "package"
REQUIRES = ("prometheus-client>=0.26.0",)


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    yield Meter()
