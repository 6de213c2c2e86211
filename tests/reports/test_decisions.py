"""What a practitioner would ask of a recorded run: the answers as its files have them, and the same in all places.

They are worked out here from the files alone, by other and simpler means.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

import pytest

from reports.reading.answers import Answers, Program, answers
from reports.reading.family import TIME, Family, families_of
from reports.reading.measured import Measurements, measurements
from reports.views.anchors import slugs
from reports.views.answered import STANDS_FOR_ALL
from reports.views.choices import State, called
from reports.views.index_page import index_view, line_of
from reports.views.overview import picks, three_answers
from reports.views.picked import as_values
from reports.views.places import places
from reports.views.program_page import Item, program_view
from reports.views.sentences import headline, verdict
from results import record
from results.eligibility import LANES, Lane, usual
from tests.where import RECORDED

BAND = math.log(1.03)
QUESTIONS: list[tuple[str, str, str, set[str], Lane]] = [
    ("locks", "asyncio", "contended", {"threads"}, "package"),
    ("locks", "asyncio", "contended", set(), "standard library"),
    ("locks", "uvloop", "many_keys", set(), "file"),
    ("locks", "trio", "uncontended", set(), "standard library"),
    ("fan_out", "asyncio", "one_hop", set(), "standard library"),
    ("fan_out", "uvloop", "bounded_10", {"full-use"}, "package"),
    ("fan_out", "trio", "bounded_100", {"endless"}, "standard library"),
    ("fan_out", "asyncio", "ready", {"context"}, "file"),
    ("batching", "asyncio", "scattered", set(), "package"),
    ("batching", "uvloop", "duplicate_keys", {"context"}, "standard library"),
    ("batching", "trio", "closed_loop", {"leaving"}, "file"),
    ("callbacks", "asyncio", "crowd", set(), "standard library"),
    ("callbacks", "asyncio", "one_slow", {"bounded"}, "package"),
    ("callbacks", "trio", "ready", set(), "file"),
    ("rate_limits", "asyncio", "backlog", {"hard-limit"}, "package"),
    ("rate_limits", "uvloop", "uncontended", {"weights"}, "standard library"),
    ("rate_limits", "trio", "blocked", {"idle"}, "file"),
    ("caches", "asyncio", "hits", {"one-load"}, "package"),
    ("caches", "asyncio", "stampede", {"one-load", "invalidation"}, "standard library"),
    ("caches", "trio", "misses", set(), "standard library"),
]


@pytest.fixture(name="found", scope="module")
def fixture_found() -> Measurements:
    """The recorded run."""
    return measurements(record.read(RECORDED))


@pytest.fixture(name="families", scope="module")
def fixture_families(found: Measurements) -> Mapping[str, Family]:
    """Its families, by name."""
    return {family.name: family for family in families_of(found)}


class Independent:
    """The same from the files as they are: nothing of the reading side is used."""

    def __init__(self, family: str, loop: str, workload: str) -> None:
        whole = json.loads((RECORDED / "suite.json").read_text(encoding="utf-8"))
        self.suite = whole["families"][family]
        self.loop = loop
        mine = [one for one in whole["comparisons"] if (one["family"], one["workload"]) == (family, workload)]
        points = sorted(one["n"] for one in mine)
        self.n = 100 if 100 in points else points[(len(points) - 1) // 2]
        self.broken = self._broken(family)
        rounds = self._rounds(RECORDED / family / f"{workload}.json")
        self.baseline = self.suite["baseline"][loop]
        under = rounds[self.baseline, 0]
        self.ratios = {
            key: [median(map(_log_ratio, over[launch], under[launch])) for launch in over if launch in under]
            for key, over in rounds.items()
        }

    def _broken(self, family: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {name: set() for name in self.suite["alternatives"]}
        tested = set()
        for one in json.loads((RECORDED / "safety.json").read_text(encoding="utf-8"))["findings"]:
            if (one["family"], one["backend"]) == (family, self.loop) and one["state"] != "not tested":
                tested.add((one["alternative"], one["promise"]))
                found[one["alternative"]] |= {one["promise"]} if one["state"] == "FAIL" else set()
        for name, entry in self.suite["alternatives"].items():
            declared = {one["promise"] for one in entry["known_failures"] if self.loop in one["applies_to"]}
            found[name] |= {promise for promise in declared if (name, promise) not in tested}
        return found

    def _rounds(self, file: Path) -> dict[tuple[str, int], dict[int, list[float]]]:
        """The values at the middle n on the loop, by launch; the baseline's copy has a 1 beside its name."""
        found: dict[tuple[str, int], dict[int, list[float]]] = {}
        for benchmark in json.loads(file.read_text(encoding="utf-8"))["benchmarks"]:
            for run in benchmark["runs"]:
                about = {**benchmark.get("metadata", {}), **run.get("metadata", {})}
                if about["backend"] == self.loop and about["n"] == self.n and "values" in run:
                    row = found.setdefault((about["alternative"], int(about["twin"])), {})
                    row.setdefault(about["launch"], []).extend(run["values"])
        return found

    def in_lane(self, lane: Lane, extra: set[str]) -> dict[str, float]:
        """The log ratio of everybody who is in the lane and suits a program that has these needs beside the usual."""
        wanted = extra | {need["name"] for need in self.suite["needs"] if need["usual"]}
        return {
            name: fmean(ratios)
            for (name, twin), ratios in self.ratios.items()
            if not twin
            and name in self.suite["alternatives"]
            and self._lane(name) == lane
            and self._suits(name, wanted)
        }

    def _lane(self, name: str) -> Lane:
        entry = self.suite["alternatives"][name]
        if entry["kind"] == "own":
            return "file"
        return "package" if self.packaged(name) or entry["kind"] == "package" else "standard library"

    def packaged(self, name: str) -> bool:
        """Whether it needs a package."""
        entry = self.suite["alternatives"][name]
        return bool(entry["requires"]) or entry["library"] == "anyio"

    def _suits(self, name: str, wanted: set[str]) -> bool:
        entry = self.suite["alternatives"][name]
        needs = {promise: need["name"] for need in self.suite["needs"] for promise in need["promises"]}
        lacks = {needs.get(promise, "basic") for promise in self.broken[name]}
        return entry["kind"] != "trap" and not entry["caveats"] and not lacks & (wanted | {"basic"})

    def may_tie(self, name: str, leader: str) -> bool:
        """Whether a gap is small, or uncertain, or as large as that between the baseline and its copy."""
        gaps = [one - other for one, other in zip(self.ratios[name, 0], self.ratios[leader, 0], strict=False)]
        copies = [values for (_, twin), values in self.ratios.items() if twin] or [[0.0, 0.0]]
        noise = max(abs(fmean(values)) + 4 * _error(values) for values in copies)
        return fmean(gaps) - 4 * _error(gaps) <= max(BAND, noise)


