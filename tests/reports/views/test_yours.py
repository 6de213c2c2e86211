"""A file of the reader's project is compared with the picks, and changes none of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.reading.answers import Program, answers
from reports.reading.family import Family, families_of
from reports.reading.measured import measurements
from reports.views.sentences import NO_VERDICT
from reports.views.yours import Against, included, listed_yours, yours
from results import record
from tests.reports.parsed import built, page, text_of

Make = Callable[..., Any]
TIMES = "\N{MULTIPLICATION SIGN}"


def family_with(folder: Path, write: Make, **fakes: Any) -> Family:
    """A run of these alternatives on asyncio."""
    (family,) = families_of(measurements(record.read(write(folder, fakes, points=(100,), noise=0.002))))
    return family


def test_a_file_is_told_against_the_answers(tmp_path: Path, write: Make, fake: Make) -> None:
    """Lane by lane, in words with an interval; a lane without an answer has nothing to compare with."""
    family = family_with(
        tmp_path,
        write,
        usual=fake(backends=("asyncio",)),
        quick=fake(0.5, backends=("asyncio",), kind="own"),
        mine=fake(0.7, backends=("asyncio",), kind="yours"),
    )
    (found,) = yours(family, "asyncio", {"mine": "code-mine"})
    ((workload, (standard, package, copied)),) = [row for row in found.rows if row[0] == "busy"]

    assert (found.name, found.anchor, workload) == ("mine", "code-mine", "busy")
    assert standard.name == "usual"
    assert standard.told.startswith(f"1.4{TIMES} faster [") or standard.told.startswith(f"1.43{TIMES} faster [")
    assert package.name == ""
    assert copied.name == "quick"
    assert f"{TIMES} slower [" in copied.told
    assert listed_yours([family]).rows[0][:5] == ("demo", "busy", "asyncio", "mine", "quick")


@pytest.mark.parametrize("factor", [0.2, 5.0])
def test_a_file_of_the_readers_changes_no_answer(tmp_path: Path, write: Make, fake: Make, factor: float) -> None:
    """However fast it is: who asks for a pick asks what there is beside it."""
    others = {"usual": fake(backends=("asyncio",)), "quick": fake(0.5, backends=("asyncio",), kind="own")}
    without = family_with(tmp_path / "without", write, **others)
    beside = family_with(tmp_path / "with", write, **others, mine=fake(factor, backends=("asyncio",), kind="yours"))

    def picks(family: Family) -> list[str | None]:
        found = answers(family, Program("asyncio", "busy"))
        lanes = [answer.pick for answer in found.lanes.values()]
        return [found.pick, *(pick.name if pick else None for pick in lanes)]

    assert included(beside) == ["mine"]
    assert picks(beside) == picks(without)
    assert beside.case("busy", "asyncio").decision.with_less is None  # type: ignore[union-attr]  # it was measured


def test_what_a_file_breaks_is_said_first(tmp_path: Path, write: Make, fake: Make) -> None:
    """On the index and on its family's page, above all answers."""
    fakes = {
        "usual": fake(backends=("asyncio",)),
        "mine": fake(2.0, backends=("asyncio",), kind="yours", breaks=(("no_leaks", "asyncio"),)),
    }
    folder = built(write(tmp_path / "run", fakes, points=(100,), noise=0.002), tmp_path / "html")
    index, ours = page(folder, "index.html"), page(folder)

    for tree in (index, ours):
        (section,) = tree.xpath("//section[@id='yours']")
        assert "breaks “" in text_of(section)
        assert "which everybody relies on" in text_of(section)
    assert "slower [" in text_of(ours.xpath("//section[@id='yours']//table")[0])


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("5 % slower [4-6]", "5 % slower [4-6] than"),
        ("practically the same", "practically the same as"),
        ("within the noise here", "no different, as far as noise lets this run see, from"),
        ("not resolved", "not to be told apart, by this run, from"),
        (NO_VERDICT, "not to be compared, for want of a noise floor, with"),
    ],
)
def test_a_word_says_what_it_means_where_no_table_does(told: str, words: str) -> None:
    """On the index it stands in a sentence, before the name of the pick."""
    assert Against("pick", told).words == words


def test_without_one_nothing_is_said(tmp_path: Path, write: Make, fake: Make) -> None:
    """Neither on a page nor in the terminal."""
    run = write(tmp_path / "run", {"usual": fake(), "quick": fake(0.5)}, points=(100,))
    folder = built(run, tmp_path / "html")

    assert not page(folder, "index.html").xpath("//section[@id='yours']")
    assert not page(folder).xpath("//section[@id='yours']")
    assert listed_yours(families_of(measurements(record.read(run)))).rows == ()
