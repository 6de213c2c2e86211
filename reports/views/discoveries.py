"""What somebody found worth telling of a run: sentences whose figures are those of the pages, each with its row.

A figure is computed by what computes the pages. A sentence that the record does not bear out, because a row is not
there or its interval says another word, is not told: it is named.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from reports.reading.answers import MEASURES
from reports.reading.by_loop import across
from reports.reading.family import TIME, Case, Family, families_of
from reports.reading.growth import law_of
from reports.reading.measured import Measurements, primary
from reports.reading.stated import UnknownWordError, known
from reports.reading.wording import of_clock, percent_change, ratio_of, spaced, speed_of
from reports.views.anchors import Anchors
from reports.views.answered import in_words_of
from reports.views.places import FOLDER, Place, places
from reports.views.safety_sections import marks
from reports.views.table import NOT_COUNTED, NOT_READ, Row, Table, table
from reports.views.work import VARIES
from results import discoveries as record
from results.eligibility import State, breaks
from results.record import file_name
from results.safety import FILE as SAFETY_FILE
from results.verdicts import TIED, Judgement

FIGURE = re.compile(r"\{([\w-]+)\}")
SIZE = "{n}"  # the place of how many there are, which is no figure
NUMBERLESS = (NOT_COUNTED, NOT_READ, VARIES)
NAMES = re.compile(r"`[^`]*`|slowest 1 %")  # where a digit is no figure
Value = TypeVar("Value")


class UnsupportedError(Exception):
    """A discovery says what the record does not; the message says which figure, and what the record says."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as the page of its row has it: ``href`` leads there from the report's folder.

    ``row`` says in words what it is of, and ``file`` is that of the record, in the directory of the run.
    """

    text: str
    href: str
    row: str
    file: str


@dataclass(frozen=True, slots=True)
class Told:
    """A discovery: ``pieces`` are the texts of its sentence, each with the figure that follows it."""

    title: str
    pieces: tuple[tuple[str, Figure | None], ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Those of its sentence."""
        return tuple(figure for _, figure in self.pieces if figure)


@dataclass(frozen=True, slots=True)
class DiscoveriesView:
    """What is told, in order, and a line for each that is not, because the record says something else."""

    title: str
    told: tuple[Told, ...]
    faults: tuple[str, ...]