def _log_ratio(over: float, under: float) -> float:
    return math.log(over / under)


def _error(values: list[float]) -> float:
    return stdev(values) / math.sqrt(len(values))


@pytest.mark.parametrize(("family", "loop", "workload", "extra", "lane"), QUESTIONS)
def test_the_answer_is_that_of_the_record(
    families: Mapping[str, Family], family: str, loop: str, workload: str, extra: set[str], lane: Lane
) -> None:
    """The fastest that suits; or what most people write, or takes no package, where that cannot be told from it."""
    alone = Independent(family, loop, workload)
    fair = alone.in_lane(lane, extra)
    needs = usual(families[family].needs) | extra
    pick = answers(families[family], Program(loop, workload, needs=needs)).lanes[lane].pick

    if not fair:
        assert pick is None
        return
    assert pick is not None
    fastest = min(fair, key=fair.__getitem__)
    easier = pick.name == alone.baseline or alone.packaged(pick.name) < alone.packaged(fastest)
    assert pick.name in fair
    assert fair[pick.name] - fair[fastest] < 0.01 or (easier and alone.may_tie(pick.name, fastest))


def programs(family: Family) -> Iterator[Program]:
    """Every loop, workload and a bit of everything; with the usual needs, none, all, and each other one."""
    names = {need["name"] for need in family.needs}
    most = usual(family.needs)
    wanted = {None, frozenset[str](), frozenset(names), *(frozenset({*most, name}) for name in names - most)}
    for loop in family.loops:
        for workload in ["", *family.record["workloads"]]:
            for needs in sorted(wanted, key=lambda one: (one is not None, sorted(one or ()))):
                yield Program(loop, workload, needs=needs)


def test_no_two_places_disagree(families: Mapping[str, Family], found: Measurements) -> None:
    """Table, index, sentence, headline, terminal and ``pick`` name what the decision names, whatever is asked."""
    wrong = [
        f"{name} {program}: {place} says {said}, the decision {decided}"
        for name, family in families.items()
        for program in programs(family)
        for told in [answers(family, program)]
        for place, said, decided in _said(family, program, told)
        if said != decided
    ]

    assert not wrong


def _said(family: Family, program: Program, told: Answers) -> Iterator[tuple[str, Any, Any]]:
    """What each place says, and what it should say."""
    picked = {lane: answer.pick.name if answer.pick else None for lane, answer in told.lanes.items()}
    values = as_values(family.name, told)
    yield "pick", values["pick"], told.pick
    if not told.why_not:
        yield "pick", {lane: values["lanes"][lane]["pick"] for lane in LANES}, picked
        yield "the three answers", told.pick in picked.values(), any(picked.values())
    for lane, answer in told.lanes.items():
        yield f"a page that hides what is ticked off, {lane}", _left(answer.entries, told.needs), picked[lane]
    if program.needs is not None:
        return
    if not program.workload:
        sentence = headline(family, program.loop).headline
        yield "the headline", _begins(sentence, told.pick), True
        return
    case = family.case(program.workload, program.loop)
    if case and not told.why_not:
        yield "the table", case.decision.pick, told.pick
        yield "the index", line_of(family, program.workload, program.loop).pick, told.pick
        sentence = verdict(case.decision, case.candidates).headline
        yield "the section", _begins(sentence, told.pick), True


