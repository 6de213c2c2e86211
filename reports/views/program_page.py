"""The first part of a family's page: what a reader says of their program, and three columns that follow it.

All that can be chosen is on the page, and the style sheet shows what is chosen: a page decides nothing by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from reports.reading.answers import EVERYTHING, Answers, Entry, Program, answers
from reports.reading.family import TIME, Family
from reports.reading.measured import primary
from reports.reading.wording import spaced
from reports.views.anchors import slugs
from reports.views.answered import rules_out, stands, whether
from reports.views.choices import Choice, Shown, State, called, letters, measures, shown
from reports.views.code_page import parts
from results.eligibility import LANES, Lane

WORDS = "Choose it when"
MOST_SHOWN = 3  # of a lane: more would push what they rest on out of sight
LAST = 99  # the place of what has no number under a state
TITLES: Mapping[Lane, tuple[str, str]] = {
    "standard library": ("Standard library", ""),
    "package": ("A package", ""),
    "file": ("Copy one file", "written by us"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """An alternative in its column: ``order`` are style properties, its place and where it has another.

    ``lacks`` are the ends of the ids of the needs that rule it out, ``limits`` the same in words.
    """

    name: str
    called: str
    lines: int
    order: str
    lacks: tuple[str, ...]
    limits: tuple[str, ...]
    compared: tuple[Shown, ...]
    untested: int
    when: str


@dataclass(frozen=True, slots=True)
class Never:
    """An alternative that nobody may pick, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Column:
    """A lane."""

    title: str
    about: str
    items: tuple[Item, ...]
    never: tuple[Never, ...]

    @property
    def folded(self) -> bool:
        """Whether it shows its first items alone, until a reader asks for all of them."""
        return len(self.items) > MOST_SHOWN


@dataclass(frozen=True, slots=True)
class ProgramView:
    """What can be chosen, the states that makes, and what they show; ``matters`` and ``silent`` are for all columns."""

    needs: tuple[Choice, ...]
    workloads: tuple[Choice, ...]
    measures: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    states: tuple[State, ...]
    columns: tuple[Column, ...]
    matters: tuple[Shown, ...]
    silent: tuple[Shown, ...]


def program_view(family: Family, loop: str) -> ProgramView:
    """Gather it for one loop."""
    return _Gathered(family, loop).view()


class _Gathered:
    def __init__(self, family: Family, loop: str) -> None:
        self.family, self.loop = family, loop
        self.needs = slugs([need["name"] for need in family.needs])
        self.workloads = {"": "all", **slugs([*family.record["workloads"]])}
        self.sizes = sorted({n for workload in self.workloads if workload for n in family.points(workload)})
        self.begin = primary(self.sizes)

    @cached_property
    def found(self) -> dict[Program, Answers]:
        """What is decided under every combination; how many there are counts for times alone."""
        taken = measures([TIME, *self._taken()])
        by_n: list[int | None] = [*sorted(self.sizes, key=lambda n: n != self.begin)]
        programs = [
            Program(self.loop, workload, n, measure)
            for measure in taken
            for workload in self.workloads
            for n in (by_n if measure == TIME and by_n else [None])
        ]
        return {program: answers(self.family, program) for program in programs}

    def _taken(self) -> Iterator[str]:
        """The measures beside time that anybody has on this loop."""
        for workload in self.workloads:
            case = self.family.case(workload, self.loop) if workload else None
            whole = self.family.points(workload).get(case.comparison.record["n"]) if case else None
            yield from (name for name, one in whole.measures.items() if one.on(self.loop)) if whole else ()

    def view(self) -> ProgramView:
        taken = list(dict.fromkeys(program.measure for program in self.found))
        classes = letters(self.found)
        self.classes = classes
        records = self.family.record["workloads"]
        return ProgramView(
            needs=tuple(
                Choice(self.needs[need["name"]], need["phrase"], need["name"], need["usual"])
                for need in self.family.needs
            ),
            workloads=tuple(
                Choice(key, spaced(name) or EVERYTHING, records[name]["question"] if name else "", not name)
                for name, key in self.workloads.items()
            ),
            measures=tuple(Choice(name, words, "", name == TIME) for name, words in measures(taken).items()),
            sizes=tuple(Choice(str(n), f"{n:,}", "", n == self.begin) for n in self.sizes),
            states=tuple(
                State(css, self._selector(program, taken), self._chosen(program)) for program, css in classes.items()
            ),
            columns=tuple(self._columns()),
            matters=shown({program: whether(one) for program, one in self.found.items()}, classes),
            silent=shown({program: one.why_not for program, one in self.found.items() if not one.matter}, classes),
        )

    def _selector(self, program: Program, taken: list[str]) -> str:
        wanted = [f"#by-{program.measure}"] if len(taken) > 1 else []
        wanted += [f"#n-{program.n}"] if program.n is not None and len(self.sizes) > 1 else []
        return "".join(f":has({one}:checked)" for one in wanted)

    def _chosen(self, program: Program) -> str:
        return f"body:has(#work-{self.workloads[program.workload]}:checked)" if len(self.workloads) > 1 else "body"

    def _columns(self) -> Iterator[Column]:
        for lane in LANES:
            entries: dict[str, dict[Program, Entry]] = {}
            for program, one in self.found.items():
                for entry in one.lanes[lane].entries:
                    entries.setdefault(entry.name, {})[program] = entry
            ranked = {name: one for name, one in entries.items() if any(entry.rank for entry in one.values())}
            items = [self._item(name, one) for name, one in ranked.items()]
            never = [Never(name, _why(self.found, one)) for name, one in sorted(entries.items()) if name not in ranked]
            begin = next(iter(self.found.values())).lanes[lane].entries
            usual = {entry.name: place for place, entry in enumerate(begin)}
            items.sort(key=lambda item: (usual.get(item.name, len(usual)), item.name))
            yield Column(*TITLES[lane], tuple(items), tuple(never))

    def _item(self, name: str, found: dict[Program, Entry]) -> Item:
        record = self.family.record["alternatives"][name]
        some = next(iter(found.values()))
        places = {self.classes[program]: entry.rank for program, entry in found.items() if entry.rank}
        return Item(
            name=name,
            called=called(name, record),
            lines=len(parts(record)[0].splitlines()),
            order=self._order(places),
            lacks=tuple(self.needs[need["name"]] for need in some.lacks),
            limits=tuple(need["phrase"] for need in some.lacks),
            compared=shown({program: self._stands(program, entry) for program, entry in found.items()}, self.classes),
            untested=some.candidate.untested,
            when=_when(record["doc"]),
        )

    def _stands(self, program: Program, entry: Entry) -> str:
        if entry.rank is None:
            return f"no answer to this question: {rules_out(entry, self.found[program])}"
        return stands(entry, program.measure)

    def _order(self, places: Mapping[str, int]) -> str:
        """The place that it has most often, then those under other states; last where it has none."""
        every = [places.get(state, LAST) for state in self.classes.values()]
        usual = max(every, key=every.count)
        others = zip(self.classes.values(), every, strict=True)
        return ";".join([f"--o:{usual}", *(f"--{state}:{place}" for state, place in others if place != usual)])


def _why(found: Mapping[Program, Answers], entries: Mapping[Program, Entry]) -> str:
    program, entry = next(iter(entries.items()))
    return rules_out(entry, found[program])


def _when(doc: str) -> str:
    """What a file says of when to choose it and what it costs; nothing if it does not."""
    _, found, rest = doc.partition(WORDS)
    return f"{found}{rest}".strip()
