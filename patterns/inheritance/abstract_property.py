"""An abstract property that is awaited: each class says how its value comes, and keeps it.

Choose it when a subclass without a value must not be made at all, and only one task reads first.
It costs the same few lines in every class, and a load for each task that reads before the first has loaded.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Load = Callable[[int], Coroutine[Any, Any, int]]


class Report(ABC):
    def __init__(self, load: Load) -> None:
        self._source = load
        self._known: dict[str, int] = {}  # by class, as an override may ask super()

    @property
    @abstractmethod
    def value(self) -> Awaitable[int]: ...


class Sales(Report):
    @property
    def value(self) -> Awaitable[int]:
        async def sales() -> int:  # a method would be overridden by the next class that has one of its name
            if "sales" not in self._known:
                self._known["sales"] = await self._source(1)
            return self._known["sales"]

        return sales()


# --- how it fits the contract ---

from functools import cache as remember

LIBRARY = "any"
KNOWN_FAILURES = (
    ("property_is_loaded_once", "", "between the look and the store lies a load: whoever reads meanwhile loads, too"),
)


@remember
def chain(depth: int) -> type[Report]:
    if depth == 1:
        return Sales
    name = f"refinement {depth}"

    class Refined(chain(depth - 1)):  # type: ignore[misc]
        @property
        def value(self) -> Awaitable[int]:
            async def refined() -> int:
                if name not in self._known:
                    self._known[name] = await super(Refined, self).value + await self._source(depth)
                return int(self._known[name])

            return refined()

    return Refined


def valued(load: Load, depth: int) -> Report:
    return chain(depth)(load)
