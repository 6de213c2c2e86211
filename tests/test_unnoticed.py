"""Mutants that nothing notices are found, whatever could have noticed them; excuses are checked."""

import sys
import time
from pathlib import Path

import pytest

import patterns
from tests.mutants import Mutant, mutants
from tests.unnoticed import Room, Suspect, UnfairError, complaints, equivalent, examine, key, lineup

LOCK = next(entry for entry in patterns.alternatives("locks") if entry.name == "own_lock")
# Mutants are told apart by their text, which Pythons write differently; and once is enough.
pytestmark = pytest.mark.skipif(sys.version_info < (3, 13), reason="asked on the newest Python")
ELSEWHERE = "type(asyncio.get_running_loop()).__module__ == 'uvloop'"  # no promise is asked there


def suspect(number: int, old: str = "", new: str = "", because: str = "") -> Suspect:
    """Our lock with one text in place of another."""
    assert LOCK.source.count(old) == 1 or not old
    return Suspect(f"own_lock__{number}", LOCK, Mutant("Lock", 1, old, new, LOCK.source.replace(old, new, 1)), because)


def in_time() -> float:
    """A deadline that is far away."""
    return time.monotonic() + 3600


UNCHANGED = suspect(0)
LOSES_THE_TURN = suspect(1, "                    self._hand_over()\n", "                    pass\n")
WRONG_ON_UVLOOP = suspect(2, "entries + 1)", f"entries + 1 + ({ELSEWHERE}))")
RAISES_OTHERWISE = suspect(3, "this task already holds the lock", "you have it")
WRONGLY_EXCUSED = suspect(4, "entries + 1)", "entries + 2)", because="Nobody counts.")


@pytest.mark.timeout(300)
def test_who_is_unnoticed_was_asked_everything() -> None:
    """A promise notices, or the answers of a workload do; the rest are named, and so are excuses that do not hold."""
    asked = [UNCHANGED, LOSES_THE_TURN, WRONG_ON_UVLOOP, RAISES_OTHERWISE, WRONGLY_EXCUSED]

    room = examine("locks", asked, in_time(), many=3)

    assert room.noticed == {
        LOSES_THE_TURN.name: "notify_not_lost",
        WRONG_ON_UVLOOP.name: "the workloads' answers",
        WRONGLY_EXCUSED.name: "no_lost_update",
    }
    assert complaints(room, asked) == [
        f"unnoticed: {RAISES_OTHERWISE}",
        f"excused, but noticed by no_lost_update: {WRONGLY_EXCUSED}",
    ]


def test_nothing_is_learned_where_the_original_fails() -> None:
    """If it is noticed unchanged, whatever is done to it is noticed for the same reason."""
    fails = Suspect("own_lock__0", LOCK, Mutant("", 1, "", "", WRONGLY_EXCUSED.mutant.source))

    with pytest.raises(UnfairError, match=r"patterns/locks/own_lock\.py is noticed unchanged, by "):
        examine("locks", [fails], in_time(), many=3)


def test_who_was_not_asked_is_not_unnoticed(tmp_path: Path) -> None:
    """A budget that is too small proves nothing, and says so."""
    room = Room("locks", tmp_path / "project", time.monotonic())

    room.ask_promises([UNCHANGED, RAISES_OTHERWISE], 3)

    assert room.unnoticed([UNCHANGED, RAISES_OTHERWISE]) == []
    assert complaints(room, [UNCHANGED, RAISES_OTHERWISE]) == ["no time to ask 1 of them"]


def test_a_lineup_begins_with_the_original(tmp_path: Path) -> None:
    """And knows who is excused."""
    excused = next(mutants(LOCK.source))

    first, second, *_ = lineup(LOCK, {key(LOCK, excused): "It saves memory."})

    assert (first.name, first.mutant.was, first.because) == ("own_lock__000", "", "")
    assert (second.mutant, second.because) == (excused, "It saves memory.")


@pytest.mark.parametrize("family", patterns.families())
def test_an_excuse_is_for_a_mutant_that_there_is(family: str) -> None:
    """A line that was changed since takes its excuse with it."""
    excused = equivalent(family)
    named = {name for name, *_ in excused}
    known = {
        key(one, mutant) for one in patterns.alternatives(family) if one.name in named for mutant in mutants(one.source)
    }

    assert excused.keys() <= known
    assert all(because.endswith(".") for because in excused.values())
