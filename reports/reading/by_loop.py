"""The same alternative on another loop, and the best of one loop against the best of another."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.reading.family import FIRST, Case, Family
from reports.reading.floor import floor, louder
from reports.reading.measured import Comparison, Variant
from results.verdicts import Judgement, judge


@dataclass(frozen=True, slots=True)
class Best:
    """The pick of another loop, ``theirs``, against asyncio's, ``mine``."""

    loop: str
    theirs: str
    mine: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class ByLoop:
    """One workload across loops: ``columns`` maps a loop to the judgement of each alternative against asyncio.

    ``unsafe`` holds the pairs of an alternative and a loop, asyncio included, that are unsafe; their names come last.
    ``picks`` maps what is picked on a loop of asyncio's library to those loops: a tie with asyncio's changes nothing.
    """

    names: tuple[str, ...]
    unsafe: frozenset[tuple[str, str]]
    columns: Mapping[str, Mapping[str, Judgement]]
    picks: Mapping[str, list[str]]
    bests: tuple[Best, ...]


def by_loop(family: Family, workload: str, loop: str) -> ByLoop | None:
    """Compare the loops in pairs: within a comparison they took turns, so every launch pairs them.

    For asyncio's own page that is every other loop; for another's only that one. None without times on asyncio.
    """
    others = [name for name in family.loops if name != FIRST and loop in (name, FIRST)]
    home = family.case(workload, FIRST)
    if home is None:
        return None
    columns = {other: found for other in others if (found := _column(home, other))}
    names = [entry.name for entry in home.candidates if any(entry.name in column for column in columns.values())]
    pairs = [(name, where) for where in (FIRST, *columns) for name in names]
    unsafe = frozenset(pair for pair in pairs if family.standing(*pair) == "unsafe")
    last = {name for name, _ in unsafe}
    shown = tuple(sorted(names, key=lambda name: (name in last, home.comparison.seconds(home.variant(name)))))
    bests = tuple(best for other in others if (best := _best(home, family.case(workload, other))))
    return ByLoop(shown, unsafe, columns, _picks(family, workload, home), bests) if shown or bests else None


def _column(home: Case, loop: str) -> dict[str, Judgement]:
    names = [entry.name for entry in home.candidates]
    ratios = {name: home.comparison.log_ratios(Variant(name, loop), home.variant(name)) for name in names}
    return floor(home.comparison, loop).withhold(judge(ratios, _edge(home.comparison, home.backend, loop)))


def across(home: Case, loop: str, theirs: str, mine: str) -> Judgement | None:
    """One of another loop against one of this case's: as the table has it, if it is the same alternative.

    None where they have no launch in common.
    """
    if theirs == mine:
        return _column(home, loop).get(theirs)
    ratios = home.comparison.log_ratios(Variant(theirs, loop), home.variant(mine))
    return judge({theirs: ratios}, _edge(home.comparison, home.backend, loop)).get(theirs)


def _edge(comparison: Comparison, *loops: str) -> float:
    """What a difference between loops must exceed."""
    return louder(*(floor(comparison, loop) for loop in loops))


def _best(home: Case, away: Case | None) -> Best | None:
    """The pick of another loop against the pick of asyncio, when both were measured in the same comparison."""
    if away is None or away.backend == home.backend or away.comparison is not home.comparison:
        return None
    mine, theirs = home.decision.pick, away.decision.pick
    if mine is None or theirs is None:
        return None
    found = across(home, away.backend, theirs, mine)
    return None if found is None or found.word == "no interval" else Best(away.backend, theirs, mine, found)


def _picks(family: Family, workload: str, home: Case) -> dict[str, list[str]]:
    backends = family.measurements.run.suite["backends"]
    mine = home.decision.pick
    picks: dict[str, list[str]] = {}
    for loop in family.loops:
        case = family.case(workload, loop)
        if mine is None or case is None or case.decision.pick is None or backends[loop]["library"] != FIRST:
            continue
        kept = mine in (case.decision.pick, *case.decision.tied)
        picks.setdefault(mine if kept else case.decision.pick, []).append(loop)
    return picks
