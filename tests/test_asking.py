"""Which promises a planted implementation is asked: its own whatever else is left out."""

import pytest

from benchmarks.plan.promises import Promise, promises
from tests.asking import Planted, chosen, planted
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
def test_everything_is_asked_on_demand(family: str) -> None:
    """The whole cross."""
    assert all(plan(family, one, None) == list(promises(family)) for one in planted(family))
