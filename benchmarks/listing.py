"""What there is to measure, to check and to copy: for a terminal, for other programs as lines, or as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any, TypedDict

from rich.table import Table

import patterns
from benchmarks.plan.backends import BACKENDS, can_run
from benchmarks.plan.promises import Promise, needs, promises
from benchmarks.plan.workloads import questions
from results.suite import NeedRecord
from results.terminal import Terminal
from results.text import plain

NARROWEST = 40  # columns beside the longest name, below which a table would cut what it shows


class AlternativeListing(TypedDict):
    """One way to solve a family's problem, and where its file is."""

    name: str
    kind: str
    loops: list[str]
    title: str
    requires: list[str]
    path: str


class WorkloadListing(TypedDict):
    """One question about cost: ``sizes`` are the points of its axis, of which ``axis`` says what they count."""

    name: str
    question: str
    axis: str
    sizes: list[int]
    needs: str


class PromiseListing(TypedDict):
    """One question about safety: ``grade`` is ``basic``, the need that it belongs to, or ``fact``.

    A fact is disclosed and condemns nobody.
    """

    name: str
    sentence: str
    grade: str
    fact: bool


class FamilyListing(TypedDict):
    """A family: the problem, and all that is compared and asked."""

    name: str
    problem: str
    alternatives: list[AlternativeListing]
    workloads: list[WorkloadListing]
    needs: list[NeedRecord]
    promises: list[PromiseListing]


def listing(families: Sequence[str]) -> list[FamilyListing]:
    """Everything that there is of these families."""
    return [
        {
            "name": family,
            "problem": patterns.contract(family).doc.splitlines()[0],
            "alternatives": [_alternative(entry) for entry in patterns.alternatives(family)],
            "workloads": [
                {
                    "name": workload.name,
                    "question": workload.question,
                    "axis": workload.axis,
                    "sizes": list(workload.scale),
                    "needs": workload.needs,
                }
                for workload in questions(family).workloads
            ],
            "needs": needs(family),
            "promises": [
                {"name": entry.name, "sentence": entry.parts[0], "grade": _grade(entry), "fact": entry.fact}
                for entry in promises(family)
            ],
        }
        for family in families
    ]


def _grade(entry: Promise) -> str:
    return "fact" if entry.fact else entry.need or "basic"


def _alternative(entry: patterns.Alternative) -> AlternativeListing:
    return {
        "name": entry.name,
        "kind": entry.kind,
        "loops": [name for name, backend in BACKENDS.items() if can_run(entry.library, backend)],
        "title": entry.title,
        "requires": list(entry.requires),
        "path": entry.path,
    }


def lines(families: Sequence[FamilyListing]) -> Iterator[str]:
    """A line for each thing, its fields separated by tabs: family, what it is, name, then what is known of it."""
    for family in families:
        yield _line(family["name"], "family", family["name"], family["problem"])
        for one in family["alternatives"]:
            loops = ",".join(one["loops"])
            yield _line(family["name"], "alternative", one["name"], one["kind"], loops, one["title"], one["path"])
        for workload in family["workloads"]:
            sizes = ",".join(map(str, workload["sizes"]))
            yield _line(family["name"], "workload", workload["name"], sizes, workload["axis"], workload["question"])
        for need in family["needs"]:
            usual = "usual" if need["usual"] else "unusual"
            yield _line(family["name"], "need", need["name"], usual, need["phrase"])
        for promise in family["promises"]:
            kind = "fact" if promise["fact"] else "promise"
            yield _line(family["name"], kind, promise["name"], promise["sentence"], promise["grade"])


def _line(*fields: str) -> str:
    return "\t".join(" ".join(plain(field).split()) for field in fields)


def show(console: Terminal, families: Sequence[FamilyListing]) -> None:
    """Print tables that fit the terminal; where one would have to cut a name, lines instead."""
    for family in families:
        tables = [
            _table("alternative", ("kind", "runs on", "what it is"), _rows_of_alternatives(family)),
            _table("workload", ("sizes", "they count", "question"), _rows_of_workloads(family)),
            _table("need", ("", "my program"), _rows_of_needs(family)),
            _table("promise", ("relied on by", "what is asked"), _rows_of_promises(family)),
        ]
        if console.width < max(table.columns[0].min_width or 0 for table in tables) + NARROWEST:
            for line in lines([family]):
                console.say(line)
            continue
        console.print(f"{family['name']}: {family['problem']}", style="bold")
        for table in tables:
            if table.row_count:
                console.print(table)


def _rows_of_alternatives(family: FamilyListing) -> list[tuple[str, ...]]:
    return [(one["name"], one["kind"], ", ".join(one["loops"]), one["title"]) for one in family["alternatives"]]


def _rows_of_workloads(family: FamilyListing) -> list[tuple[str, ...]]:
    return [
        (one["name"], ", ".join(map(str, one["sizes"])), one["axis"], one["question"]) for one in family["workloads"]
    ]


def _rows_of_needs(family: FamilyListing) -> list[tuple[str, ...]]:
    return [(one["name"], "usual" if one["usual"] else "", one["phrase"]) for one in family["needs"]]


def _rows_of_promises(family: FamilyListing) -> list[tuple[str, ...]]:
    words = {"basic": "everybody", "fact": "(a fact)"}
    return [(one["name"], words.get(one["grade"], one["grade"]), one["sentence"]) for one in family["promises"]]


def _table(first: str, others: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False)
    longest = max((len(row[0]) for row in rows), default=0)
    table.add_column(first, no_wrap=True, min_width=longest)
    for heading in others:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def as_json(families: Sequence[FamilyListing]) -> dict[str, Any]:
    """The same for programs that read JSON."""
    return {"families": list(families)}
