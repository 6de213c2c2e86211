"""Who may win: the one rule, for where a run spends its time and for what a report recommends."""

from collections.abc import Collection
from typing import Literal

from results.safety import Finding

DECLARED: Literal["declared"] = "declared"  # not tested here, but the alternative says of itself that it fails
State = Finding | Literal["declared"]
TRAP = "trap"


def known_state(found: Finding | None, declares: bool) -> State:
    """What is known of a promise: what was found, or where nothing was, what the alternative ``declares`` of itself."""
    if found is None or found == "not tested":
        return DECLARED if declares else "not tested"
    return found


def breaks(state: State) -> bool:
    """Whether what is known of a promise means that it is broken."""
    return state in ("FAIL", DECLARED)


def recommendable(kind: str, broken: Collection[object]) -> bool:
    """Whether an alternative may be picked at all: not one of the traps, and nothing broken."""
    return kind != TRAP and not broken


def promises_all(kind: str, caveats: Collection[str], broken: Collection[object]) -> bool:
    """Whether it keeps the whole contract, so that it competes for the main recommendation."""
    return recommendable(kind, broken) and not caveats
