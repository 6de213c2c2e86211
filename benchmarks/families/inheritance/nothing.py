"""What stands in for an alternative of ``patterns.inheritance``: one class that does by hand what all of them do."""

from typing import Any

from benchmarks.plan.nothing import Nothing
from patterns.inheritance import Fetch, Load, Part


class Flat:
    """An object that calls what was added to it in a row."""

    def __init__(self, fetch: Fetch, parts: tuple[Part, ...]) -> None:
        """All parts, base first."""
        self.fetch, self.parts = fetch, parts

    async def ask(self, question: int) -> int:
        """Fetch and refine."""
        answer = await self.fetch(question)
        for part in self.parts:
            answer = part.refine(answer)
        return answer


class Loaded:
    """An object whose value is there when it is asked for."""

    def __init__(self, depth: int) -> None:
        """What all classes together would have loaded."""
        self.value = self.known(sum(range(1, depth + 1)))

    class known:  # noqa: N801  what stands in for a coroutine
        """Something to await that is there."""

        def __init__(self, value: int) -> None:
            """The value."""
            self.value = value

        def __await__(self) -> Any:
            """At once."""
            yield from ()
            return self.value


class Offers:
    """What the workloads need."""

    @staticmethod
    def refined(part: Part, *bases: Any) -> Any:
        """All parts, each of them once."""
        return (*dict.fromkeys(one for base in bases for one in base), part)

    @staticmethod
    async def construct(kind: Any, fetch: Fetch) -> Flat:
        """Open them in a row."""
        for part in kind:
            await part.open()
        return Flat(fetch, kind)

    @staticmethod
    async def close(thing: Flat) -> None:
        """Close them in a row."""
        for part in reversed(thing.parts):
            await part.close()

    @staticmethod
    def valued(load: Load, depth: int) -> Loaded:  # noqa: ARG004  nothing is loaded
        """It is known."""
        return Loaded(depth)


BY_HAND = Nothing("one class that does in a row what all of them do", Offers)
KNOWN = Nothing("a value that need not be loaded", Offers)
NOTHING: dict[str, Nothing | str] = {
    "construct": BY_HAND,
    "diamond": BY_HAND,
    "fails": BY_HAND,
    "call_1": BY_HAND,
    "call_2": BY_HAND,
    "call_4": BY_HAND,
    "call_8": BY_HAND,
    "reads": KNOWN,
    "first_reads": "loading, and keeping what was loaded, is what is asked about",
}
