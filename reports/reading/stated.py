"""What somebody states of their program, checked against what a run knows: a wrong name has a suggestion."""

from collections.abc import Collection, Iterable

from reports.reading.answers import MEASURES, Program
from reports.reading.family import TIME, Family
from results.eligibility import LANES, Lane, usual
from results.suggestions import suggestion


class UnknownWordError(Exception):
    """A word that a run does not know; the message names it and suggests what may have been meant."""


def known(what: str, word: str, words: Iterable[str]) -> str:
    """The word, if it is among those known; raises UnknownWordError if not."""
    words = [*words]
    if word not in words:
        raise UnknownWordError(f"no {what} {word!r}{suggestion(word, words)}")
    return word


def stated(
    family: Family,
    loop: str = "",
    workload: str = "",
    n: int | None = None,
    measure: str = "",
    needs: Collection[str] = (),
    without: Collection[str] = (),
) -> Program:
    """The program that has these ``needs`` beside the usual ones, ``without`` some of those.

    Without a ``loop`` it is the first that the family was measured on. Raises UnknownWordError.
    """
    names = [need["name"] for need in family.needs]
    for need in (*needs, *without):
        known(f"need of {family.name}", need, names)
    workloads = [*family.record["workloads"]]
    asked = [known(f"workload of {family.name}", workload, workloads)] if workload else workloads
    loop = known("loop", loop, family.loops) if loop else family.loops[0]
    if n is not None:
        points = sorted({point for name in asked for point in family.points(name)})
        known("n", str(n), map(str, points))
    known("measure", measure or TIME, MEASURES)
    return Program(loop, workload, n, measure or TIME, (usual(family.needs) | {*needs}) - {*without})


def lane_named(word: str) -> Lane:
    """The lane of that name, whose words may be joined by a hyphen; raises UnknownWordError."""
    lanes = {lane.replace(" ", "-"): lane for lane in LANES}
    return lanes[known("lane", word.replace(" ", "-"), lanes)]
