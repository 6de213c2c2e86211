"""What stands in for an alternative of ``patterns.injection``: functions that have what they need in hand."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from benchmarks.plan.nothing import Nothing
from patterns.injection import Inject, Part


class Offers:
    """What the workloads need."""

    @staticmethod
    @asynccontextmanager
    async def program(parts: Sequence[Part], _: Mapping[type, object]) -> AsyncIterator[Inject]:
        """Make each part once, by hand, without opening it."""
        things: dict[type, Any] = {}
        for part in parts:
            things[part.kind] = part.kind(*(things[kind] for kind in part.needs))

        def inject(function: Callable[..., Awaitable[Any]], *needs: type) -> Callable[[], Awaitable[Any]]:
            return partial(function, *(things[kind] for kind in needs))

        yield inject


CALLS = Nothing("functions that are called with what was made beforehand", Offers)
MADE = "opening and closing parts is what is asked about, and takes somebody who does so"
NOTHING: dict[str, Nothing | str] = {
    "warm": CALLS,
    "depth_1": CALLS,
    "depth_5": CALLS,
    "depth_20": CALLS,
    "resources": MADE,
    "first_use": MADE,
    "overrides": MADE,
}
