"""What a page makes of few launches: a coarse figure of two, exact ranks from six on."""

from collections.abc import Callable
from typing import Any

import pytest

from reports.reading.family import Case
from reports.reading.wording import TIMES
from tests.reports.parsed import built, page, row_of, text_of

Make = Callable[..., Any]


@pytest.fixture(name="report", scope="module")
def fixture_report(tmp_path_factory: pytest.TempPathFactory, write: Make, fake: Make) -> Callable[..., Any]:
    """The page of asyncio of a run with so many launches: one alternative far off, some close to the baseline."""

    def report(launches: int) -> Any:
        folder = tmp_path_factory.mktemp("report")
        fakes = {"usual": fake(), "slow": fake(2.0), **{f"near{at}": fake(1.02) for at in range(6)}}
        fakes["unsafe"] = fake(1.02, breaks=(("no_leaks", "asyncio"),))
        run = write(folder / "run", fakes, points=(100,), launches=launches, noise=0.002)
        return page(built(run, folder / "html"))

    return report


def test_two_launches_give_a_coarse_figure(report: Callable[..., Any]) -> None:
    """What is far off is slower by at least so much; what is close is open, and nothing looks sharp."""
    tree = report(2)
    slow, near, unsafe = (text_of(row_of(tree, "table-busy", name)) for name in ("slow", "near0", "unsafe"))

    assert f"at least 1.9{TIMES}" in slow
    assert "slower two launches were enough to tell" in slow
    assert all("not resolved two launches tell only what lies beyond" in row for row in (near, unsafe))


@pytest.mark.parametrize(
    ("launches", "said"), [(5, []), (6, ["Exact signed ranks, asked of 8 rows, contradict none."])]
)
def test_exact_ranks_are_asked_where_there_are_launches_enough(
    launches: int, said: list[str], report: Callable[..., Any]
) -> None:
    """And nothing is said of them elsewhere."""
    assert [text_of(line) for line in report(launches).xpath("//p[contains(@class, 'ranks')]")] == said


def test_a_row_that_ranks_contradict_is_named(report: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name, after how many were asked."""
    monkeypatch.setattr(Case, "by_ranks", lambda _: {"slow": False, "near0": True, "near1": False})
    (line,) = report(6).xpath("//p[contains(@class, 'ranks')]")

    assert text_of(line) == "Exact signed ranks, asked of 3 rows, contradict slow and near1."
