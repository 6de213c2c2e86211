"""The answers to one question: a table for the terminal, and the same as plain values for other programs."""

from collections.abc import Collection, Iterator
from typing import Any

from reports.reading.answers import Answer, Answers, Entry, Told
from reports.reading.wording import listed
from reports.views.answered import (
    LANE_NAMES,
    STANDS_FOR_ALL,
    asked,
    brief,
    factors,
    none,
    not_kept,
    rules_out,
    stands,
    value,
    whether,
)
from reports.views.listing import Listing
from results.eligibility import LANES, Lane


def picked(family: str, found: Answers, lanes: Collection[Lane] = LANES) -> Listing:
    """A line for each of these lanes; where it is only one, a line for each of its alternatives."""
    question = f"{family} on {asked(found.program)}; {stated_needs(found)}"
    if len(lanes) == 1:
        rows = tuple(row for lane in lanes for row in _ranked(found, found.lanes[lane]))
        heads = ("", "alternative", "against what most people write", "an operation", "for whom it is out, or why")
        return Listing(question, heads, rows)
    return Listing(question, ("", "where from", "use", "for whom it is out", "ties"), tuple(_lines(found, lanes)))


def _lines(found: Answers, lanes: Collection[Lane]) -> Iterator[tuple[str, ...]]:
    for lane in lanes:
        answer = found.lanes[lane]
        pick = answer.pick
        mark = STANDS_FOR_ALL if pick and pick.name == found.pick else ""
        limits = not_kept(pick.lacks) if pick else ""
        yield mark, LANE_NAMES[lane], brief(answer, found.program.measure), limits, ", ".join(answer.ties)


def _ranked(found: Answers, answer: Answer) -> Iterator[tuple[str, ...]]:
    for place, entry in enumerate(answer.suits, 1):
        yield str(place), entry.name, *_shown(entry, found), not_kept(entry.lacks)
    for entry in (*answer.ruled_out, *answer.never):
        yield "", entry.name, *_shown(entry, found), f"out: {rules_out(entry, found)}"
    if not answer.entries:
        yield "", none(answer), "", "", ""


def _shown(entry: Entry, found: Answers) -> tuple[str, str]:
    """How it stands, and what one workload takes; several share no value."""
    measure = found.program.measure
    return stands(entry, measure), value(entry.told[0], measure) if found.program.workload else ""


def stated_needs(found: Answers) -> str:
    """What the program needs, in words."""
    return f"needs {listed(sorted(found.needs))}" if found.needs else "no needs"


def closing(found: Answers) -> str:
    """A line below the table: which stands for all, and from where it matters."""
    told = f"does it matter? {said}" if (said := whether(found)) else ""
    ties = "of those that tie with the best or look no worse"
    marked = f"{STANDS_FOR_ALL} stands for all three: what needs nothing new, {ties}"
    return "; ".join(filter(None, [marked if found.pick else "nothing suits your program", told]))


def as_values(family: str, found: Answers, lanes: Collection[Lane] = LANES) -> dict[str, Any]:
    """The same for other programs: ratios are factors, times are seconds, memory is bytes."""
    program = found.program
    return {
        "family": family,
        "loop": program.loop,
        "workload": program.workload or None,
        "n": program.n,
        "measure": program.measure,
        "needs": sorted(found.needs),
        "baseline": found.baseline,
        "pick": found.pick,
        "why_not": found.why_not or None,
        "matters": found.matter.known if found.matter else None,
        "matters_above_per_second": found.matter.above if found.matter else None,
        "may_matter_above_per_second": found.matter.perhaps if found.matter else None,
        "may_matter_in": [*found.matter.left] if found.matter else [],
        "lanes": {lane: _lane_values(found.lanes[lane], found) for lane in lanes},
    }


def _lane_values(answer: Answer, found: Answers) -> dict[str, Any]:
    return {
        "pick": answer.pick.name if answer.pick and found.pick else None,
        "ties": [*answer.ties],
        "suits": [_entry_values(entry) for entry in answer.suits],
        "ruled_out": [{**_entry_values(entry), "why": rules_out(entry, found)} for entry in answer.ruled_out],
        "never": [{**_entry_values(entry), "why": rules_out(entry, found)} for entry in answer.never],
    }


def _entry_values(entry: Entry) -> dict[str, Any]:
    return {
        "alternative": entry.name,
        "rank": entry.rank,
        "not_kept": {need["name"]: need["phrase"] for need in entry.lacks},
        "workloads": [told_values(told) for told in entry.told],
        "no_number_in": [*entry.missing],
    }


def told_values(told: Told) -> dict[str, Any]:
    """What was measured in one workload, and what that is against the baseline, with the interval and the word."""
    found = told.judgement
    low, high = factors(found)
    return {
        "workload": told.workload,
        "n": told.n,
        "value": told.value,
        "ratio": told.ratio,
        "low": low,
        "high": high,
        "word": "baseline" if told.baseline else found.word if found else None,
    }
