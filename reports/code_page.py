"""The code of a family: whole on a page of its own, and what is picked also beside the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reports.family import Family
from reports.places import Place
from reports.provenance import slugs
from reports.safety_view import Anchors
from reports.sources import highlighted
from reports.table import KINDS
from results.record import AlternativeRecord


@dataclass(frozen=True, slots=True)
class SourceView:
    """One alternative's text and code; ``numbers`` maps the loops that it has a row on to its evidence there."""

    name: str
    anchor: str
    record: AlternativeRecord
    kind: str
    kind_title: str
    code: Markup
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


def code_anchors(family: Family) -> dict[str, str]:
    """The anchor of each alternative's code, the same on every page that shows it."""
    return {name: f"code-{slug}" for name, slug in slugs(list(family.record["alternatives"])).items()}


def _source(family: Family, place: Place, name: str) -> SourceView:
    record = family.record["alternatives"][name]
    kind, kind_title = KINDS.get(record["kind"], (record["kind"], ""))
    anchor = Anchors(family).evidence(name) if family.safety.questions else "safety"
    numbers = tuple((loop, f"{place.safety(loop)}#{anchor}") for loop in place.loops if name in family.present(loop))
    code = highlighted(record["source"])
    return SourceView(name, code_anchors(family)[name], record, kind, kind_title, code, numbers)
