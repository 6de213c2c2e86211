"""Verdicts as sentences: pure functions from a decision to plain text with `code` and **strong** marks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.reading.answers import EVERYTHING, Answers, Program, answers
from reports.reading.family import Family
from reports.reading.verdicts import Broken, Candidate, Decision, Finding
from reports.reading.wording import CLOCKS, listed, plural, spaced, speed_of
from reports.views.answered import details, not_kept, ratio, whether
from results.verdicts import TIED

MOST_WORDS = 2  # promises that a sentence spells out, and alternatives that it gives a reason for


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict in words: ``headline`` first, then what else there is to know; without ``advice`` it only says why."""

    headline: str
    details: tuple[str, ...] = ()
    advice: bool = True

    @property
    def text(self) -> str:
        """All of it as one paragraph."""
        return " ".join((self.headline, *self.details))


def verdict(decision: Decision, candidates: Sequence[Candidate]) -> Verdict:
    """The verdict of one workload on one backend."""
    if not candidates:
        return Verdict("**Nothing was measured here**, so nothing is recommended.")
    if decision.withheld:
        return Verdict(f"**No verdict here**: {decision.withheld}.", tuple(filter(None, [_out(candidates)])))
    if decision.pick is None:
        return Verdict(_nothing_to_pick(candidates))
    if not decision.resolved:
        return Verdict(_one_look(decision))
    by_name = {candidate.name: candidate for candidate in candidates}
    details = (
        _ties(decision),
        _noise(decision),
        _lead(decision),
        _untested(by_name[decision.pick]),
        _promises_less(decision, by_name),
        _unsafe(decision, by_name),
    )
    return Verdict(_pick(decision), tuple(detail for detail in details if detail))


def _out(candidates: Sequence[Candidate]) -> str:
    """What safety excludes, which takes no clock."""
    names = [candidate.name for candidate in candidates if not candidate.recommendable]
    return f"Out whatever their times: {_some(names)}." if names else ""


def _some(names: Sequence[str]) -> str:
    said = [f"`{name}`" for name in names[:MOST_WORDS]]
    rest = len(names) - len(said)
    return listed([*said, plural(rest, "other")] if rest else said)


NOISY = "within the noise here"
NO_VERDICT = "no verdict: no noise floor"  # in lists


def _nothing_to_pick(candidates: Sequence[Candidate]) -> str:
    less = [candidate.name for candidate in candidates if candidate.recommendable]
    if less:
        why = f"everything that is safe here promises less than the contract ({_names(less)})"
        return f"**Nothing is recommended**: {why}."
    return f"**Nothing is recommended**: {nothing_passes(candidates)}."


def nothing_passes(candidates: Sequence[Candidate]) -> str:
    """Why none of them may be picked, as the end of a sentence."""
    if len(candidates) == 1:
        return f"the one alternative measured here, `{candidates[0].name}`, {why_not(candidates[0])}"
    reasons = [f"`{candidate.name}` {why_not(candidate)}" for candidate in candidates[:MOST_WORDS]]
    if len(candidates) > MOST_WORDS:
        reasons.append(f"the other {len(candidates) - MOST_WORDS} are out as well")
    return f"none of the {len(candidates)} alternatives measured here is safe: {'; '.join(reasons)}"


def why_not(candidate: Candidate) -> str:
    """What keeps an alternative from being picked: ``failed the safety check “...”``."""
    failed, declared, measured = (
        [entry for entry in candidate.condemned if entry.how == how] for how in ("failed", "declared", "measured")
    )
    parts = []
    if failed:
        parts.append(
            f"failed {'the safety check' if len(failed) == 1 else f'{len(failed)} safety checks,'} {_quoted(failed)}"
        )
    if declared:
        parts.append(f"is known to break {_quoted(declared)}")
    parts += [entry.words for entry in measured[:1]]
    return listed(parts) or "is one of the traps"


def _quoted(broken: Sequence[Broken]) -> str:
    said = [f"“{entry.words}”" for entry in broken[:MOST_WORDS]]
    rest = len(broken) - len(said)
    return listed([*said, f"{rest} more"] if rest else said)


def _one_look(decision: Decision) -> str:
    launches = max(judgement.estimate.launches for judgement in decision.to_leader.values())
    start = f"**{plural(launches, 'look')}, no interval**: `{decision.leader}` was the fastest"
    if decision.baseline and decision.baseline in decision.to_leader:
        start += f" ({speed_of(decision.to_baseline[str(decision.leader)])} than `{decision.baseline}`)"
    why = next(judgement.why for judgement in decision.to_leader.values() if judgement.word == "no interval")
    return f"{start}. That is too little to recommend anything: {why}."


def _pick(decision: Decision) -> str:
    pick, baseline = decision.pick, decision.baseline
    if not decision.to_leader:
        return f"**Use `{pick}`**: nothing else was measured here."
    if pick == baseline and pick != decision.leader:
        return f"**Keep `{pick}`**: nothing that suits most programs is measurably faster."
    if pick == baseline:
        return f"**Keep `{pick}`**: it is what most people write, and nothing that suits most programs is faster."
    if pick is not None and pick in decision.to_baseline:
        return f"**Use `{pick}`**: {speed_of(decision.to_baseline[pick])} than `{baseline}`."
    return f"**Use `{pick}`**: the fastest; there is no ratio, since the baseline has no number here."


