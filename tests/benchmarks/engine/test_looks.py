"""What a comparison says while it is measured: who leaves after two launches, and when it is known well enough."""

import math
import random
from collections.abc import Mapping
from statistics import fmean

import pytest

from benchmarks.engine.looks import (
    SCREENING,
    WIDTH,
    Contender,
    Pair,
    Readers,
    edge,
    judged,
    leaving,
    log_ratios,
    narrow,
    staying,
    tables_of,
)
from results.statistics import BAND, LEVEL, Estimate, Interval

IDIOM, PACKAGE = Contender("idiom"), Contender("package")
BASELINES = {"asyncio": "usual@asyncio"}


def measured(times: Mapping[str, float], launches: int = 2, noise: float = 0.002) -> dict[str, dict[int, list[float]]]:
    """Times of alternatives on asyncio, each launch a little off; the baseline and its twin take one second."""
    everybody = {"usual": 1.0, "usual#twin": 1.0, **times}
    return {
        f"{name}@asyncio": {
            launch: [seconds * (1 + random.Random(f"{name} {launch}").gauss(0, noise))] for launch in range(launches)
        }
        for name, seconds in everybody.items()
    }


def gone(times: Mapping[str, float], contenders: Mapping[str, Contender], launches: int = 2) -> set[str]:
    """The names of those who leave."""
    able = {f"{name}@asyncio": contender for name, contender in contenders.items()}
    found = leaving(measured(times, launches), Readers(BASELINES, able))
    return {label.removesuffix("@asyncio") for label in found}


def test_who_is_told_from_the_baseline_and_picked_by_nobody_leaves() -> None:
    """Faster or slower; neither the baseline nor its twin, nor who is close to it."""
    assert gone({"fast": 0.5, "slow": 2.0, "close": 1.01}, {"usual": IDIOM}) == {"fast", "slow"}


def test_the_fastest_of_each_lane_stays() -> None:
    """A package three times as slow as the standard library is still the answer of who wants a package."""
    times = {"best": 0.5, "library": 1.5, "worse": 2.0}
    contenders = {"usual": IDIOM, "best": IDIOM, "library": PACKAGE, "worse": PACKAGE}

    assert gone(times, contenders) == {"worse"}


def test_who_promises_more_than_the_faster_ones_stays() -> None:
    """It is the answer of whoever needs that; who lacks the same or more than a faster one is nobody's."""
    times = {"bare": 0.5, "careful": 1.5, "careless": 1.6}
    lacking = Contender("idiom", frozenset({"order"})), Contender("idiom", frozenset({"order", "threads"}))
    contenders = {"usual": IDIOM, "bare": lacking[0], "careful": Contender("own"), "careless": lacking[1]}

    assert gone(times, contenders) == {"careless"}


def test_who_is_as_fast_as_the_fastest_of_its_lane_stays() -> None:
    """Told from the baseline, but not from each other."""
    assert gone({"one": 0.5, "other": 0.505}, {"usual": IDIOM, "one": IDIOM, "other": IDIOM}) == set()


def test_noise_keeps_everybody() -> None:
    """What two launches do not show beyond twice the edge, they do not show."""
    times = measured({"slow": 1.2}, noise=0.2)

    assert leaving(times, Readers(BASELINES, {})) == set()


def test_a_baseline_that_has_no_times_lets_nobody_go() -> None:
    """Its rows have no ratios."""
    times = measured({"slow": 5.0})
    del times["usual@asyncio"]

    assert leaving(times, Readers(BASELINES, {})) == set()


def test_copies_of_the_baseline_count_together() -> None:
    """A twin that took twice as long moves the mean of both; its own ratio is to the original alone."""
    times = measured({"row": 2.0}, noise=0.0)
    times["usual#twin@asyncio"] = {0: [4.0], 1: [4.0]}

    assert log_ratios(times, Pair("row@asyncio", "usual@asyncio")) == pytest.approx([0.0, 0.0])
    assert log_ratios(times, Pair("usual#twin@asyncio", "usual@asyncio"))[0] == pytest.approx(1.386, abs=1e-3)


