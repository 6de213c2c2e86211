"""Damaged records by the hundred: each ends in pages within their folder, or in one line, whatever one does with it."""

import pytest

from tests.damage import Ends, Trial, cheaply, readable, unfinished
from tests.where import DAMAGES

BATCHES = 5
BATCH = DAMAGES // BATCHES


@pytest.fixture(name="read", scope="module")
def fixture_read(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """A record that is drawn and compared."""
    return Trial(readable(tmp_path_factory.mktemp("run")), tmp_path_factory.mktemp("read"), ("build", "compare"))


@pytest.fixture(name="resumed", scope="module")
def fixture_resumed(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """A record of a run that is gone on with."""
    return Trial(unfinished(tmp_path_factory.mktemp("run")), tmp_path_factory.mktemp("resumed"), ("resume",))


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("name", ["read", "resumed"])
def test_a_damaged_record_is_a_page_or_a_line(name: str, batch: int, request: pytest.FixtureRequest) -> None:
    """Bytes and values, seeded: ``python -m tests.damage`` tries many more."""
    trial: Trial = request.getfixturevalue(name)
    ends = Ends()
    with cheaply():
        for number in range(batch * BATCH, (batch + 1) * BATCH):
            trial.once(f"{name} {number}", ends)

    assert ends.wrong == []
    assert {end.partition(": ")[2] for end in ends.counted} == {"done", "one line"}


@pytest.mark.parametrize("name", ["read", "resumed"])
def test_an_undamaged_record_is_done_with(name: str, request: pytest.FixtureRequest) -> None:
    """Otherwise a line for each damaged one would say nothing."""
    trial: Trial = request.getfixturevalue(name)
    ends = Ends()
    with cheaply():
        trial.all("undamaged", ends)

    assert set(ends.counted) == {f"{command}: done" for command in trial.commands}
