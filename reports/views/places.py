"""Which file holds what: the pages of a family, for each loop one of answers and some behind it, and one for the code.

A page must stay small: what was found of safety, promise by promise, would be a third of it, and what was measured
beside time and on other loops another one. Of many questions the charts are one more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.reading.family import Family
from reports.views.anchors import slugs

FOLDER = "families"
CODE = "code"
SAFETY = "safety"
MEASURES = "measures"
CHARTS = "charts"
PACKAGES = "packages"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of a family, all in ``FOLDER``.

    ``loops`` maps each of its loops to a page, ``evidence`` to that of its safety, ``measures`` to that of everything
    that was measured, ``charts`` to that of the charts of its questions, which is there if they have no room on the
    first.
    """

    loops: Mapping[str, str]
    code: str
    evidence: Mapping[str, str]
    measures: Mapping[str, str]
    charts: Mapping[str, str]

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.loops.values(), self.code, *(file for pages in self._behind for file in pages.values()))

    @property
    def _behind(self) -> tuple[Mapping[str, str], ...]:
        return self.evidence, self.measures, self.charts

    def on(self, loop: str) -> str:
        """The page for a loop, or for the first one if the family was not tried there."""
        return self.loops.get(loop) or next(iter(self.loops.values()))

    def safety(self, loop: str) -> str:
        """The page with the evidence for a loop, or for the first one if the family was not tried there."""
        return self.evidence.get(loop) or next(iter(self.evidence.values()))


Places = Mapping[str, Place]


def places(families: Sequence[Family]) -> dict[str, Place]:
    """``locks.html`` for the first loop, ``locks-uvloop.html`` for another, ``locks-code.html`` for the code.

    Behind each loop's are ``locks-safety.html``, ``locks-measures.html`` and ``locks-charts.html``,
    ``locks-uvloop-safety.html`` and so on.
    """
    wishes = {family.name: _wish(family) for family in families}
    stems = slugs(list(dict.fromkeys(stem for wish in wishes.values() for stem in wish.files)))

    def named(pages: Mapping[str, str]) -> dict[str, str]:
        return {loop: f"{stems[stem]}.html" for loop, stem in pages.items()}

    return {
        name: Place(
            named(wish.loops),
            f"{stems[wish.code]}.html",
            named(wish.evidence),
            named(wish.measures),
            named(wish.charts),
        )
        for name, wish in wishes.items()
    }


def _wish(family: Family) -> Place:
    """The files of a family, without what files are called after, and as if it were alone."""
    first, *others = family.loops
    loops = {first: family.name, **{loop: f"{family.name}-{loop}" for loop in others}}
    behind = [{loop: f"{page}-{end}" for loop, page in loops.items()} for end in (SAFETY, MEASURES, CHARTS)]
    return Place(loops, f"{family.name}-{CODE}", *behind)
