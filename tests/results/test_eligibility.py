"""Who may win: what is broken, what is only declared, and what rules an alternative out."""

import pytest

from results.eligibility import State, breaks, known_state, promises_all, recommendable
from results.safety import Finding


@pytest.mark.parametrize(
    ("found", "declares", "known", "broken"),
    [
        (None, False, "not tested", False),
        (None, True, "declared", True),
        ("not tested", True, "declared", True),
        ("pass", True, "pass", False),
        ("FAIL", False, "FAIL", True),
        ("not applicable", True, "not applicable", False),
        ("no", False, "no", False),
    ],
)
def test_what_was_found_counts_before_what_is_declared(
    found: Finding | None, declares: bool, known: State, broken: bool
) -> None:
    """A declared failure that passed condemns nobody; one that nobody tested does."""
    assert known_state(found, declares) == known
    assert breaks(known) is broken


@pytest.mark.parametrize(
    ("kind", "caveats", "broken", "picked", "everything"),
    [
        ("idiom", (), (), True, True),
        ("idiom", ("slow",), (), True, False),
        ("package", (), ("fair",), False, False),
        ("trap", (), (), False, False),
    ],
)
def test_traps_and_breakers_are_out(
    kind: str, caveats: tuple[str, ...], broken: tuple[str, ...], picked: bool, everything: bool
) -> None:
    """What has a caveat may be picked beside the main recommendation, and not as that."""
    assert recommendable(kind, broken) is picked
    assert promises_all(kind, caveats, broken) is everything
