"""How a run shares out its time: which comparisons it is enough for, and what each of them may take.

A launch shares out its own seconds, among rounds, once it has calibrated (``turns.calibrated``). What either expects
beside the blocks stands in ``cost``, and is learned from the launch before.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, chain

from benchmarks.engine.cost import COST, Cost
from benchmarks.engine.engines import Measured, Terms, expected_launches
from benchmarks.engine.looks import NOBODY, Readers
from benchmarks.engine.readers import readers_of
from benchmarks.engine.settings import Settings
from benchmarks.plan.comparisons import Comparison, Plan
from benchmarks.plan.presets import MIDDLE, Preset
from results.safety import SafetyRecord

# In each of the planned launches of a comparison: with fewer it is left to another run. A disturbed block spoils its
# round, one in four where neighbours are loud; the median of five shrugs two of them off.
WORTH_ROUNDS = 5


def measuring_seconds(plan: Plan, preset: Preset) -> float:
    """What measuring a plan should take, by its rows at the middle point, or by all where there is none.

    A loud machine may need longer: then every comparison gets what makes it worth while, as long as the budget lasts.
    """
    middle = [entry for entry in plan.comparisons if entry.n == MIDDLE]
    rows = sum(len(entry.variants) * entry.under(preset).share for entry in middle or plan.comparisons)
    return preset.row_seconds * rows


def affordable(
    todo: Sequence[tuple[Comparison, ...]], seconds: float, settings: Settings, cost: Cost = COST
) -> Sequence[tuple[Comparison, ...]]:
    """The first sessions that those seconds are enough for, and one at least: a little of everything tells nothing.

    The others come to their turn if these take less than they may.
    """
    if settings.engine != "turns":
        return todo
    spent = accumulate(sum(least(entry, settings.preset, cost) for entry in session) for session in todo)
    return todo[: max(1, sum(total <= seconds for total in spent))]


def next_first(
    todo: Sequence[tuple[Comparison, ...]], seconds: float, settings: Settings, family: str, cost: Cost = COST
) -> list[tuple[Comparison, ...]]:
    """Sessions in the order given, but first one of ``family``, if those seconds reach it: its processes are ready.

    All families have their middle points before one of them has others.
    """
    reached = affordable(todo, seconds, settings, cost)
    middle = reached[0][0].n == MIDDLE
    same = (at for at, one in enumerate(reached) if one[0].family == family and (one[0].n == MIDDLE) == middle)
    at = next(same, 0)
    return [todo[at], *todo[:at], *todo[at + 1 :]]


def least(comparison: Comparison, preset: Preset, cost: Cost = COST) -> float:
    """The seconds below which measuring a comparison is not worth while: enough rounds for verdicts, or what it takes.

    Where growth is shown, a round is enough. What that takes, long blocks at one point and a start at the other, is
    known by what it took before.
    """
    if comparison.n != MIDDLE and preset.calibrated:
        return cost.growing * len(comparison.variants)
    of = comparison.under(preset)
    rounds = min(WORTH_ROUNDS, of.rounds)
    usual = cost.waiting if comparison.waits else cost.block
    block = usual if of is preset else cost.long
    walls = {variant.label: block for variant in comparison.variants}
    launches = expected_launches(of.launches_at(comparison.n), screened=_screened(comparison, preset))
    return launches * cost.of_launch(walls, rounds)


def learned(cost: Cost, comparison: Comparison, measured: Measured) -> Cost:
    """What to expect of the next comparison after this one of the plan."""
    if measured.cost is None:
        return cost
    growing = cost.growing if comparison.n == MIDDLE else measured.seconds / len(comparison.variants)
    return cost.towards(replace(measured.cost, growing=growing))


def asking(comparison: Comparison, preset: Preset, safety: SafetyRecord | None) -> Readers:
    """Who decides which rows may leave early."""
    return readers_of(comparison, safety) if _screened(comparison, preset) else NOBODY


def _screened(comparison: Comparison, preset: Preset) -> bool:
    """Whether rows may leave early: none where growth is shown, or where one look is all there is."""
    return comparison.n == MIDDLE and preset.calibrated


def terms_of_next(
    todo: Sequence[tuple[Comparison, ...]], seconds: float, settings: Settings, deadline: float, cost: Cost = COST
) -> list[Terms]:
    """The terms of the first session, if it shares those seconds with those that they are enough for."""
    reached = list(chain.from_iterable(affordable(todo, seconds, settings, cost)))
    return shared(seconds, reached, settings, deadline, cost)[: len(todo[0])]


def shared(
    left: float, comparisons: Sequence[Comparison], settings: Settings, deadline: float, cost: Cost = COST
) -> list[Terms]:
    """The terms of comparisons that share the seconds that are left: each what it is worth, the rest by their weights.

    Where there is not so much, all have as much less.
    """
    presets = [entry.under(settings.preset) for entry in comparisons]
    weights = [
        preset.weight(entry.n, len(entry.variants), entry.waits)
        for entry, preset in zip(comparisons, presets, strict=True)
    ]
    worth = [least(entry, settings.preset, cost) for entry in comparisons]
    scale, spare = min(1.0, left / sum(worth)), max(0.0, left - sum(worth))
    return [
        Terms(
            preset,
            scale * needed + spare * weight / sum(weights),
            seed,
            settings.hang_limit,
            settings.method,
            deadline,
            settings.memory_limit,
            cost=cost,
        )
        for entry, preset, weight, needed in zip(comparisons, presets, weights, worth, strict=True)
        for seed in [random.Random(f"{settings.seed} {entry.label}").randrange(2**32)]
    ]
