"""Who may win: what is broken, what is only declared, what a need excuses, and what rules an alternative out."""

import pytest

from results.eligibility import State, breaks, eligible, known_state, need_of, recommendable, unkept, usual
from results.safety import Finding
from results.suite import NeedRecord

ORDER: NeedRecord = {"name": "order", "phrase": "needs an order", "usual": True, "promises": ["fifo", "fair"]}
THREADS: NeedRecord = {"name": "threads", "phrase": "has two threads", "usual": False, "promises": ["second_thread"]}
NEEDS = [ORDER, THREADS]


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
    ("kind", "caveats", "broken", "picked", "wins"),
    [
        ("idiom", (), (), True, True),
        ("idiom", ("slow",), (), True, False),
        ("package", (), ("leaks",), False, False),
        ("trap", (), (), False, False),
        ("idiom", (), ("second_thread",), True, True),
        ("idiom", (), ("second_thread", "fifo"), True, False),
        ("idiom", (), ("second_thread", "leaks"), False, False),
    ],
)
def test_traps_and_breakers_of_basic_promises_are_out(
    kind: str, caveats: tuple[str, ...], broken: tuple[str, ...], picked: bool, wins: bool
) -> None:
    """Who breaks only what some programs rely on may be picked, and wins where none of the usual needs is hurt."""
    assert recommendable(kind, broken, NEEDS) is picked
    assert eligible(kind, caveats, broken, NEEDS, usual(NEEDS)) is wins


@pytest.mark.parametrize(
    ("wanted", "wins"), [((), ["fast", "orderly"]), (("order",), ["orderly"]), (("order", "threads"), [])]
)
def test_programs_with_fewer_needs_have_more_to_choose_from(wanted: tuple[str, ...], wins: list[str]) -> None:
    """Whoever unticks a need sees who did not keep it compete."""
    broken = {"fast": ["fair"], "orderly": ["second_thread"], "leaky": ["leaks"]}

    assert [name for name, names in broken.items() if eligible("idiom", (), names, NEEDS, wanted)] == wins


def test_a_promise_that_no_need_covers_is_basic() -> None:
    """And in a record without grades, every promise is."""
    assert need_of("fair", NEEDS) is ORDER
    assert need_of("leaks", NEEDS) is None
    assert unkept(["second_thread", "leaks", "fair"], NEEDS) == [ORDER, THREADS]
    assert not recommendable("idiom", ["fair"], [])


def test_who_lacks_what_a_question_presupposes_may_be_picked_by_nobody_who_asks_it() -> None:
    """It is not unsafe, and other questions may have it."""
    assert recommendable("idiom", ["second_thread"], NEEDS)
    assert eligible("idiom", (), ["second_thread"], NEEDS, ())
    assert not eligible("idiom", (), ["second_thread"], NEEDS, {"threads"})
    assert eligible("idiom", (), ["fifo"], NEEDS, {"threads"})
