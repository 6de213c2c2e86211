"""The code of a family: whole on a page of its own, and what is picked also beside the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.reading.family import Family
from reports.views.anchors import Anchors, code_anchors
from reports.views.places import Place
from reports.views.table import KINDS
from results.suite import AlternativeRecord


@dataclass(frozen=True, slots=True)
class SourceView:
    """One alternative and its code; ``numbers`` maps the loops that it has a row on to its evidence there.

    ``pattern`` and ``fitting`` are its source, in two parts: what a reader copies, of so many ``lines``, and what fits
    that to the contract.
    """

    name: str
    anchor: str
    record: AlternativeRecord
    pattern: str
    fitting: str
    lines: int
    kind: str
    kind_title: str
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CodePage:
    """The code of every alternative of a family, by name."""

    name: str
    question: str
    href: str
    sources: tuple[SourceView, ...]


def code_page(family: Family, place: Place) -> CodePage:
    """Gather the page of a family's code."""
    names = sorted(family.record["alternatives"])
    return CodePage(family.name, family.question, place.on(""), sources(family, place, names))


def sources(family: Family, place: Place, names: Sequence[str]) -> tuple[SourceView, ...]:
    """The code of some of a family's alternatives, in their order."""
    return tuple(_source(family, place, name) for name in names)


def _source(family: Family, place: Place, name: str) -> SourceView:
    record = family.record["alternatives"][name]
    kind, kind_title = KINDS.get(record["kind"], (record["kind"], ""))
    anchor = Anchors(family).evidence(name) if family.safety.questions else "safety"
    numbers = tuple((loop, f"{place.safety(loop)}#{anchor}") for loop in place.loops if name in family.present(loop))
    pattern, fitting = parts(record)
    lines = len(pattern.splitlines())
    return SourceView(name, code_anchors(family)[name], record, pattern, fitting, lines, kind, kind_title, numbers)


def parts(record: AlternativeRecord) -> tuple[str, str]:
    """An alternative's source as two texts: its pattern, and the rest, which is empty where all of it is copied."""
    lines = record["source"].splitlines(keepends=True)
    place = record.get("pattern_lines", len(lines))
    return "".join(lines[:place]), "".join(lines[place:])
