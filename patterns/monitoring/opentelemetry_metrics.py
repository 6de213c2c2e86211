"""OpenTelemetry's metrics API: an `UpDownCounter` of what is running and a `Counter` of how it ended.

Choose it when your numbers go where traces and logs go: the code that counts knows only the API, and who starts the
program decides where to.
It costs several times a dictionary's time for each operation, as attributes are looked up and aggregated behind a lock.
Without its SDK the same calls count nothing, and say so nowhere.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint


class Meter:
    def __init__(self) -> None:
        self._reader = InMemoryMetricReader()
        self._provider = MeterProvider([self._reader], shutdown_on_exit=False)
        meter = self._provider.get_meter(__name__)
        self._running = meter.create_up_down_counter("operations.running")
        self._ended = meter.create_counter("operations.ended")
        trio = sys.modules.get("trio")
        self._cancelled = (asyncio.CancelledError, trio.Cancelled) if trio else (asyncio.CancelledError,)

    @contextmanager
    def operation(self, name: str) -> Iterator[None]:
        running, state = {"operation": name, "state": "running"}, "failed"
        self._running.add(1, running)
        try:
            yield
            state = "succeeded"
        except self._cancelled:
            state = "cancelled"
            raise
        finally:
            self._running.add(-1, running)
            self._ended.add(1, {"operation": name, "state": state})

    def snapshot(self) -> dict[tuple[str, str], int]:
        data = self._reader.get_metrics_data()
        scopes = [scope for resource in data.resource_metrics for scope in resource.scope_metrics] if data else []
        points = [point for scope in scopes for metric in scope.metrics for point in metric.data.data_points]
        return {
            (str(point.attributes["operation"]), str(point.attributes["state"])): int(point.value)
            for point in points
            if isinstance(point, NumberDataPoint) and point.attributes
        }

    def close(self) -> None:
        self._provider.shutdown()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIBRARY = "any"
KIND = "package"
REQUIRES = ("opentelemetry-sdk>=1.45.2",)


@asynccontextmanager
async def counters() -> AsyncIterator[Meter]:
    meter = Meter()
    try:
        yield meter
    finally:
        meter.close()