def discoveries_view(measurements: Measurements) -> DiscoveriesView | None:
    """Gather them; None where nobody wrote any, or they cannot be read."""
    found = measurements.run.discoveries
    if found is None:
        return None
    source, told, faults = _Source(measurements), list[Told](), list[str]()
    for number, one in enumerate(found.discoveries, 1):
        try:
            told.append(source.told(one))
        except (UnsupportedError, UnknownWordError) as error:
            where = measurements.run.path / record.FILE
            faults.append(f"{where}: discovery {number} ({one.title}) is left out: {error}")
    return DiscoveriesView(found.title, tuple(told), tuple(faults))


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a number is from."""

    family: Family
    place: Place
    loop: str
    workload: str
    n: int

    @property
    def words(self) -> str:
        """As the beginning of a line: ``locks, many keys, n = 100``."""
        return f"{self.family.name}, {spaced(self.workload)}, n = {self.n:,}"

    def case(self, loop: str, measure: str = TIME) -> Case:
        """What was measured here; raises UnsupportedError if nothing was."""
        found = self.family.case(self.workload, loop, self.n, measure)
        if found is None:
            raise UnsupportedError(f"{self.words} on {loop}: {MEASURES[measure]} was not measured")
        return found

    @property
    def measures(self) -> str:
        """Where everything that was measured stands, counts of work among it, which a row may have no room for."""
        return f"{FOLDER}/{self.place.measures[self.loop]}#{Anchors(self.family).workload(self.workload)}"

    def figure(self, name: str, text: str, row: str) -> Figure:
        """One of a row."""
        href = f"{FOLDER}/{self.place.on(self.loop)}#{Anchors(self.family).row(self.workload, name)}"
        return Figure(text, href, row, f"{self.family.name}/{file_name(self.workload)}")


class _Source:
    """Where figures come from: the families of a run, and the places of their pages."""

    def __init__(self, measurements: Measurements) -> None:
        families = families_of(measurements)
        self.families = {family.name: family for family in families}
        self.places = places(families)

    def told(self, one: record.Discovery) -> Told:
        """A discovery with its figures; raises UnsupportedError, or UnknownWordError for a name nobody has."""
        if re.search(r"\d", NAMES.sub("", FIGURE.sub("", f"{one.title} {one.sentence}"))):
            raise UnsupportedError("it has a number without a row: a figure has a name, and is computed")
        sized = SIZE in one.sentence
        texts = FIGURE.split(
            one.sentence.replace(SIZE, f"{self._spot(one, record.Place()).n:,}") if sized else one.sentence
        )
        figures = {known("place in the sentence for", name, texts[1::2]): figure for name, figure in self._all(one)}
        named = [figures[known("figure", name, figures)] for name in texts[1::2]]
        return Told(one.title, tuple(zip(texts[::2], [*named, None], strict=True)))

    def _all(self, one: record.Discovery) -> Iterator[tuple[str, Figure]]:
        yield from ((name, self._ratio(self._spot(one, ratio), ratio)) for name, ratio in one.ratios.items())
        yield from ((name, _value(self._spot(one, value), value)) for name, value in one.values.items())
        for name, promise in one.promises.items():
            yield name, self._promise(*self._where(one, promise), promise)

    def _where(self, one: record.Discovery, figure: record.Place) -> tuple[Family, str]:
        """Of which family it is, and on which loop."""
        family = self.families[known("family", _said("family", figure.family, one.family), self.families)]
        return family, known(f"loop of {family.name}", _said("loop", figure.loop, one.loop), family.loops)

    def _spot(self, one: record.Discovery, figure: record.Place) -> _Spot:
        family, loop = self._where(one, figure)
        named = _said("workload", figure.workload, one.workload)
        workload = known(f"workload of {family.name}", named, family.record["workloads"])
        points = family.points(workload)
        n = _said("n", figure.n, one.n, primary(points))
        known(f"n of {family.name}/{workload}", str(n), map(str, points))
        return _Spot(family, self.places[family.name], loop, workload, n)

    @staticmethod
    def _ratio(spot: _Spot, ratio: record.Ratio) -> Figure:
        measure = known("measure", ratio.measure, MEASURES)
        other = known(f"loop of {spot.family.name}", ratio.against_loop or spot.loop, spot.family.loops)
        home, away = spot.case(other, measure), spot.case(spot.loop, measure)
        row = known(f"row of {spot.words} on {spot.loop}:", ratio.row, away.ranking.by_name)
        usual = row if other != spot.loop else _said("baseline", home.ranking.baseline)
        under = known(f"row of {spot.words} on {other}:", ratio.against or usual, home.ranking.by_name)
        here = "" if other == spot.loop else f" on {spot.loop}"
        told = f"{spot.words} on {other}: `{row}`{here} against `{under}`"
        judged = _judged(home, spot.loop, row, under, measure)
        if judged is None:
            raise UnsupportedError(f"{told} was not compared")
        if judged.word != ratio.word:
            seen = in_words_of(measure, speed_of(judged))
            raise UnsupportedError(f"{told} is {judged.word} ({seen}), and not {ratio.word}")
        size, interval = ratio_of(judged)
        what = spot.family.clock(spot.workload) if measure == TIME else MEASURES[measure]
        text = f"{told}, {what} {size}{f' [{interval}]' if interval else ''}"
        clock = of_clock(spot.family.clock(spot.workload)) if measure == TIME else ""
        return spot.figure(row, f"{_difference(judged, measure)}{clock.replace(' of ', ' in ')}", text)

    def _promise(self, family: Family, loop: str, promise: record.Promise) -> Figure:
        questions = {question.name: place for place, question in enumerate(family.safety.questions)}
        place = questions[known(f"promise of {family.name}", promise.promise, questions)]
        answers = {name: family.safety.answers(name, loop)[place] for name in sorted(family.present(loop))}
        those = [name for name, answer in answers.items() if _shows(answer.state, promise.kept)]
        words, pages = f"“{family.safety.questions[place].words}”", self.places[family.name]
        where = f"{family.name} on {loop}"
        if promise.row is None:
            asked = [name for name, answer in answers.items() if answer.state == "pass" or answer.breaks]
            if not those:
                raise UnsupportedError(f"{where}: nobody {'keeps' if promise.kept else 'breaks'} {words}")
            text = f"{len(those)} of {len(asked)}"
            row = f"{where}: {text} {'keep' if promise.kept else 'break'} {words}"
            return Figure(text, f"{FOLDER}/{pages.on(loop)}#safety", row, SAFETY_FILE)
        name = known(f"alternative of {where}", promise.row, answers)
        if name not in those:
            state, wanted = answers[name].state, "kept" if promise.kept else "broken"
            raise UnsupportedError(f"{where}: `{name}`, {words}: {state}, and not {wanted}")
        text = f"{'keeps' if promise.kept else 'breaks'} {words}"
        anchor = marks(family, name, loop, Anchors(family))[place].anchor
        href = f"{FOLDER}/{pages.safety(loop)}#{anchor}"
        return Figure(promise.words or text, href, f"{where}: `{name}` {text}", SAFETY_FILE)


def _shows(state: State, kept: bool) -> bool:
    return state == "pass" if kept else breaks(state)


def _said(what: str, *values: Value | None) -> Value:
    """The first that is said; raises UnsupportedError if none is."""
    found = next((value for value in values if value is not None), None)
    if found is None:
        raise UnsupportedError(f"it does not say of which {what} a figure is, or there is none")
    return found


def _judged(home: Case, loop: str, row: str, under: str, measure: str) -> Judgement | None:
    """How a row stands, as the tables of its page say it; of loops, times alone are compared."""
    if loop != home.backend:
        return across(home, loop, row, under) if measure == TIME else None
    return home.floor.withhold(home.ranking.against(under, [under])).get(row)


def _difference(judged: Judgement, measure: str) -> str:
    if judged.word not in TIED or judged.low is None or judged.high is None:
        return in_words_of(measure, speed_of(judged))
    return f"{judged.word} [{percent_change(judged.low)} to {percent_change(judged.high)} %]"


def _value(spot: _Spot, value: record.Value) -> Figure:
    shown = primary(spot.family.points(spot.workload))
    if spot.n != shown:
        raise UnsupportedError(f"rows have cells for n = {shown:,} alone, and not for {spot.words}")
    found = table(spot.family, spot.workload, spot.loop)
    rows = {row.name: row for row in found.rows}
    row = rows[known(f"row of {spot.words} on {spot.loop}:", value.row, rows)]
    cells = _cells(found, row)
    text = cells[known(f"column of {spot.words}:", value.of, cells)]
    if text in NUMBERLESS:
        raise UnsupportedError(f"{spot.words} on {spot.loop}: `{row.name}`, {value.of} is {text}")
    what = f"time {found.per_operation}" if value.of == TIME else value.of
    figure = spot.figure(row.name, text, f"{spot.words} on {spot.loop}: `{row.name}`, {what} {text}")
    return replace(figure, href=spot.measures) if value.of in found.work else figure


def _cells(found: Table, row: Row) -> Mapping[str, str]:
    """What stands in a row, by the headings of its table."""
    titles = [*found.counts, *(reading.title for reading in found.readings), *found.work]
    beside = dict(zip(titles, (*row.counts, *row.readings, *row.work), strict=True))
    return {TIME: row.time, **({"growth": law_of(row.growth)} if row.growth else {}), **beside}
