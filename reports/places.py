"""Which file holds what: the pages of a family, one for each loop and one for the code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.family import Family
from reports.provenance import slugs

FOLDER = "families"
CODE = "code"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of a family, all in ``FOLDER``: ``loops`` maps each of its loops to a page."""

    loops: Mapping[str, str]
    code: str

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.loops.values(), self.code)

    def on(self, loop: str) -> str:
        """The page for a loop, or for the first one if the family was not tried there."""
        return self.loops.get(loop) or next(iter(self.loops.values()))


Places = Mapping[str, Place]


def places(families: Sequence[Family]) -> dict[str, Place]:
    """``locks.html`` for the first loop, ``locks-uvloop.html`` for another, ``locks-code.html`` for the code."""
    wishes = {
        family.name: [family.name, *(f"{family.name}-{loop}" for loop in family.loops[1:]), f"{family.name}-{CODE}"]
        for family in families
    }
    stems = slugs(list(dict.fromkeys(wish for mine in wishes.values() for wish in mine)))
    found = {}
    for family in families:
        *loops, code = (f"{stems[wish]}.html" for wish in wishes[family.name])
        found[family.name] = Place(dict(zip(family.loops, loops, strict=True)), code)
    return found
