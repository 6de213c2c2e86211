"""Which file holds what: the pages of a family, one for each loop and one for the code.

A family with many workloads has what was found of its safety on pages of their own, for a page must stay small.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reports.family import Family
from reports.provenance import slugs

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
    apart: Mapping[str, str] = field(default_factory=dict)

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
    wishes = {family.name: _wishes(family) for family in families}
    stems = slugs(list(dict.fromkeys(wish for mine in wishes.values() for wish in mine)))
    found = {}
    for family in families:
        code, *pages = (f"{stems[wish]}.html" for wish in wishes[family.name])
        count = len(family.loops)
        loops, apart = (
            dict(zip(family.loops, pages, strict=False)),
            dict(zip(family.loops, pages[count:], strict=False)),
        )
        found[family.name] = Place(loops, code, apart)
    return found


def _wishes(family: Family) -> list[str]:
    loops = [family.name, *(f"{family.name}-{loop}" for loop in family.loops[1:])]
    large = len(family.record["workloads"]) > MOST_WORKLOADS
    return [f"{family.name}-{CODE}", *loops, *(f"{page}-{SAFETY}" for page in loops if large)]
