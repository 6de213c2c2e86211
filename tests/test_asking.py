"""Which promises an implementation is asked, and how often: those that it breaks, whatever else is asked less."""

import pytest

import patterns
from benchmarks.plan.availability import applies
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.promises import Promise, promises
from tests import where
from tests.asking import Planted, chosen, parted, planted, schedules_of
from tests.test_broken import FAMILIES


def plan(family: str, one: Planted, others: int | None) -> list[Promise]:
    """What it is asked."""
    return chosen(one, promises(family), others)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_planted_defect_is_asked_its_own_promise_and_some_others(family: str) -> None:
    """Always the same ones; what collects what others leave behind needs them all."""
    for one in planted(family):
        own = [entry for entry in promises(family) if entry.name in {known.promise for known in one.known_failures}]
        asked = plan(family, one, 3)

        assert set(own) <= set(asked)
        assert asked == plan(family, one, 3)
        assert len(asked) == (4 if own and not own[0].collects else len(promises(family))), one.name


@pytest.mark.parametrize("family", FAMILIES)
def test_a_planted_defect_is_asked_under_as_many_schedules_as_show_it(family: str) -> None:
    """What any trial may show needs fewer than what one promise must show; who is correct has a number of its own."""
    collect = {entry.name for entry in promises(family) if entry.collects}
    for one in planted(family):
        broken = {known.promise for known in one.known_failures}
        wanted = where.CORRECT if not broken else where.COLLECTED if broken & collect else where.PLANTED

        assert schedules_of(one, promises(family)) == wanted, one.name


@pytest.mark.parametrize("family", FAMILIES)
def test_everything_is_asked_on_demand(family: str) -> None:
    """The whole cross."""
    assert all(plan(family, one, None) == list(promises(family)) for one in planted(family))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("newest", [True, False])
def test_what_an_alternative_breaks_is_asked_wholly_everywhere(
    family: str, newest: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every promise is asked, once or wholly; what collects what others leave behind is asked as they are."""
    monkeypatch.setattr(where, "EVERYTHING", False)
    monkeypatch.setattr(where, "NEWEST", newest)
    asked = promises(family)
    for one in patterns.alternatives(family):
        for loop in BACKENDS:
            once, wholly = parted(one, loop, asked)
            broken = {known.promise for known in one.known_failures if applies(known, loop)}
            whole = loop in where.LIBRARIES and (newest or one.kind == "own")

            assert sorted([*once, *wholly], key=asked.index) == list(asked)
            assert not [entry.name for entry in once if entry.name in broken or whole]
            assert not once or not [entry.name for entry in wholly if entry.collects]
