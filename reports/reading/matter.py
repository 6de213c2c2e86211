"""Whether a choice matters: from which rate on it costs a share of a core, and what the numbers leave open of that."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import exp
from typing import Literal

from reports.reading.family import Case
from results.verdicts import OPEN, TIED, Word

SHARE = 0.05  # of a core: from there on a difference is worth a thought
Known = Literal[
    "differ",  # for certain: ``above`` says from where it matters
    "same",  # practically
    "noise",  # what differs is within the noise
    "open",  # not resolved
    "unknown",  # nothing that could tell: withheld, without an interval, without a baseline
    "alone",  # there is nothing to choose between
]


@dataclass(frozen=True, slots=True)
class Matter:
    """What is ``known``, and rates in operations per second.

    From ``above`` on what is certain costs ``SHARE`` of a core; ``perhaps`` is where that may begin if what is open is
    as bad as its intervals reach, None where that is no sooner. ``left`` are the workloads that leave it open.
    """

    known: Known
    above: float | None = None
    perhaps: float | None = None
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Gap:
    """How many seconds lie between the fastest and the slowest: for certain, and at most, where intervals reach."""

    certain: float
    most: float
    words: frozenset[Word]


def matter(told: Mapping[str, Case], withheld: Iterable[str], picks: Collection[str]) -> Matter:
    """Whether it matters which of the ``picks`` is taken, or the baseline, in the workloads that were ``told``."""
    gaps = {workload: _gap(case, picks) for workload, case in told.items()}
    known = {workload: gap for workload, gap in gaps.items() if gap}
    silent = [workload for workload, gap in gaps.items() if gap is None or "no interval" in gap.words]
    unknown = [*withheld, *silent]
    words = frozenset[Word]().union(*(gap.words for gap in known.values()))
    certain = max((gap.certain for gap in known.values()), default=0.0)
    opens = {workload: gap.most for workload, gap in known.items() if gap.words & OPEN and gap.most > certain}
    most = max(opens.values(), default=0.0)
    return Matter(
        "differ" if certain else _word(words, unknown),
        SHARE / certain if certain else None,
        SHARE / most if most else None,
        tuple(dict.fromkeys([*opens, *unknown])),
    )


def _word(words: Collection[Word], unknown: Collection[str]) -> Known:
    """What is known where nothing differs for certain: the least of it."""
    if "no interval" in words or (unknown and not words):
        return "unknown"
    if "not resolved" in words:
        return "open"
    if "within the noise here" in words:
        return "noise"
    if unknown:
        return "unknown"
    return "same" if words else "alone"


def _gap(case: Case, picks: Collection[str]) -> _Gap | None:
    """That of one workload; what ties with the baseline takes its time. None where nothing tells."""
    ranking = case.ranking
    here = [name for name in picks if name in ranking.by_name]
    if ranking.baseline is None:
        return None if len(here) > 1 else _Gap(0.0, 0.0, frozenset())
    usual = case.seconds(ranking.baseline)
    judged = {name: ranking.to_baseline[name] for name in here if name in ranking.to_baseline}
    certain, most = [usual], [usual]
    for name, found in judged.items():
        if found.word not in TIED | OPEN:
            certain.append(case.seconds(name))
            most.append(case.seconds(name))
        elif found.word in OPEN and found.low is not None and found.high is not None:
            most += [usual * exp(found.low), usual * exp(found.high)]
    words = frozenset(found.word for found in judged.values())
    return _Gap(max(certain) - min(certain), max(most) - min(most), words)
