"""Three answers in words, the same on pages, in the terminal and in exports."""

from collections.abc import Iterator, Sequence
from math import exp

from reports.reading.answers import EVERYTHING, MEASURES, Answer, Answers, Entry, Program, Told
from reports.reading.family import TIME
from reports.reading.wording import DASH, TIMES, duration, in_bytes, listed, plural, significant, spaced, speed_of
from results.eligibility import TRAP, YOURS, Lane
from results.suite import NeedRecord
from results.verdicts import TIED, Judgement

LANE_NAMES: dict[Lane, str] = {
    "standard library": "standard library",
    "package": "a package",
    "file": "a file to copy",
}
STANDS_FOR_ALL = "*"
AS_USUAL = "as usual"
AT_LEAST = "at least"
BETTER_AND_WORSE = {TIME: ("faster", "slower"), "p99": ("shorter", "longer"), "memory": ("less", "more")}


def asked(program: Program) -> str:
    """What was asked, behind "on": ``asyncio, a bit of everything, by time``."""
    what = spaced(program.workload) if program.workload else EVERYTHING
    size = f", n = {program.n:,}" if program.n else ""
    return f"{program.loop}, {what}{size}, by {MEASURES.get(program.measure, program.measure)}"


def ratio(entry: Entry, measure: str = TIME) -> str:
    """How it stands against the baseline: with its interval in one workload, as a range over several."""
    told = [one for one in entry.told if one.baseline or one.judgement]
    if not told:
        return "no baseline to compare with"
    if all(one.baseline for one in told):
        return AS_USUAL
    judged = [one.judgement for one in told if one.judgement]
    if len(told) > 1:
        text = _range(told)
    elif judged[0].word in TIED:
        text = judged[0].word
    else:
        text = speed_of(judged[0])
    return in_words_of(measure, text)


def in_words_of(measure: str, text: str) -> str:
    """What is said of times, said of another measure: ``2.1x shorter``."""
    better, worse = BETTER_AND_WORSE.get(measure, ("less", "more"))
    return text.replace("faster", better).replace("slower", worse)


def _range(told: Sequence[Told]) -> str:
    """From the best to the worst; what ties with the baseline is as usual."""
    ends = sorted((one.signed, _size(one)) for one in told)
    (best, most), (worst, least) = ends[0], ends[-1]
    if best == worst == 0:
        return "practically the same"
    if best >= 0 and worst > 0:
        return f"{_joined(most if best else AS_USUAL, least)} slower"
    if worst <= 0:
        return f"{_joined(least if worst else AS_USUAL, most)} faster"
    return f"{most} faster to {least} slower"


def _joined(near: str, far: str) -> str:
    if near == far:
        return far
    both = near.startswith(AT_LEAST) == far.startswith(AT_LEAST)
    plain = both and all(size.endswith(TIMES) for size in (near, far))
    far = far.removeprefix(f"{AT_LEAST} ") if plain else far
    return f"{near.removesuffix(TIMES)}{DASH}{far}" if plain else f"{near} to {far}"


def _size(told: Told) -> str:
    return _amount(told.judgement) if told.judgement else ""


def _amount(found: Judgement) -> str:
    factor = exp(found.least if found.coarse else abs(found.centre))
    text = f"{significant(factor, 2)}{TIMES}" if factor >= 1.2 else f"{significant(100 * (factor - 1), 1)} %"
    return f"{AT_LEAST} {text}" if found.coarse else text


def not_kept(needs: Sequence[NeedRecord]) -> str:
    """For whom it is out: ``not if your program ..., or ...``; empty if for nobody."""
    return f"not if your program {listed([need['phrase'] for need in needs], 'or')}" if needs else ""


def rules_out(entry: Entry, answers: Answers) -> str:
    """Why an alternative is no answer: what it breaks for everybody, or which needs that counted it does not keep.

    Those that the question presupposes count whatever the program needs.
    """
    broken = [f"breaks “{one.words}”" for one in entry.candidate.condemned]
    kinds = {TRAP: "is one of the traps", YOURS: "is yours, and compared with these answers"}
    what = [kinds[entry.candidate.kind]] if entry.candidate.kind in kinds else []
    counted = answers.needs | {need["name"] for need in entry.candidate.beside}
    ticked = [f"your program {need['phrase']}" for need in entry.lacks if need["name"] in counted]
    return "; ".join([*what, *broken, *entry.candidate.caveats, *ticked])


