"""The files of the reader's own project: how each stands against the three answers, and what it breaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.reading.answers import Answers, Program, answers
from reports.reading.family import Case, Family
from reports.reading.measured import Variant
from reports.reading.wording import listed, plural, spaced, speed_of
from reports.views.answered import LANE_NAMES, not_kept
from reports.views.listing import Listing
from reports.views.sentences import NO_VERDICT
from results.eligibility import LANES, YOURS
from results.verdicts import Judgement


@dataclass(frozen=True, slots=True)
class Against:
    """How a file stands against the answer of a lane, in one workload; without a name there is no such answer."""

    name: str
    told: str

    @property
    def words(self) -> str:
        """The same before that name, where nothing else says what the word means: ``no different ... from``."""
        return _BEFORE_A_NAME.get(self.told, f"{self.told} than")


_BEFORE_A_NAME = {
    "practically the same": "practically the same as",
    "within the noise here": "no different, as far as noise lets this run see, from",
    "not resolved": "not to be told apart, by this run, from",
    NO_VERDICT: "not to be compared, for want of a noise floor, with",
}


@dataclass(frozen=True, slots=True)
class Yours:
    """A file on one loop: ``rows`` holds for each workload what it is against the three answers, lane by lane.

    ``safety`` says in a sentence what it breaks, and for whom that matters; ``gaps`` why it has no number somewhere.
    """

    name: str
    path: str
    anchor: str
    safety: str
    rows: tuple[tuple[str, tuple[Against, ...]], ...]
    gaps: tuple[str, ...]


LANES_TOLD = tuple(LANE_NAMES[lane] for lane in LANES)


def included(family: Family) -> list[str]:
    """The alternatives of a family that are the reader's."""
    return [name for name, record in family.record["alternatives"].items() if record["kind"] == YOURS]


def included_on(family: Family) -> Iterator[tuple[str, str]]:
    """Each of them on each loop on which it takes part."""
    for loop in family.loops:
        yield from ((name, loop) for name in included(family) if name in family.present(loop))


def yours(family: Family, loop: str, anchors: dict[str, str]) -> tuple[Yours, ...]:
    """Every file of the reader's that takes part on a loop."""
    return tuple(
        Yours(
            name,
            family.record["alternatives"][name]["path"],
            anchors[name],
            safety_of(family, name, loop),
            tuple(_rows(family, name, loop)),
            tuple(_gaps(family, name, loop)),
        )
        for name in included(family)
        if name in family.present(loop)
    )


def listed_yours(families: Sequence[Family]) -> Listing:
    """A line for each workload and loop in which a file of the reader's has a number: what it is against the pick."""
    return Listing(
        "Yours, against the pick of the question",
        ("family", "workload", "loop", "yours", "pick", "", "what it breaks"),
        tuple(
            (family.name, workload, loop, name, against.name, against.told, safety_of(family, name, loop))
            for family in families
            for name, loop in included_on(family)
            for workload, against in against_picks(family, name, loop)
        ),
    )


def against_picks(family: Family, name: str, loop: str) -> Iterator[tuple[str, Against]]:
    """Each workload in which it has a number on a loop, and how it stands against the answer that stands for all."""
    for workload, pick, judged in judged_against_picks(family, name, loop):
        case = family.case(workload, loop)
        if case and pick and name in case.ranking.by_name:
            yield workload, _against(pick, judged)


def judged_against_picks(family: Family, name: str, loop: str) -> Iterator[tuple[str, str | None, Judgement | None]]:
    """Each workload that was measured on a loop, the answer that stands for all, and the ratio to that, if any."""
    for workload in family.record["workloads"]:
        case, pick = family.case(workload, loop), answers(family, Program(loop, workload)).pick
        if case:
            yield workload, pick, _judged(case, name, pick) if pick else None


def safety_of(family: Family, name: str, loop: str) -> str:
    """What it breaks on a loop, and for whom that matters."""
    candidate = family.candidate(Variant(name, loop))
    harms = [f"“{entry.words}”" for entry in candidate.condemned]
    limits = not_kept(candidate.unkept)
    if family.standing(name, loop) == "not tested":
        return "no promise was tested"
    kept = "keeps what everybody relies on"
    if candidate.untested:
        kept = f"broke nothing so far, with {plural(candidate.untested, 'promise')} not tested"
    said = f"breaks {listed(harms)}, which everybody relies on" if harms else kept
    return "; ".join(filter(None, [said, limits]))


def _rows(family: Family, name: str, loop: str) -> Iterator[tuple[str, tuple[Against, ...]]]:
    for workload in family.record["workloads"]:
        case = family.case(workload, loop)
        if case and name in case.ranking.by_name:
            yield workload, tuple(_lanes(case, name, answers(family, Program(loop, workload))))


def _lanes(case: Case, name: str, found: Answers) -> Iterator[Against]:
    for lane in LANES:
        pick = found.lanes[lane].pick
        yield _against(pick.name, _judged(case, name, pick.name)) if pick else Against("", "")


def _judged(case: Case, name: str, pick: str) -> Judgement | None:
    return case.ranking.against(pick, [pick]).get(name)


def _against(pick: str, judged: Judgement | None) -> Against:
    if judged is None:
        return Against(pick, NO_VERDICT)
    return Against(pick, speed_of(judged) if judged.word in ("faster", "slower") else judged.word)


def _gaps(family: Family, name: str, loop: str) -> Iterator[str]:
    reasons = {
        f"{spaced(row['workload'])}: {row['state']}: {row['reason']}"
        for row in family.absences
        if (row["alternative"], row["backend"]) == (name, loop) and row["state"] not in ("not measured", "not offered")
    }
    yield from sorted(reasons)
