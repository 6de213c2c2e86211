"""Who may win: the one rule, for where a run spends its time and for what a report recommends.

A promise is basic, or belongs to a need. Who breaks a basic one is unsafe, and out for everybody; who breaks one of a
need is out only for programs that have it. A question may presuppose a need: every program that asks it has that one.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from results.safety import Finding
from results.suite import NeedRecord

DECLARED: Literal["declared"] = "declared"  # not tested here, but the alternative says of itself that it fails
State = Finding | Literal["declared"]
TRAP = "trap"
YOURS = "yours"  # a file of the reader's own project: it is compared with the picks, and is none
Lane = Literal["standard library", "package", "file"]
LANES: tuple[Lane, ...] = ("standard library", "package", "file")  # what needs nothing new first


def lane_of(kind: str, package: bool) -> Lane:
    """Where an alternative comes from, as its user sees it; ``package`` says whether it needs one.

    Trio counts as the standard library of its own loop: who runs there has it already.
    """
    if kind in ("own", YOURS):
        return "file"
    return "package" if package or kind == "package" else "standard library"


def needs_package(library: str, requires: Collection[str]) -> bool:
    """Whether an alternative takes a package beyond the library of its loop; AnyIO is one on every loop."""
    return bool(requires) or library == "anyio"


def known_state(found: Finding | None, declares: bool) -> State:
    """What is known of a promise: what was found, or where nothing was, what the alternative ``declares`` of itself."""
    if found is None or found == "not tested":
        return DECLARED if declares else "not tested"
    return found


def breaks(state: State) -> bool:
    """Whether what is known of a promise means that it is broken."""
    return state in ("FAIL", DECLARED)


def need_of(promise: str, needs: Iterable[NeedRecord]) -> NeedRecord | None:
    """The need that a promise belongs to; None if it is basic."""
    return next((need for need in needs if promise in need["promises"]), None)


def usual(needs: Iterable[NeedRecord]) -> frozenset[str]:
    """The names of the needs that most programs have."""
    return frozenset(need["name"] for need in needs if need["usual"])


def unkept(broken: Collection[str], needs: Iterable[NeedRecord]) -> list[NeedRecord]:
    """The needs that an alternative does not keep, given the promises that it breaks, in the contract's order."""
    return [need for need in needs if not set(need["promises"]).isdisjoint(broken)]


def pickable(
    kind: str,
    caveats: Collection[str],
    broken: Collection[str],
    needs: Sequence[NeedRecord],
    presupposed: Collection[str] = (),
) -> bool:
    """Whether programs that have the ``presupposed`` needs may pick it; a caveat, as no need has it, matters to all."""
    lacking = {need["name"] for need in unkept(broken, needs)}
    return recommendable(kind, broken, needs) and not caveats and kind != YOURS and lacking.isdisjoint(presupposed)


def recommendable(kind: str, broken: Collection[str], needs: Sequence[NeedRecord]) -> bool:
    """Whether an alternative may be picked by anybody: not one of the traps, and no basic promise broken."""
    return kind != TRAP and all(need_of(promise, needs) for promise in broken)


def eligible(
    kind: str, caveats: Collection[str], broken: Collection[str], needs: Sequence[NeedRecord], wanted: Collection[str]
) -> bool:
    """Whether it may win for programs that have the ``wanted`` needs, those of their question included."""
    return pickable(kind, caveats, broken, needs, wanted)
