"""Which file holds what: the pages of a family, for each loop one of answers and one of safety, and one for the code.

A page must stay small: what was found of safety, promise by promise, would be a third of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.reading.family import Family
from reports.views.anchors import slugs

FOLDER = "families"
CODE = "code"
SAFETY = "safety"
PACKAGES = "packages"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of a family, all in ``FOLDER``: ``loops`` maps each of its loops to a page, ``evidence`` to another."""

    loops: Mapping[str, str]
    code: str
    evidence: Mapping[str, str]

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.loops.values(), self.code, *self.evidence.values())

    def on(self, loop: str) -> str:
        """The page for a loop, or for the first one if the family was not tried there."""
        return self.loops.get(loop) or next(iter(self.loops.values()))

    def safety(self, loop: str) -> str:
        """The page with the evidence for a loop, or for the first one if the family was not tried there."""
        return self.evidence.get(loop) or next(iter(self.evidence.values()))


Places = Mapping[str, Place]


def places(families: Sequence[Family]) -> dict[str, Place]:
    """``locks.html`` for the first loop, ``locks-uvloop.html`` for another, ``locks-code.html`` for the code.

    What was found of safety is in ``locks-safety.html`` and ``locks-uvloop-safety.html``.
    """
    wishes = {family.name: _wish(family) for family in families}
    stems = slugs(list(dict.fromkeys(stem for wish in wishes.values() for stem in wish.files)))

    def named(pages: Mapping[str, str]) -> dict[str, str]:
        return {loop: f"{stems[stem]}.html" for loop, stem in pages.items()}

    return {
        name: Place(named(wish.loops), f"{stems[wish.code]}.html", named(wish.evidence))
        for name, wish in wishes.items()
    }


def _wish(family: Family) -> Place:
    """The files of a family, without what files are called after, and as if it were alone."""
    first, *others = family.loops
    loops = {first: family.name, **{loop: f"{family.name}-{loop}" for loop in others}}
    return Place(loops, f"{family.name}-{CODE}", {loop: f"{page}-{SAFETY}" for loop, page in loops.items()})
