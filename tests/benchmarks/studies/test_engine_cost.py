"""The engine's own benchmark: its two ways to an interval, computed by hand."""

import math

import psutil
import pyperf
import pytest

from benchmarks.engine.engines import Measured
from benchmarks.studies import engine_cost
from benchmarks.studies.engine_cost import BASELINE, busy_neighbours, interval_of_stock, interval_of_turns


def benchmark(label: str, launches: list[list[float]]) -> pyperf.Benchmark:
    """A benchmark with the given values per launch."""
    return pyperf.Benchmark(
        [
            pyperf.Run(values, metadata={"name": f"{label} n=100", "launch": number}, collect_metadata=False)
            for number, values in enumerate(launches)
        ]
    )


def test_turns_pair_launches() -> None:
    """Every launch is twice as slow as the one before, and the ratio is two in each: the interval has no width."""
    baseline = benchmark("asyncio_lock@asyncio", [[2.0**launch] for launch in range(6)])
    other = benchmark("own_lock@asyncio", [[2.0 ** (launch + 1)] for launch in range(6)])
    centre, width = interval_of_turns(Measured([baseline, other]), BASELINE)["own_lock@asyncio"]

    assert centre == pytest.approx(math.log(2))
    assert width == pytest.approx(0.0)


def test_stock_pools_all_values() -> None:
    """Means 2 and 4, each with a relative standard error of 1/4: 1.96 times the root of 2/16."""
    baseline = benchmark("asyncio_lock@asyncio", [[1.5], [2.5]])
    other = benchmark("own_lock@asyncio", [[3.0, 5.0]])
    centre, width = interval_of_stock(Measured([baseline, other]), BASELINE)["own_lock@asyncio"]

    assert centre == pytest.approx(math.log(2))
    assert width == pytest.approx(1.96 * math.sqrt(2 / 16))


def test_neighbours_are_busy_until_the_end() -> None:
    """One for each core, and none afterwards."""
    with busy_neighbours() as burners:
        assert [burner.poll() for burner in burners] == [None] * (psutil.cpu_count() or 1)
    assert all(burner.poll() for burner in burners)


def test_neighbours_that_rest_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was measured meanwhile was measured on a quiet machine."""
    monkeypatch.setattr(engine_cost, "BURN", "")
    with pytest.raises(RuntimeError, match="ended by itself"), busy_neighbours() as burners:
        burners[0].wait()
