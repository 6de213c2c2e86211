"""Which file holds what: the pages of a family, for each loop one of answers and two behind it, and one for the code.

A page must stay small: what was found of safety, promise by promise, would be a third of it, and what was measured
beside time and on other loops another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.reading.family import Family
from reports.views.anchors import slugs

FOLDER = "families"
CODE = "code"
SAFETY = "safety"
MEASURES = "measures"
PACKAGES = "packages"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of a family, all in ``FOLDER``.

    ``loops`` maps each of its loops to a page, ``evidence`` to that of its safety, ``measures`` to that of everything
    that was measured.
    """

    loops: Mapping[str, str]
    code: str
    evidence: Mapping[str, str]
    measures: Mapping[str, str]

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.loops.values(), self.code, *self.evidence.values(), *self.measures.values())

    def on(self, loop: str) -> str:
        """The page for a loop, or for the first one if the family was not tried there."""
        return self.loops.get(loop) or next(iter(self.loops.values()))

    def safety(self, loop: str) -> str:
        """The page with the evidence for a loop, or for the first one if the family was not tried there."""
        return self.evidence.get(loop) or next(iter(self.evidence.values()))


Places = Mapping[str, Place]


def places(families: Sequence[Family]) -> dict[str, Place]:
    """``locks.html`` for the first loop, ``locks-uvloop.html`` for another, ``locks-code.html`` for the code.

    Behind each loop's are ``locks-safety.html`` and ``locks-measures.html``, ``locks-uvloop-safety.html`` and so on.
    """
    wishes = {family.name: _wish(family) for family in families}
    stems = slugs(list(dict.fromkeys(stem for wish in wishes.values() for stem in wish.files)))

    def named(pages: Mapping[str, str]) -> dict[str, str]:
        return {loop: f"{stems[stem]}.html" for loop, stem in pages.items()}

    return {
        name: Place(named(wish.loops), f"{stems[wish.code]}.html", named(wish.evidence), named(wish.measures))
        for name, wish in wishes.items()
    }


def _wish(family: Family) -> Place:
    """The files of a family, without what files are called after, and as if it were alone."""
    first, *others = family.loops
    loops = {first: family.name, **{loop: f"{family.name}-{loop}" for loop in others}}
    evidence, measures = ({loop: f"{page}-{end}" for loop, page in loops.items()} for end in (SAFETY, MEASURES))
    return Place(loops, f"{family.name}-{CODE}", evidence, measures)
