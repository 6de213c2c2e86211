"""The worker: how it calibrates, and what it does not ask twice."""

import platform
from collections.abc import Iterator
from typing import Any, cast

import pyperf
import pytest

from benchmarks.engine.blocks import Bench, Block
from benchmarks.engine.worker import calibrate, warm_runner


class Scripted:
    """A bench whose blocks take what they are told to; ``asked`` notes the loops of each."""

    def __init__(self, seconds: list[float], waits: float = 0.0) -> None:
        """The seconds of block after block, and how long each loop waits beside."""
        self._seconds: Iterator[float] = iter(seconds)
        self._waits = waits
        self.asked: list[int] = []

    def warm_up(self, loops: int) -> None:
        """Nothing to warm."""

    def block(self, loops: int) -> Block:
        """The next block."""
        self.asked.append(loops)
        seconds = next(self._seconds)
        return Block(seconds, seconds + self._waits * loops, {})


@pytest.mark.parametrize(
    ("blocks", "loops", "expected"),
    [
        ([0.0001, 0.0020, 0.0016], [1, 16, 16], 0.0016 / 16),  # the first power of two that should reach 1 ms
        ([0.0009, 0.0011, 0.0012], [1, 2, 2], 0.0011 / 2),
        ([0.02], [1], 0.02),  # another look would cost 20 ms and change nothing
        ([0.10, 0.07], [1, 1], 0.07),  # a second look keeps the variant in
        ([1.0], [1], 1.0),  # hopeless
    ],
)
def test_calibration_looks_again_where_it_is_cheap_or_decides(
    blocks: list[float], loops: list[int], expected: float
) -> None:
    """With blocks of a millisecond and a limit of 80 ms."""
    bench = Scripted(blocks)
    found = calibrate(cast("Bench", bench), 0.001, 0.08)

    assert bench.asked == loops
    assert found == pytest.approx((expected, expected))


def test_what_mostly_waits_is_not_repeated_for_long() -> None:
    """A loop of 10 us that waits 9 ms: four of them are long enough, although they work for 40 us only."""
    bench = Scripted([1e-5, 4e-5], waits=0.009)
    found = calibrate(cast("Bench", bench), 0.001, 0.08)

    assert bench.asked == [1, 4]
    assert found == pytest.approx((1e-5, 0.00901))


def test_the_architecture_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyperf asks with every benchmark, and the answer is the output of another program."""
    asked: list[int] = []

    def architecture(*_: Any) -> tuple[str, str]:
        asked.append(1)
        return "64bit", "ELF"

    monkeypatch.setattr(platform, "architecture", architecture)
    warm_runner.cache_clear()
    warm_runner()
    versions = [pyperf.Run([1.0]).get_metadata()["python_version"] for _ in range(2)]

    assert ["(64-bit)" in version for version in versions] == [True, True]
    assert len(asked) == 1
