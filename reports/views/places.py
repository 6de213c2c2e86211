"""Which file holds what: the pages of a family, one for each loop and one for the code.

A family with many workloads has what was found of its safety on pages of their own, for a page must stay small.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.reading.family import Family
from reports.views.anchors import slugs

FOLDER = "families"
CODE = "code"
SAFETY = "safety"
MOST_WORKLOADS = 7  # that fit on a page together with matrix, evidence and definitions


@dataclass(frozen=True, slots=True)
class Place:
    """The files of a family, all in ``FOLDER``: ``loops`` maps each of its loops to a page.

    ``apart`` maps it to the page of its safety, where that is another one.
    """

    loops: Mapping[str, str]
    code: str
    apart: Mapping[str, str]

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.loops.values(), self.code, *self.apart.values())

    def on(self, loop: str) -> str:
        """The page for a loop, or for the first one if the family was not tried there."""
        return self.loops.get(loop) or next(iter(self.loops.values()))

    def safety(self, loop: str) -> str:
        """The page with the evidence for a loop."""
        return self.apart.get(loop) or self.on(loop)


Places = Mapping[str, Place]


def places(families: Sequence[Family]) -> dict[str, Place]:
    """``locks.html`` for the first loop, ``locks-uvloop.html`` for another, ``locks-code.html`` for the code.

    With many workloads also ``caches-safety.html`` and ``caches-uvloop-safety.html``.
    """
    wishes = {family.name: _wish(family) for family in families}
    stems = slugs(list(dict.fromkeys(stem for wish in wishes.values() for stem in wish.files)))

    def named(pages: Mapping[str, str]) -> dict[str, str]:
        return {loop: f"{stems[stem]}.html" for loop, stem in pages.items()}

    return {
        name: Place(named(wish.loops), f"{stems[wish.code]}.html", named(wish.apart)) for name, wish in wishes.items()
    }


def _wish(family: Family) -> Place:
    """The files of a family, without what files are called after, and as if it were alone."""
    first, *others = family.loops
    loops = {first: family.name, **{loop: f"{family.name}-{loop}" for loop in others}}
    large = len(family.record["workloads"]) > MOST_WORKLOADS
    apart = {loop: f"{page}-{SAFETY}" for loop, page in loops.items()} if large else {}
    return Place(loops, f"{family.name}-{CODE}", apart)
