"""Three answers in words: ratios and ranges, for whom an answer is out, and the sentence above a page."""

from collections.abc import Callable
from typing import Any

import pytest

from reports.reading.answers import Answers, Entry, Program, answers
from reports.reading.family import Family
from reports.reading.wording import DASH, TIMES
from reports.views.answered import details, rate, ratio, rules_out
from reports.views.sentences import headline

Make = Callable[..., Any]


def ascii_of(text: str) -> str:
    """The text with plain signs."""
    return text.replace(TIMES, "x").replace(DASH, "-").replace("“", '"').replace("”", '"')


def entry(found: Answers, name: str) -> Entry:
    """An alternative of the answers."""
    return next(one for one in found.entries if one.name == name)


@pytest.mark.parametrize(
    ("busy", "idle", "said"),
    [
        (0.5, 0.25, "2.0-4.0x faster"),
        (2.0, 4.0, "2.0-4.0x slower"),
        (0.5, 2.0, "2.0x faster to 2.0x slower"),
        (0.5, 1.0, "as usual to 2.0x faster"),
        (1.0, 2.0, "as usual to 2.0x slower"),
        (0.9, 0.5, "11 % to 2.0x faster"),
        (1.01, 0.99, "practically the same"),
    ],
)
def test_a_range_over_the_workloads(
    family: Callable[..., Family], fake: Make, busy: float, idle: float, said: str
) -> None:
    """From the best to the worst; a tie with the baseline is as usual, and never faster."""
    fakes = {"usual": fake(), "busy_one": fake(busy, offers=("busy",)), "idle_one": fake(idle, offers=("idle",))}
    found = answers(family(fakes, workloads=("busy", "idle"), noise=0.001), Program("asyncio"))
    one, other = entry(found, "busy_one"), entry(found, "idle_one")

    assert ascii_of(ratio(Entry(one.candidate, 1, (*one.told, *other.told), ()))) == said


@pytest.mark.parametrize(
    ("factor", "said"),
    [(0.5, "2.00x faster [2.00-2.00]"), (1.01, "practically the same"), (1.0, "practically the same")],
)
def test_one_workload_has_its_interval(family: Callable[..., Family], fake: Make, factor: float, said: str) -> None:
    """What ties is never called faster."""
    found = answers(family({"usual": fake(), "a": fake(factor)}, noise=0.0001), Program("asyncio", "busy"))

    assert ascii_of(ratio(entry(found, "a"))) == said
    assert ratio(entry(found, "usual")) == "as usual"


def test_a_lane_says_for_whom_it_is_out(family: Callable[..., Family], fake: Make) -> None:
    """By the phrases of the needs that it does not keep; and where nobody suits, so."""
    fakes = {
        "usual": fake(breaks=(("threads", "asyncio"), ("loops", "asyncio"))),
        "bought": fake(0.5, kind="package", breaks=(("in_order", "asyncio"),)),
    }
    found = answers(family(fakes), Program("asyncio", "busy"))

    limits = "not if your program uses it from two threads or uses it again in another loop"
    assert [*details(found)] == [
        f"standard library: `usual`, as usual; {limits}",
        "a package: none that suits your program",
        "a file to copy: none",
    ]
    assert rules_out(entry(found, "bought"), found) == "your program needs first come, first served"


def test_the_sentence_above_a_page_is_the_answer(family: Callable[..., Family], fake: Make) -> None:
    """The same name, its range, then the lanes, from where it matters, and what is faster and out."""
    fakes = {"usual": fake(), "ours": fake(0.5, kind="own"), "broken": fake(0.3, breaks=(("no_leaks", "asyncio"),))}
    said = headline(family(fakes, workloads=("busy", "idle")), "asyncio")

    assert ascii_of(said.headline) == "**Use `ours`** on asyncio, for a bit of everything: 2.0x faster than `usual`."
    assert said.details[3].startswith("does it matter? Below 10,000 a second no choice here costs 5 % of a core")
    assert ascii_of(said.details[-1]) == (
        "not `broken`, although faster in busy and idle: "
        'it failed the safety check "Nothing is left behind, whoever is cancelled"'
    )


def test_what_most_people_write_is_kept(family: Callable[..., Family], fake: Make) -> None:
    """Unless something is better all round."""
    said = headline(family({"usual": fake(), "slow": fake(2.0)}, workloads=("busy", "idle")), "asyncio")

    assert said.headline == (
        "**Keep `usual`** on asyncio, for a bit of everything: nothing that suits most programs does better all round."
    )


def test_a_run_of_single_looks_recommends_nothing(family: Callable[..., Family], fake: Make) -> None:
    """It has no interval."""
    said = headline(family({"usual": fake(), "quick": fake(0.5)}, launches=1), "asyncio")

    assert (said.headline, said.advice) == ("**Nothing can be recommended on asyncio** from this run.", False)


def test_nothing_is_recommended_where_nothing_is_safe(family: Callable[..., Family], fake: Make) -> None:
    """The page says why."""
    said = headline(family({"usual": fake(breaks=(("no_leaks", "asyncio"),))}), "asyncio")

    assert not said.advice
    assert ascii_of(said.headline).startswith(
        "**Nothing is recommended on asyncio**: the one alternative measured here"
    )


@pytest.mark.parametrize(
    ("per_second", "said"), [(7366.1, "7,400"), (13_421.0, "13,000"), (560.4, "560"), (0.5, "0.50")]
)
def test_rates_have_two_digits(per_second: float, said: str) -> None:
    """More would pretend to be exact."""
    assert rate(per_second) == said
