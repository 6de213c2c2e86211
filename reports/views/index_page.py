"""Everything that the index shows: families by group, three answers for each, and the pick of every question."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import inf
from typing import TypeVar

from reports.reading.answers import Answers, Program, answers
from reports.reading.between import environments
from reports.reading.family import TIME, Family, loops_in_order
from reports.reading.measured import Measurements
from reports.reading.wording import CLOCKS, TIMES, listed, plural, ratio_of
from reports.views.anchors import Anchors, code_anchors, slugs
from reports.views.answered import gaps, matters, none, ratio
from reports.views.choices import Choice, Shown, State, called, letters, measures
from reports.views.code_page import parts
from reports.views.places import FOLDER, Place, Places
from reports.views.safety_page import all_surprises
from reports.views.sentences import NO_VERDICT
from reports.views.table import CLASSES
from reports.views.yours import Against, against_picks, included_on, safety_of
from results.eligibility import LANES, Lane

# Groups, in the order in which people meet them.
MET = (
    *("run many", "limit", "share state", "hand over", "remember", "react"),
    *("survive trouble", "put together", "inside frameworks", "observe"),
)
SHORT = 2  # letters of words that nobody looks for beside longer ones
USUAL = "usual"
KEEP = {USUAL: "what usual programs need", "all": "every promise"}
LITTLE = 1.1
Shared = TypeVar("Shared")


@dataclass(frozen=True, slots=True)
class Line:
    """The pick of one workload on one loop; ``reason`` says why there is none, ``clock`` which time was taken."""

    workload: str
    pick: str | None
    reason: str
    ratio: str = ""
    interval: str = ""
    word: str = ""
    word_class: str = "open"
    ties: tuple[str, ...] = ()
    clock: str = CLOCKS["wall"]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A question, the page that tells more, and for each loop its line, None where it was not measured."""

    question: str
    href: str
    lines: tuple[Line | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """An answer of a lane under some choices, whose ``classes`` it has; without a name it says why there is none.

    ``best`` says whether it stands for all three; ``notes`` are what it lacks, and how many lines are to copy.
    """

    called: str
    stands: str
    notes: str
    best: bool
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """The cells of a lane that share a name and its notes: under which choices it stands how, and for all three."""

    called: str
    notes: str
    classes: str
    stands: tuple[Shown, ...]
    best: str


@dataclass(frozen=True, slots=True)
class IndexFamily:
    """One family: for each loop a page and how many are safe there, three lanes of answers, and its questions.

    ``found_by`` holds what the finder looks through beside what can be read: names, what they are called, needs.
    """

    name: str
    question: str
    code: str
    pages: tuple[tuple[str, str], ...]
    safety: tuple[tuple[str, str], ...]
    lanes: tuple[tuple[Cell, ...], ...]
    matters: tuple[Shown, ...]
    rows: tuple[IndexRow, ...]
    alternatives: tuple[tuple[str, str], ...]
    found_by: str

    @property
    def blocks(self) -> tuple[tuple[Block, ...], ...]:
        """The lanes with each name once."""
        return tuple(tuple(_blocks(lane)) for lane in self.lanes)


@dataclass(frozen=True, slots=True)
class IndexGroup:
    """Families that share a word; older records have none."""

    name: str
    anchor: str
    families: tuple[IndexFamily, ...]


@dataclass(frozen=True, slots=True)
class IndexYours:
    """A file of the reader's on a loop, the page that tells more, how it stands against the picks, what it breaks."""

    name: str
    family: str
    loop: str
    href: str
    against: tuple[tuple[str, Against], ...]
    safety: str


@dataclass(frozen=True, slots=True)
class IndexView:
    """The index page; ``loops`` maps each loop to the end of its class names, ``ours`` says how often our files win.

    ``discoveries`` is the title of the page that tells them, or empty; ``environments`` are the names of several.
    """

    loops: Mapping[str, str]
    keep: tuple[Choice, ...]
    measures: tuple[Choice, ...]
    states: tuple[State, ...]
    groups: tuple[IndexGroup, ...]
    surprises: int
    ours: str
    yours: tuple[IndexYours, ...]
    discoveries: str
    environments: tuple[str, ...]

    @property
    def marks(self) -> dict[str, str]:
        """The class of what belongs to a loop, as short as it gets: there are hundreds."""
        return {name: f"l{number}" for number, name in enumerate(self.loops)}


def index_view(measurements: Measurements, families: Sequence[Family], places: Places) -> IndexView:
    """Gather the index; ``places`` says where each family's pages are."""
    used = {loop for family in families for loop in family.loops}
    loops = slugs([loop for loop in loops_in_order(measurements) if loop in used])
    taken = _taken(measurements)
    classes = letters(product(loops, KEEP, taken))
    names = sorted({family.group for family in families}, key=_when_met)
    anchors = slugs(names)
    return IndexView(
        loops=loops,
        keep=tuple(Choice(key, words, "", key == USUAL) for key, words in KEEP.items()),
        measures=tuple(Choice(name, words, "", name == TIME) for name, words in taken.items()),
        states=tuple(State(css, _selector(place, loops, taken)) for place, css in classes.items()),
        groups=tuple(
            IndexGroup(
                name,
                f"group-{anchors[name]}",
                tuple(
                    _family(family, loops, places[family.name], classes) for family in families if family.group == name
                ),
            )
            for name in names
        ),
        surprises=len(all_surprises(families)),
        ours=_ours(families),
        yours=tuple(_yours(families, places)),
        discoveries=measurements.run.discoveries.title if measurements.run.discoveries else "",
        environments=environments(measurements),
    )


def _yours(families: Sequence[Family], places: Places) -> Iterator[IndexYours]:
    for family in families:
        for name, loop in included_on(family):
            page, told = f"{FOLDER}/{places[family.name].on(loop)}", tuple(against_picks(family, name, loop))
            yield IndexYours(name, family.name, loop, page, told, safety_of(family, name, loop))


def _when_met(group: str) -> tuple[bool, int, str]:
    return not group, MET.index(group) if group in MET else len(MET), group


def _taken(measurements: Measurements) -> dict[str, str]:
    """The measures that a reader may choose by."""
    found = {name for comparison in measurements.comparisons.values() for name in comparison.measures}
    return measures({TIME, *found})


def _selector(place: tuple[str, str, str], loops: Mapping[str, str], taken: Mapping[str, str]) -> str:
    loop, keep, measure = place
    wanted = [f"#loop-{loops[loop]}"] if len(loops) > 1 else []
    wanted += [f"#keep-{keep}", *([f"#by-{measure}"] if len(taken) > 1 else [])]
    return "body" + "".join(f":has({one}:checked)" for one in wanted)


def _family(
    family: Family, loops: Mapping[str, str], place: Place, classes: Mapping[tuple[str, str, str], str]
) -> IndexFamily:
    every = frozenset(need["name"] for need in family.needs)
    found = {
        (loop, keep, measure): answers(family, Program(loop, measure=measure, needs=None if keep == USUAL else every))
        for loop, keep, measure in classes
    }
    anchors, records = code_anchors(family), family.record["alternatives"]
    rates = {classes[key]: matters(one) for key, one in found.items() if key[2] == TIME}
    return IndexFamily(
        name=family.name,
        question=family.question,
        code=f"{FOLDER}/{place.code}",
        pages=tuple((loop, f"{FOLDER}/{place.on(loop)}") for loop in loops),
        safety=tuple((loop, family.count(loop).text) for loop in loops if loop in family.loops),
        lanes=tuple(_cells(family, lane, found, classes) for lane in LANES),
        matters=tuple(Shown(text, " ".join(keys)) for text, keys in _shared(rates) if text),
        rows=tuple(_rows(family, loops, place)),
        alternatives=tuple((anchors[name], called(name, records[name]).replace("`", "")) for name in sorted(anchors)),
        found_by=" ".join(_words(need["phrase"] for need in family.needs)),
    )


def _words(phrases: Iterable[str]) -> list[str]:
    """Those that somebody may look for, each once."""
    return [word for word in dict.fromkeys(" ".join(phrases).split()) if len(word) > SHORT]


def _cells(
    family: Family,
    lane: Lane,
    found: Mapping[tuple[str, str, str], Answers],
    classes: Mapping[tuple[str, str, str], str],
) -> tuple[Cell, ...]:
    """Each answer of a lane once, with the classes of all choices that it is the answer to."""
    cells = {classes[key]: _cell(family, lane, one) for key, one in found.items()}
    return tuple(replace(cell, classes=" ".join(keys)) for cell, keys in _shared(cells))


def _blocks(cells: Sequence[Cell]) -> Iterator[Block]:
    named: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        named.setdefault((cell.called, cell.notes), []).append(cell)
    for (name, notes), found in named.items():
        stands: dict[str, list[str]] = {}
        for cell in found:
            stands.setdefault(cell.stands, []).append(cell.classes)
        yield Block(
            name,
            notes,
            " ".join(cell.classes for cell in found),
            tuple(Shown(text, " ".join(classes)) for text, classes in stands.items()),
            " ".join(cell.classes for cell in found if cell.best),
        )


def _cell(family: Family, lane: Lane, found: Answers) -> Cell:
    answer = found.lanes[lane]
    if found.why_not or answer.pick is None:
        return Cell("", found.why_not or none(answer), "", best=False)
    pick, record = answer.pick, family.record["alternatives"][answer.pick.name]
    lacks = listed([need["name"] for need in pick.lacks])
    lines = plural(len(parts(record)[0].splitlines()), "line") if lane == "file" else ""
    notes = " · ".join(filter(None, [f"lacks {lacks}" if lacks else "", gaps(pick), lines]))
    return Cell(called(pick.name, record), ratio(pick, found.program.measure), notes, pick.name == found.pick)


def _shared(found: Mapping[str, Shared]) -> Iterator[tuple[Shared, list[str]]]:
    """Each value once, with its keys."""
    turned: dict[Shared, list[str]] = {}
    for key, value in found.items():
        turned.setdefault(value, []).append(key)
    yield from turned.items()


def _rows(family: Family, loops: Mapping[str, str], place: Place) -> Iterator[IndexRow]:
    anchors = Anchors(family)
    for workload, record in family.record["workloads"].items():
        lines = tuple(line_of(family, workload, loop) if family.case(workload, loop) else None for loop in loops)
        yield IndexRow(record["question"], f"{FOLDER}/{place.on('')}#{anchors.workload(workload)}", lines)


def _ours(families: Sequence[Family]) -> str:
    """In how many answers a file of ours stands for all, and how often that is worth little; empty without answers."""
    asked = [
        answers(family, Program(loop, workload))
        for family in families
        for workload in family.record["workloads"]
        for loop in family.loops
    ]
    answered = [one for one in asked if one.pick]
    ahead = [_ahead(one) for one in answered if one.pick in {entry.name for entry in one.lanes["file"].suits}]
    little = sum(by is not None and by < LITTLE for by in ahead)
    if not ahead:
        return ""
    alone = sum(by is None for by in ahead)
    said = [f"A file of ours is the pick in {len(ahead)} of {len(answered)} questions"]
    said += [f"in {little} of them by less than {100 * (LITTLE - 1):.0f} %"] if little else []
    said += [f"in {alone} nobody else has an answer"] if alone else []
    return f"{'; '.join(said)}."


def _ahead(found: Answers) -> float | None:
    """How many times longer the best answer takes that is not ours; None without one."""
    ours = next(entry for entry in found.entries if entry.name == found.pick)
    others = [answer.pick for lane, answer in found.lanes.items() if lane != "file" and answer.pick]
    return min((other.told[0].value for other in others), default=inf) / ours.told[0].value if others else None


def line_of(family: Family, workload: str, loop: str) -> Line:
    """The line of one workload on one loop; shared by the page and the terminal."""
    case, clock = family.case(workload, loop), family.clock(workload)
    if case is None:
        return Line(workload, None, "not measured")
    decision = case.decision
    if decision.withheld:
        return Line(workload, None, NO_VERDICT, word="withheld")
    if decision.pick is None:
        return Line(workload, None, "nothing to recommend")
    if not decision.resolved:
        return Line(workload, None, f"one look: {decision.leader} was the fastest")
    judgement = decision.to_baseline.get(decision.pick)
    ratio, interval, word = "", "", "no baseline"
    if decision.pick == decision.baseline:
        ratio, word = f"1{TIMES}", "baseline"
    elif judgement:
        ratio, interval = ratio_of(judgement)
        word = judgement.word
    return Line(workload, decision.pick, "", ratio, interval, word, CLASSES.get(word, "open"), decision.tied, clock)