def _ties(decision: Decision) -> str:
    parts, said = [], ""
    if decision.leader and decision.leader != decision.pick:
        judgement = decision.to_pick[decision.leader]
        said = judgement.word
        parts.append(f"the fastest, `{decision.leader}`, is {speed_of(judgement)}: {said}")
    if decision.same:
        parts.append(f"practically the same: {_names(decision.same)}")
    if decision.noisy:
        same = "so is" if len(decision.noisy) == 1 else "so are"
        parts.append(f"{same if said == NOISY else f'{NOISY}:'} {_names(decision.noisy)}")
    if decision.open:
        parts.append(f"too close to call: {_names(decision.open)}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _noise(decision: Decision) -> str:
    """What the words above had to exceed, and whether the comparison itself is at fault."""
    if decision.fault:
        return f"A fault of this comparison: {decision.fault}; every difference here exceeds that, or has no word."
    return f"Differences under {decision.noise} are noise here." if decision.noise else ""


def _lead(decision: Decision) -> str:
    lead = decision.lead
    if lead is None:
        return ""
    launches = plural(lead.again.estimate.launches, "launch")
    where = f"in {launches} that chose neither, `{lead.following}` was {speed_of(lead.again)} than `{decision.leader}`"
    if lead.gone:
        return f"The lead did not show again: {where}."
    less = ": less than the band" if lead.before.word == "slower" and lead.again.word != "slower" else ""
    return f"Measured again, {where}{less}."


def _names(names: Sequence[str]) -> str:
    return listed([f"`{name}`" for name in names])


def _promises_less(decision: Decision, by_name: Mapping[str, Candidate]) -> str:
    name = decision.with_less
    if name is None:
        return ""
    less = listed([f"“{text.rstrip('.')}”" for text in (*by_name[name].caveats, *limits(by_name[name]))])
    return f"If you can accept less, `{name}` is {speed_of(decision.to_pick[name])} still: {less}."


def limits(candidate: Candidate) -> tuple[str, ...]:
    """For whom an alternative is out, a phrase for each need that it does not keep."""
    return tuple(not_kept([need]) for need in candidate.unkept)


def _unsafe(decision: Decision, by_name: Mapping[str, Candidate]) -> str:
    name = decision.unsafe
    if name is None:
        return ""
    return f"`{name}` would be {speed_of(decision.to_pick[name])}, but it {why_not(by_name[name])}."


def _untested(pick: Candidate) -> str:
    return f"`{pick.name}` was not tested for {plural(pick.untested, 'promise')}." if pick.untested else ""


def headline(family: Family, backend: str) -> Verdict:
    """The answers for a bit of everything on one backend, or why there are none."""
    findings = family.findings(backend)
    if findings:
        found = answers(family, Program(backend))
        return answered(found, findings) if found.pick else Verdict(_nothing_on(backend, findings), advice=False)
    problem = family.measurements.run.suite["backends"][backend]["problem"]
    reasons = {row["reason"] for row in family.absences if row["backend"] == backend}
    why = problem or (reasons.pop() if len(reasons) == 1 else "every row has its reason below" if reasons else "")
    return Verdict(f"**Nothing was measured on {backend}**{f': {why}' if why else ''}.", advice=False)


def answered(found: Answers, findings: Sequence[Finding]) -> Verdict:
    """The one answer that stands for all, then a line for each lane, and what is faster and out."""
    pick = next(entry for entry in found.entries if entry.name == found.pick)
    where = f"on {found.program.loop}{f', for {EVERYTHING}' if len(findings) > 1 else ''}{_in_clock(findings)}"
    lines = (*details(found), f"does it matter? {whether(found)}")
    if pick.name == found.baseline:
        text = f"**Keep `{pick.name}`** {where}: nothing that suits most programs does better all round."
    else:
        word = "as" if (stands := ratio(pick)) in TIED else "than"
        text = f"**Use `{pick.name}`** {where}: {stands} {word} `{found.baseline}`."
    return Verdict(text, (*lines, *_excluded(findings)))


def _in_clock(findings: Sequence[Finding]) -> str:
    """In brackets, which times are not the wall's, and where if not everywhere."""
    others = [finding for finding in findings if finding.clock != CLOCKS["wall"]]
    if not others:
        return ""
    where = "" if len(others) == len(findings) else f" in {listed([spaced(one.workload) for one in others])}"
    return f" ({listed(sorted({one.clock for one in others}))}{where})"


def _excluded(findings: Sequence[Finding]) -> Iterator[str]:
    """What is faster than the pick somewhere, and why it is not the pick."""
    won: dict[str, list[str]] = {}
    for entry in findings:
        if entry.decision.unsafe:
            won.setdefault(entry.decision.unsafe, []).append(spaced(entry.workload))
    for name, workloads in won.items():
        candidate = next(one for entry in findings for one in entry.candidates if one.name == name)
        yield f"not `{name}`, although faster in {listed(workloads)}: it {why_not(candidate)}"


def _nothing_on(backend: str, findings: Sequence[Finding]) -> str:
    withheld = [entry for entry in findings if entry.decision.withheld]
    if len(withheld) == len(findings):
        where = f"all {len(findings)} workloads" if len(findings) > 1 else "the one workload"
        return f"**No verdict on {backend}**: in {where} nothing tells noise from difference."
    every = {candidate.name: candidate for entry in findings for candidate in entry.candidates}
    if any(entry.decision.pick for entry in findings) or any(one.recommendable for one in every.values()):
        return f"**Nothing can be recommended on {backend}** from this run."
    return f"**Nothing is recommended on {backend}**: {nothing_passes([*every.values()])}."
