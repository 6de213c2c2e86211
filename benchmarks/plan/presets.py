"""How much measuring a comparison gets: the presets, and the point of every axis at which verdicts are read."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

MIDDLE = 100  # the point of every scale axis at which verdicts are read
LONG_LAUNCHES = 3  # of long blocks: as many as an interval needs, and to look at before the last
LONG_SHARE = 1.5  # times as much of the measuring time as other rows have: blocks are ten times as long, and few


@dataclass(frozen=True, slots=True)
class Preset:
    """A bargain between time and certainty.

    ``seconds`` caps the run, ``points`` are the values of n. A comparison gets ``launches`` at the middle point, where
    verdicts are read, and ``launches_elsewhere`` at the others, which show growth. ``rounds`` is the most turns that a
    variant takes in a launch, ``slow_limit`` the longest block in seconds that is worth repeating. Secondary backends
    take part only in a preset that measures ``everywhere``, or when asked for by name. A preset that is not
    ``calibrated`` runs every variant once, with one loop. Before a family is measured, every safety promise is tried
    under ``seeds`` schedules; under none, no promise is asked. ``extra`` is the share of the measuring time that goes
    to launches beyond the planned ones, where verdicts are open. ``passes`` maps what is measured beside time to its
    number of launches; all of them together take ``beside`` of the measuring time at most. ``row_seconds`` is what
    measuring should take for each row of the plan at the middle point: a run of one family ends sooner. A row has
    ``share`` times as much time as it would have by its launches. A preset that asks ``few`` workloads has as few of a
    family as all of its alternatives take part in, each on every loop, unless workloads are named. One that
    ``grows_first`` has other points than the middle only of the workload that its family names first, unless workloads
    or points are named.
    """

    name: str
    seconds: float
    launches: int
    launches_elsewhere: int
    rounds: int
    points: tuple[int, ...]
    slow_limit: float
    everywhere: bool = False
    calibrated: bool = True
    seeds: int = 50
    extra: float = 0.25
    passes: Mapping[str, int] = field(default_factory=dict)
    beside: float = 0.3
    row_seconds: float = math.inf
    share: float = 1.0
    few: bool = False
    grows_first: bool = False

    @property
    def share_of_passes(self) -> float:
        """The share of the measuring time that passes may take."""
        return self.beside if self.passes else 0.0

    @property
    def share_of_times(self) -> float:
        """The share of the measuring time that the planned launches may take."""
        return 1 - self.extra - self.share_of_passes

    def for_blocks(self, seconds: float) -> "Preset":
        """The same bargain where a block may take so long: this one where such blocks are worth repeating anyway.

        One that measures everywhere has the time for them. Elsewhere they are few, and each is in another launch, as
        that is what counts: one round in each of some launches, at the middle point alone.
        """
        if seconds <= self.slow_limit:
            return self
        if self.everywhere:
            return replace(self, slow_limit=seconds)
        return replace(
            self,
            slow_limit=seconds,
            launches=min(self.launches, LONG_LAUNCHES),
            rounds=1,
            points=(MIDDLE,),
            share=LONG_SHARE,
        )

    def launches_at(self, n: int) -> int:
        """How many launches a comparison at this point gets."""
        return self.launches if n == MIDDLE else self.launches_elsewhere

    def weight(self, n: int, variants: int, waits: bool = False) -> float:
        """A claim on the time that is left: by launches and variants, more at large n, where blocks are long.

        Half as much again at the middle point, so that verdicts get rounds that growth does not need; twice that
        where a workload ``waits`` for timers, because a block then takes ten times as long as what it measures.
        """
        middle = (3.0 if waits else 1.5) if n == MIDDLE else 1
        return self.share * self.launches_at(n) * variants * math.pow(n, 0.2) * middle


# Rounds are cheaper than launches: beside its rounds, one takes as long as two or three of them. With five launches an
# interval is a fifth wider than with as many rounds in ten; with three it would be three fifths wider.
PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "smoke",
            170,
            1,
            1,
            1,
            (10,),
            5.0,
            everywhere=True,
            calibrated=False,
            seeds=0,
            extra=0.0,
            passes={"work": 1, "stall": 1, "memory": 1, "tail": 1},
            beside=0.1,
            few=True,
        ),
        Preset("quick", 460, 5, 5, 9, (100,), 0.05, seeds=10, passes={"work": 1}, beside=0.1, row_seconds=0.33),
        Preset(
            "standard",
            2400,
            5,
            3,
            9,
            (10, 100, 1000),
            0.08,
            seeds=20,
            extra=0.05,
            beside=0.2,
            row_seconds=0.35,
            passes={"work": 1, "stall": 3, "memory": 3, "tail": 3},
            grows_first=True,
        ),
        Preset(
            "thorough",
            9000,
            12,
            12,
            25,
            (1, 10, 100, 1000, 10_000),
            1.0,
            everywhere=True,
            seeds=200,
            passes={"work": 1, "stall": 6, "memory": 6, "tail": 6},
        ),
    )
}
