"""Extra launches: who is in play after the planned ones, who leaves, and what is kept."""

import math
import random
from dataclasses import replace

import pyperf
import pytest

from benchmarks.engine import extra
from benchmarks.engine.cost import COST
from benchmarks.engine.engines import AHEAD, Measured
from benchmarks.engine.extra import Standing, most_worth, play, standing, unclear
from benchmarks.engine.looks import Contender, Pair, Readers, judged, tables_of, wide
from benchmarks.engine.table import Failure
from benchmarks.engine.turns import Launch
from benchmarks.plan.comparisons import Comparison
from benchmarks.plan.presets import PRESETS
from benchmarks.plan.variants import Variant
from results.labels import NOTHING
from results.statistics import BAND, FEWEST_LAUNCHES
from results.times import WORK

PLANNED = 10
TRUTH = {"usual": 0.0, "close": 1.5 * BAND, "same": 0.1 * BAND, "slow": 3.0, "unsafe": 1.4 * BAND}
VARIANTS = (
    *(Variant("locks", "contended", 100, name, "asyncio") for name in TRUTH),
    Variant("locks", "contended", 100, "usual", "asyncio", twin=1),
)
COMPARISON = Comparison("locks", "contended", 100, VARIANTS)
LABELS = {variant.label: variant for variant in VARIANTS}
READERS = Readers(
    {"asyncio": "usual@asyncio"}, {f"{name}@asyncio": Contender("idiom") for name in TRUTH if name != "unsafe"}
)
AGAIN = Launch(
    variants=list(VARIANTS),
    number=0,
    seed=3,
    rounds=50,
    budget=1.0,
    turn_limit=1.0,
    slow_limit=1.0,
    launches=PLANNED,
    loops=dict.fromkeys(LABELS, 8),
)


def simulated(launch: Launch, first: int, count: int, noise: float = 0.03) -> Measured:
    """What a noisy machine would give: one value per launch around the truth, drawn from the launch's number."""
    measured = Measured(launches=count, rounds=1, loops=dict(launch.loops), seconds=count * 1.0)
    for variant in launch.variants:
        runs = [
            pyperf.Run(
                [1e-3 * math.exp(TRUTH[variant.alternative] + drawn.gauss(0, noise))],
                metadata={"name": variant.benchmark, "launch": number, "n": 100},
                collect_metadata=False,
            )
            for number in range(first, first + count)
            for drawn in [random.Random(f"{variant.label} {number}")]
        ]
        measured.benchmarks.append(pyperf.Benchmark(runs))
    measured.walls = dict.fromkeys(launch.loops, 8e-3)
    return measured


def looked_at(noise: float = 0.03) -> Standing:
    """The comparison after its planned launches."""
    return standing(COMPARISON, AGAIN, simulated(AGAIN, 0, PLANNED, noise), READERS)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Launch]:
    """Every batch of extra launches that is asked for, which the noisy machine answers."""
    found: list[Launch] = []

    def answer(launch: Launch, first: int, count: int) -> Measured:
        found.append(replace(launch, number=first, launches=count))
        return simulated(launch, first, count)

    monkeypatch.setattr(extra, "launch_again", answer)
    return found


def test_who_is_in_play_after_the_planned_launches() -> None:
    """Near the band against the baseline, the eligible against the fastest of them, the twin; a clear loser never."""
    pairs = looked_at().pairs

    assert {pair.over for pair in pairs} == {
        "close@asyncio",
        "same@asyncio",
        "unsafe@asyncio",
        "usual#twin@asyncio",
    }
    assert Pair("unsafe@asyncio", "usual@asyncio") in pairs
    assert {pair.under for pair in pairs if pair.over == "unsafe@asyncio"} == {"usual@asyncio"}


def test_a_narrow_interval_leaves_and_a_quiet_machine_asks_for_nothing() -> None:
    """With a scatter of 0.1 % every interval is narrow at once."""
    one = looked_at(noise=0.001)

    assert one.pairs == []
    assert most_worth([one]) is None


def test_extra_launches_hold_only_what_is_in_play(asked: list[Launch]) -> None:
    """Their loops are the planned ones, their numbers go on, their rounds fill about 1.4 s."""
    one = looked_at()
    assert play(one, left=100.0) is not None
    (launch,) = asked

    assert {variant.label for variant in launch.variants} == set(LABELS) - {"slow@asyncio"}
    assert (launch.number, launch.launches, set(launch.loops.values())) == (PLANNED, AHEAD, {8})
    assert launch.rounds == int(1.4 / (5 * (8e-3 + COST.gap)))
    assert one.next_number == PLANNED + AHEAD
    assert one.played == dict.fromkeys(set(LABELS) - {"slow@asyncio"}, AHEAD)