def value(told: Told, measure: str) -> str:
    """What was measured, with its unit, of one operation."""
    return in_bytes(told.value) if measure == "memory" else duration(told.value)


def whether(answers: Answers) -> str:
    """Whether the choice matters, in a sentence or two; empty where time is not what counts."""
    found = answers.matter
    if found is None:
        return ""
    if answers.why_not:
        return f"Not known here: {answers.why_not}."
    where = f"in {listed([spaced(name) for name in found.left])}" if found.left else ""
    if found.above is not None:
        return _certain(found.above, found.perhaps, where)
    return {
        "same": "No: between these answers it makes no difference in practice. Take what you know.",
        "alone": "There is nothing to choose between here.",
        "noise": f"Not known here: what these answers differ by is within the noise. {_at_most(found.perhaps)}",
        "open": f"Not known here: this run does not tell these answers apart. {_at_most(found.perhaps)}",
    }.get(found.known, f"Not known here: {where} nothing tells these answers apart.")


def _certain(above: float, perhaps: float | None, where: str) -> str:
    if perhaps is not None and rate(perhaps) != rate(above):
        return (
            f"From {rate(above)} a second it costs 5 % of a core; {where} this run cannot tell, and it may from "
            f"{rate(perhaps)} on. Below that take what you know."
        )
    told = f"Below {rate(above)} a second no choice here costs 5 % of a core: take what you know."
    return f"{told} Not known {where}." if where and perhaps is None else told


def _at_most(perhaps: float | None) -> str:
    """What is known all the same where intervals say how far apart the answers are at most."""
    if perhaps is None:
        return ""
    return (
        f"As far as intervals reach, none costs 5 % of a core below {rate(perhaps)} a second: there take what you know."
    )


def matters(answers: Answers) -> str:
    """The same in a few words, behind the question; empty where there is nothing to choose between."""
    found = answers.matter
    if found is None or found.known == "alone":
        return ""
    if found.above is not None:
        return f"above {rate(found.above)}/s"
    return "no" if found.known == "same" else "not known"


def rate(per_second: float) -> str:
    """Two digits of it: ``7,400``."""
    digits = len(str(int(per_second)))
    return f"{round(per_second, 2 - digits):,.0f}" if per_second >= 1 else significant(per_second, 2)


def gaps(entry: Entry) -> str:
    """In how many of the workloads it has no number; empty if in none."""
    return f"no number in {plural(len(entry.missing), 'workload')}" if entry.missing else ""


def stands(entry: Entry, measure: str = TIME) -> str:
    """How it stands against the baseline, and in how many workloads nobody knows."""
    return ", ".join(filter(None, [ratio(entry, measure), gaps(entry)]))


def three(found: Answers) -> tuple[str, ...]:
    """The answers lane by lane, the one marked that stands for all; or why there are none, and nothing more."""
    if found.why_not:
        return (found.why_not, *[""] * (len(found.lanes) - 1))
    return tuple(
        f"{f'{STANDS_FOR_ALL} ' if answer.pick and answer.pick.name == found.pick else ''}{brief(answer)}"
        for answer in found.lanes.values()
    )


def factors(judgement: Judgement | None) -> tuple[float | None, float | None]:
    """The ends of the interval of a ratio, as factors; None without one."""
    if judgement is None or judgement.low is None or judgement.high is None:
        return None, None
    return exp(judgement.low), exp(judgement.high)


def brief(answer: Answer, measure: str = TIME) -> str:
    """The answer of a lane in a few words: ``own_lock, 1.1-5.3x faster``; why there is none, if there is none."""
    pick = answer.pick
    if pick is None:
        return none(answer)
    return f"{pick.name}, {stands(pick, measure)}"


def none(answer: Answer) -> str:
    """Why a lane has no answer."""
    if answer.ruled_out:
        return "none that suits your program"
    return "none that is safe" if answer.never else "none"


def details(answers: Answers) -> Iterator[str]:
    """A line for each lane: its pick, how it stands, for whom it is out, and what ties with it."""
    for lane, answer in answers.lanes.items():
        pick, ties = answer.pick, listed([f"`{name}`" for name in answer.ties])
        if pick is None:
            said = [none(answer)]
        else:
            how = f"`{pick.name}`, {ratio(pick, answers.program.measure)}"
            said = [how, gaps(pick), not_kept(pick.lacks), f"ties: {ties}" if ties else ""]
        yield f"{LANE_NAMES[lane]}: {'; '.join(filter(None, said))}"
