"""Which promises an implementation is asked, and how often: those that it breaks, whatever else is asked less."""

import pytest

import patterns
from benchmarks.plan.availability import applies
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.promises import promises
from benchmarks.safety.conformance import FULL
from tests import asking, where
from tests.asking import Sampled, chosen, parted, planted, schedules_of
from tests.test_broken import FAMILIES


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `tox` asks, whatever this run was told."""
    monkeypatch.setattr(asking, "EVERYTHING", False)


@pytest.mark.usefixtures("sampled")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_planted_defect_is_asked_its_own_promise_and_some_others(family: str) -> None:
    """Of the others a third where any trial may show it, else one of them at every third place."""
    every = promises(family)
    for one in (entry for entry in planted(family) if entry.known_failures):
        own = [entry for entry in every if entry.name == one.known_failures[0].promise]
        places = [chosen(one, every, place) for place in range(3 * len(every))]
        others = [[entry for entry in found if entry not in own] for found in places]

        assert all(set(own) <= set(found) for found in places), one.name
        if own[0].collects:
            assert min(map(len, others)) >= len(every) // 3 - 1
            assert {*others[0], *others[1], *others[2], *own} == set(every)
        else:
            assert sum(map(len, others)) == len(every) - 1, one.name
            assert max(map(len, others)) == 1


@pytest.mark.usefixtures("sampled")
@pytest.mark.parametrize("family", FAMILIES)
def test_two_correct_implementations_are_asked_everything(family: str) -> None:
    """Half of it each."""
    every = promises(family)
    one = next(entry for entry in planted(family) if not entry.known_failures)
    first, second = (chosen(one, every, place) for place in (0, 1))

    assert {*first, *second} == set(every)
    assert not set(first) & set(second)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_planted_defect_is_asked_under_as_many_schedules_as_show_it(family: str) -> None:
    """What any trial may show needs fewer than what one promise must show; who is correct has a number of its own."""
    collect = {entry.name for entry in promises(family) if entry.collects}
    for one in planted(family):
        broken = {known.promise for known in one.known_failures}
        wanted = where.CORRECT if not broken else where.COLLECTED if broken & collect else where.PLANTED

        assert schedules_of(one, promises(family)) == wanted, one.name


@pytest.mark.parametrize("family", FAMILIES)
def test_everything_is_asked_on_demand(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole cross."""
    monkeypatch.setattr(asking, "EVERYTHING", True)

    assert all(chosen(one, promises(family), 1) == list(promises(family)) for one in planted(family))


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
            whole = loop in where.LIBRARIES and one.kind == "own"
            more = [entry for entry in asked if not entry.collects and where.drawn(one, loop, entry.name)]

            assert sorted([*once, *wholly], key=asked.index) == list(asked)
            assert not [entry.name for entry in once if entry.name in broken or whole]
            assert not once or not [entry.name for entry in wholly if entry.collects]
            assert not [entry.name for entry in more if entry in once]


@pytest.mark.parametrize("family", FAMILIES)
def test_one_process_is_asked_briefly_and_wholly(family: str) -> None:
    """Each promise as ``parted`` says: one trial with a strike, or the schedule that stands for all of them."""
    for one in patterns.alternatives(family):
        for loop in BACKENDS:
            once, wholly = parted(one, loop, promises(family))
            moments = [Sampled().moment(question.name, one, loop) for question in (*once, *wholly)]

            assert [moment.question for moment in moments] == [question.name for question in (*once, *wholly)]
            assert {(moment.seed, moment.tick) for moment in moments[: len(once)]} <= {where.STRIKE}
            assert {moment.seed for moment in moments[len(once) :]} <= {FULL}