def test_long_blocks_get_rounds_enough_for_a_median(asked: list[Launch]) -> None:
    """Where a round takes more than a second, the launch takes longer: five rounds, unless the preset has fewer."""
    one = looked_at()
    one.walls = dict.fromkeys(one.walls, 0.3)
    play(one, left=100.0)
    one.launch = replace(one.launch, rounds=2)
    play(one, left=100.0)

    assert [launch.rounds for launch in asked] == [5, 2]


def test_rows_leave_by_width_until_nobody_is_left(asked: list[Launch]) -> None:
    """The number of launches depends on scatter, not on where a row lies; a row on an edge ends at four times."""
    one = looked_at()
    while most_worth([one]):
        assert play(one, left=100.0)
    left = wide(one.times, one.tables).intersection(one.pairs)

    assert not left or one.next_number >= extra.MOST * PLANNED
    assert len(asked) > 1
    assert sum(len(launches) for launches in one.times.values()) > PLANNED * len(LABELS)


def test_a_significant_row_stays_in_play() -> None:
    """Beyond the band by one look or another, but within twice the band and wide: stopping there would be cheating."""
    times = {
        "usual@asyncio": {launch: [1.0] for launch in range(PLANNED)},
        "close@asyncio": {launch: [1.04 + 0.015 * (launch % 5)] for launch in range(PLANNED)},
    }
    found = judged(times, ["close@asyncio"], "usual@asyncio")[Pair("close@asyncio", "usual@asyncio")]

    assert found.word == "slower"
    assert unclear(times, ["close@asyncio"], "usual@asyncio") == [Pair("close@asyncio", "usual@asyncio")]


def test_open_verdicts_are_served_first(asked: list[Launch]) -> None:
    """Of two comparisons that cost the same, the one with more that is not resolved."""
    quiet, noisy = looked_at(noise=0.016), looked_at(noise=0.05)

    assert quiet.pairs
    assert most_worth([quiet, noisy]) is noisy


def test_a_loud_twin_moves_the_edge() -> None:
    """A row must lie beyond what the twin reaches, and is clear only at twice that."""
    one = looked_at(noise=0.004)
    before = judged(one.times, ["close@asyncio"], "usual@asyncio")
    one.times["usual#twin@asyncio"] = {at: [8e-3 / 7] for at in one.times["usual#twin@asyncio"]}
    after = judged(one.times, ["close@asyncio", "slow@asyncio"], "usual@asyncio")

    assert [found.word for found in before.values()] == ["slower"]
    assert [found.word for found in after.values()] == ["within the noise here", "slower"]
    assert unclear(one.times, ["slow@asyncio"], "usual@asyncio") == []


@pytest.mark.parametrize(("left", "batch"), [(0.1, 0), (2.0, 1), (50.0, AHEAD)])
def test_no_launch_begins_that_does_not_fit(left: float, batch: int, asked: list[Launch]) -> None:
    """A launch takes some 1.8 s here."""
    measured = play(looked_at(), left)

    assert [launch.launches for launch in asked] == [batch] * bool(batch)
    assert (measured is None) == (batch == 0)


def test_what_fails_in_an_extra_launch_is_out_of_play() -> None:
    """Its pairs are gone, whichever side it stood on."""
    one = looked_at()
    failure = Failure("close@asyncio", "died", "killed by signal 9")
    failed = Measured(failures={failure.label: failure}, launches=1)
    one.add(failed, 1)

    assert all("close@asyncio" not in (pair.over, pair.under) for pair in one.pairs)


def test_only_presets_that_calibrate_have_extra_launches() -> None:
    """A quarter of the measuring time, or less where growth and passes need it; smoke runs every variant once."""
    shares = {preset.name: preset.extra for preset in PRESETS.values()}

    for preset in (PRESETS["standard"], PRESETS["thorough"]):  # with fewer nothing but what is far off can be told
        assert all(launches >= FEWEST_LAUNCHES for name, launches in preset.passes.items() if name != WORK)
    assert shares == {"smoke": 0.0, "quick": 0.25, "standard": 0.05, "thorough": 0.25}
    assert [preset.name for preset in PRESETS.values() if not preset.calibrated] == ["smoke"]


def test_a_null_row_is_in_nobodys_table() -> None:
    """The workload around nothing is the fastest of all: it neither leads nor is told from others."""
    null = f"{NOTHING}@asyncio"
    times = {
        label: {number: [value] for number in range(PLANNED)}
        for label, value in [("usual@asyncio", 2e-3), ("close@asyncio", 1e-3), (null, 1e-4)]
    }

    assert tables_of(times, Readers(READERS.baselines, {"close@asyncio": Contender("idiom")})) == {
        "usual@asyncio": ["close@asyncio"],
        "close@asyncio": [],
    }
