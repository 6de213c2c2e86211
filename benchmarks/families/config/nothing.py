"""What stands in for an alternative of ``patterns.config``: settings that nobody can change."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.plan.nothing import Nothing
from patterns.config import Handler, Load, Store, T


@dataclass(frozen=True)
class _Constant:
    limit: int
    timeout: int


class _Fixed:
    def __init__(self, values: _Constant) -> None:
        self._values = values

    async def limit(self) -> int:
        return self._values.limit

    async def serve(self, handler: Handler[T]) -> T:
        return await handler(self._values)

    async def reload(self) -> None:
        """Nothing changes."""


class Offers:
    """What the workloads need."""

    @staticmethod
    @asynccontextmanager
    async def store(load: Load) -> AsyncIterator[Store]:
        """Load once."""
        texts = await load()
        yield _Fixed(_Constant(int(texts["limit"]), int(texts["timeout"])))


FIXED = Nothing("settings that never change", Offers)
CHANGE = "changing what others read is what is asked about, and takes somebody who does"
NOTHING: dict[str, Nothing | str] = {
    "reads": FIXED,
    "requests": FIXED,
    "side_by_side": FIXED,
    "read_mostly": CHANGE,
    "reloads": CHANGE,
    "refused": CHANGE,
    "storm": CHANGE,
    "watchers": "being told of a change takes somebody who tells",
}