def _begins(sentence: str, pick: str | None) -> bool:
    """Whether a sentence recommends what was picked, if anything was."""
    return pick is None or any(f"**{word} `{pick}`**" in sentence for word in ("Use", "Keep"))


def _left(entries: Any, needs: frozenset[str]) -> str | None:
    """Who is first on a page once everybody is hidden who lacks a need that is ticked."""
    shown = [one for one in entries if one.rank and needs.isdisjoint(need["name"] for need in one.lacks)]
    return min(shown, key=lambda one: one.rank).name if shown else None


def test_the_terminal_says_the_same(families: Mapping[str, Family], found: Measurements) -> None:
    """A line for each family, and for each workload on each loop where all is asked for."""
    three = {row[0]: [*map(_named, row[1:4])] for row in three_answers(found).rows}
    rows = {row[:3]: row[3] for row in picks(found).rows}

    for name, family in families.items():
        lanes = answers(family, Program("asyncio")).lanes.values()
        told = [answer.pick.name if answer.pick else None for answer in lanes]
        assert [said if decided else None for said, decided in zip(three[name], told, strict=True)] == told
        for loop in family.loops:
            for workload in family.record["workloads"]:
                decided = answers(family, Program(loop, workload))
                if not decided.why_not and decided.pick:
                    assert rows[name, workload, loop] == decided.pick


def _named(cell: str) -> str:
    """Whom a cell of the terminal names."""
    return cell.removeprefix(f"{STANDS_FOR_ALL} ").partition(",")[0]


def test_a_page_shows_what_is_decided(families: Mapping[str, Family]) -> None:
    """Whatever is ticked and chosen on it: the first of each column, by the numbers that its style sheet goes by."""
    wrong = []
    for name, family in families.items():
        ids = slugs([need["name"] for need in family.needs])
        wanted = [usual(family.needs), frozenset[str](), frozenset(ids)]
        for loop in family.loops:
            view = program_view(family, loop)
            for work, size, needs in product(view.workloads, view.sizes, wanted):
                chosen = {f"#work-{work.key}", f"#by-{TIME}", f"#n-{size.key}"}
                css = next(state.css for state in view.states if chosen >= _ids(state))
                workload = "" if work.first else dict(_workloads(family))[work.key]
                decided = answers(family, Program(loop, workload, int(size.key), needs=needs))
                hidden = {ids[need] for need in needs}
                for column, answer in zip(view.columns, decided.lanes.values(), strict=True):
                    left = [(_place(item, css), item.name) for item in column.items if hidden.isdisjoint(item.lacks)]
                    first = min([place for place in left if place[0] < LAST], default=(LAST, None))[1]
                    if first != (answer.pick.name if answer.pick else None):
                        wrong.append(f"{name} {decided.program} {answer.lane}: the page begins with {first}")

    assert not wrong


def test_the_index_shows_what_is_decided(families: Mapping[str, Family], found: Measurements) -> None:
    """For each loop and strictness: the name in each lane, and which of them stands for all."""
    every = [*families.values()]
    view = index_view(found, every, places(every))
    shown = {family.name: family for group in view.groups for family in group.families}
    states = {frozenset(re.findall(r"#[\w-]+", state.selector)): state.css for state in view.states}
    wrong = []
    for (name, family), loop, keep in product(families.items(), view.loops, ("usual", "all")):
        css = next(css for ids, css in states.items() if {f"#loop-{view.loops[loop]}", f"#keep-{keep}"} >= ids)
        every_need = frozenset(need["name"] for need in family.needs)
        decided = answers(family, Program(loop, needs=every_need if keep == "all" else None))
        for cells, answer in zip(shown[name].lanes, decided.lanes.values(), strict=True):
            (cell,) = [cell for cell in cells if css in cell.classes.split()]
            pick = answer.pick.name if answer.pick and not decided.why_not else None
            said = called(pick, family.record["alternatives"][pick]) if pick else ""
            if (cell.called, cell.best) != (said, pick is not None and pick == decided.pick):
                wrong.append(f"{name} on {loop}, {keep}, {answer.lane}: {cell.called!r}, decided {pick}")

    assert not wrong


LAST = 99  # the place of what has no number under a state


def _workloads(family: Family) -> Iterator[tuple[str, str]]:
    """The end of the id of each workload, and its name."""
    yield from ((key, name) for name, key in slugs([*family.record["workloads"]]).items())


def _ids(state: State) -> set[str]:
    """Those of what is chosen under it."""
    return {*re.findall(r"#[\w-]+", state.workload + state.selector)}


def _place(item: Item, css: str) -> int:
    """That of an item under a state, by its style property."""
    numbers = dict(one.split(":") for one in item.order.split(";") if one)
    return int(numbers.get(f"--{css}", numbers["--o"]))
