"""What stands in for an alternative of ``patterns.resources``: nobody looks after what is open."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType

from benchmarks.plan.nothing import Nothing
from patterns.resources import Connect, Handle, Lease


class _Opened:
    def __init__(self, connects: Sequence[Connect]) -> None:
        self._connects = connects

    async def __aenter__(self) -> Sequence[Handle]:
        self._handles = [await connect() for connect in self._connects]
        return self._handles

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles:
            await handle.aclose()


class _Everybody:
    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    async def __aenter__(self) -> Handle:
        return self._handle

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is given back."""


class Offers:
    """What the workloads need."""

    opened = _Opened

    @staticmethod
    @asynccontextmanager
    async def pool(connect: Connect, size: int) -> AsyncIterator[Lease]:  # noqa: ARG004  one does for all
        """One resource for everybody."""
        everybody = _Everybody(await connect())
        yield lambda: everybody


OPEN = Nothing("openings and closings in a row", Offers)
SHARED = Nothing("one resource that everybody uses at once", Offers)
TROUBLE = "closing what is open in spite of that is what is asked about, and takes somebody who looks after it"
NOTHING: dict[str, Nothing | str] = {
    "single": OPEN,
    "stack": OPEN,
    "refused": TROUBLE,
    "cancelled": TROUBLE,
    "leases": SHARED,
    "contended": SHARED,
}