def test_the_edge_of_a_loop_is_what_its_own_twin_shows() -> None:
    """Another loop's twin says nothing about it."""
    times = measured({"row": 2.0}, launches=5)
    loud = {label.replace("@asyncio", "@trio"): values for label, values in measured({"row": 2.0}, 5, 0.1).items()}

    assert edge({**times, **loud}, "usual@asyncio") == BAND
    assert edge({**times, **loud}, "usual@trio") > BAND


@pytest.mark.parametrize(("noise", "stay"), [(0.001, set()), (0.2, {"row", "other", "usual", "usual#twin"})])
def test_rows_stay_by_their_widths(noise: float, stay: set[str]) -> None:
    """Of the rows that still play, and of the twins: what has left is not asked."""
    times = measured({"row": 1.5, "other": 1.0, "left": 3.0}, launches=4, noise=noise)
    times["left@asyncio"] = {0: [0.5], 1: [5.0]}
    tables = tables_of(times, Readers(BASELINES, {}))
    playing = [label for label in times if not label.startswith("left")]

    assert staying(times, tables, playing) == {f"{name}@asyncio" for name in stay}
    assert {"left@asyncio", "usual@asyncio"} <= staying(times, tables, list(times))


@pytest.mark.parametrize(
    ("centre", "half", "enough"),
    [
        (0.0, 0.9 * WIDTH, True),
        (0.0, 1.1 * WIDTH, False),
        (BAND, 1.1 * WIDTH, False),
        (1.0, 0.09, True),
        (-1.0, 0.09, True),
        (-1.0, 0.11, False),
    ],
)
def test_how_narrow_is_enough(centre: float, half: float, enough: bool) -> None:
    """Half the band near equality, and a tenth of the way from there; which side of an edge does not matter."""
    found = Estimate(centre, Interval(centre - half, centre + half, LEVEL), 3)

    assert narrow(found) is enough


def test_intervals_of_rows_that_leave_when_they_are_narrow_miss_as_often_as_they_say() -> None:
    """Tables of six rows, half of them equal to the baseline, with at most five launches that scatter by 2 %."""
    drawn = random.Random(1)
    missed, launches = list[bool](), list[int]()
    for _ in range(150):
        truth = {f"row{at}@asyncio": 0.0 if at < 3 else drawn.uniform(-1.5, 1.5) for at in range(6)}
        times: dict[str, dict[int, list[float]]] = {label: {} for label in ("usual@asyncio", *truth)}
        playing = set(times)
        for launch in range(5):
            for label in playing:
                times[label][launch] = [math.exp(truth.get(label, 0.0) + drawn.gauss(0, 0.014))]
            if launch >= SCREENING:
                playing = staying(times, tables_of(times, Readers(BASELINES, {})), playing)
        for pair, found in judged(times, truth, "usual@asyncio").items():
            assert found.low is not None
            assert found.high is not None
            missed.append(not found.low <= truth[pair.over] <= found.high)
            launches.append(found.estimate.launches)

    assert 0.02 < fmean(missed) < 0.08
    assert 3 <= fmean(launches) < 4.5


def test_one_launch_is_never_narrow() -> None:
    """It has no interval."""
    assert not narrow(Estimate(2.0, None, 1))


def test_only_who_suits_most_programs_is_the_leader() -> None:
    """Who lacks what most need is faster, and nobody's measure."""
    times = measured({"bare": 0.5, "whole": 0.8, "other": 0.9})
    able = {
        "bare@asyncio": Contender("idiom", frozenset({"order"}), usual=False),
        "whole@asyncio": IDIOM,
        "other@asyncio": IDIOM,
    }

    assert tables_of(times, Readers(BASELINES, able)) == {
        "usual@asyncio": ["bare@asyncio", "whole@asyncio", "other@asyncio"],
        "whole@asyncio": ["other@asyncio"],
    }
