"""An engine that measures nothing, for tests of what is around it."""

import os
from collections.abc import Callable, Iterator, Sequence

import pyperf
import pytest

from benchmarks import run
from benchmarks.engine.engines import Measured, Terms
from benchmarks.plan.comparisons import Comparison
from benchmarks.plan.variants import Variant


class Engine:
    """Finds that every variant takes a millisecond; is interrupted when it is asked for a point of ``forbidden``.

    What is to happen ``before`` a point is measured happens then.
    """

    def __init__(self) -> None:
        """Nothing is forbidden, nothing has been asked."""
        self.forbidden: set[int] = set()
        self.before: dict[int, Callable[[], object]] = {}
        self.asked: list[int] = []
        self.seconds: list[float] = []

    def __call__(self, comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        """One benchmark per variant."""
        for comparison, one in zip(comparisons, terms, strict=True):
            if comparison.n in self.forbidden:
                raise KeyboardInterrupt
            self.before.pop(comparison.n, int)()
            self.asked.append(comparison.n)
            self.seconds.append(one.budget)
            yield Measured([timed(variant) for variant in comparison.variants], launches=1)


def said_of(variant: Variant, launch: int = 0) -> dict[str, str | int]:
    """What a worker says of itself in the file of times."""
    asked: dict[str, str | int] = {"name": variant.benchmark, "n": variant.n, "alternative": variant.alternative}
    return {**asked, "backend": variant.backend, "twin": variant.twin, "launch": launch}


def timed(variant: Variant) -> pyperf.Benchmark:
    """A benchmark of one value."""
    metadata = {**said_of(variant), "number of this process": os.getpid()}
    return pyperf.Benchmark([pyperf.Run([0.001], metadata=metadata, collect_metadata=False)])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine in place of the one that measures."""
    found = Engine()
    monkeypatch.setitem(run.ENGINES, "turns", found)
    return found
