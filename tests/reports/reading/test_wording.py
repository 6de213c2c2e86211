"""Numbers as people read them."""

import math

import pytest

from reports.reading import wording
from reports.reading.wording import DASH, MINUS, TIMES, ratio_of, speed_of, speed_with_interval, times
from results.statistics import Estimate, Interval
from results.verdicts import Judgement, judge


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3.21e-10, "0.321 ns"),
        (1.234e-8, "12.3 ns"),
        (1.2345e-5, "12.3 µs"),
        (0.00999, "9.99 ms"),
        (2.0, "2.00 s"),
        (4321.0, "4,320 s"),
    ],
)
def test_durations_take_the_unit_that_fits(seconds: float, text: str) -> None:
    """Three digits and a unit in which the number is at least one."""
    assert text == wording.duration(seconds)


def test_a_table_has_one_unit() -> None:
    """With a unit given, every time is written in it."""
    assert wording.duration(1.2e-5, ("ms", 1e-3)) == "0.0120 ms"


@pytest.mark.parametrize(
    ("centre", "low", "high", "expected"),
    [
        (0.31, 0.30, 0.32, ("0.31", "0.30-0.32")),
        (0.31, 0.309, 0.311, ("0.310", "0.309-0.311")),
        (13.4, 13.0, 13.9, ("13.4", "13.0-13.9")),
        (15.0, 11.0, 21.0, ("15", "11-21")),
        (1.9, 0.004, 1e40, ("1.90", "0.00-over 1,000")),
        (5000.0, 4800.0, 5200.0, ("5000", "4800-5200")),
        (2.5, None, None, ("2.5", "")),
    ],
)
def test_ratios_have_the_digits_of_their_interval(
    centre: float, low: float | None, high: float | None, expected: tuple[str, str]
) -> None:
    """A wide interval supports fewer decimals than a narrow one."""
    ends = (None if end is None else math.log(end) for end in (low, high))
    value, interval = wording.times(math.log(centre), *ends)

    assert expected == (value.removesuffix(TIMES), interval.replace(DASH, "-"))


@pytest.mark.parametrize(
    ("factor", "low", "high", "text"),
    [
        (1 / 3.2, 1 / 3.3, 1 / 3.1, "3.20x faster [3.10-3.30]"),
        (1.6, 1.5, 1.75, "1.6x slower [1.5-1.8]"),
        (1 / 1.05, 1 / 1.07, 1 / 1.03, "5 % faster [3-7]"),
        (1 / 1.01, 1 / 1.05, 1.02, "1 % faster [-2 to +5]"),
        (1 / 1.002, 1 / 1.02, 1.02, "no faster [-2 to +2]"),
        (1.002, 1 / 1.05, 1.05, "no slower [-5 to +5]"),
        (1 / 2, None, None, "2.0x faster"),
        (1.05, None, None, "5 % slower"),
        (1.0, None, None, "equally fast"),
    ],
)
def test_speed_in_words(factor: float, low: float | None, high: float | None, text: str) -> None:
    """Large differences are factors, small ones percentages, and an interval around zero has signs."""
    ends = (None if end is None else math.log(end) for end in (low, high))
    said = wording.speed_with_interval(math.log(factor), *ends)

    assert text == said.replace(TIMES, "x").replace(DASH, "-").replace(MINUS, "-")


def test_lists_and_plurals() -> None:
    """As a sentence needs them."""
    assert (wording.listed(["a", "b", "c"]), wording.listed(["a"]), wording.listed([])) == ("a, b and c", "a", "")
    assert (
        wording.plural(1, "launch"),
        wording.plural(2, "launch"),
        wording.plural(1000, "row"),
    ) == ("1 launch", "2 launches", "1,000 rows")


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (0.01, "0.01"), (1.0, "1"), (1.5, "1.5"), (2000.0, "2,000")])
def test_compact_numbers_have_no_trailing_zeros(value: float, text: str) -> None:
    """A count of exactly one is 1."""
    assert text == wording.compact(value)


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "delivery", "1 delivery"),
        (1000, "delivery", "1,000 deliveries"),
        (2, "key", "2 keys"),
        (2, "launch", "2 launches"),
        (3, "job", "3 jobs"),
    ],
)
def test_nouns_follow_their_number(number: int, noun: str, text: str) -> None:
    """As a person would write them."""
    assert text == wording.plural(number, noun)


@pytest.mark.parametrize(
    ("around", "ratio", "words"),
    [
        (0.9, "at least 2.4×", "at least 2.4× slower"),  # noqa: RUF001
        (-0.9, "at most 0.41×", "at least 2.4× faster"),  # noqa: RUF001
        (0.12, "at least 1.12×", "at least 12 % slower"),  # noqa: RUF001
        (0.09, "at least 1.08×", "at least 8 % slower"),  # noqa: RUF001
        (-0.09, "at most 0.92×", "at least 8 % faster"),  # noqa: RUF001
        (-6.0, "at most 0.0025×", "at least 400× faster"),  # noqa: RUF001
    ],
)
def test_what_two_launches_told_is_said_by_its_near_end(around: float, ratio: str, words: str) -> None:
    """Rounded towards equality, and without an interval that looks as sharp as the others."""
    rest = {str(at): [at / 1e4, -at / 1e4] for at in range(1, 20)}
    found = judge({"this": [around - 1e-4, around + 1e-4], **rest})["this"]

    assert found.coarse
    assert ratio_of(found) == (ratio, "")
    assert speed_of(found) == words


def test_what_more_launches_told_has_its_interval() -> None:
    """As ever."""
    found = judge({"this": [0.9, 0.901, 0.902]})["this"]

    assert ratio_of(found) == times(found.centre, found.low, found.high)
    assert speed_of(found) == speed_with_interval(found.centre, found.low, found.high)


@pytest.mark.parametrize(("half", "digits"), [(None, 2), (0.01, 3), (0.1, 2)])
def test_digits_of_a_value_are_those_that_its_interval_supports(half: float | None, digits: int) -> None:
    """Two where the third would say nothing; three of what is compared with nothing."""
    interval = Interval(-half, half, 0.95) if half is not None else None
    judgement = Judgement("not resolved", Estimate(0.0, interval, 5))

    assert wording.digits_for(judgement) == digits
    assert wording.digits_for(None) == 3
    assert wording.duration(1.2345e-5, digits=digits) == {2: "12 µs", 3: "12.3 µs"}[digits]


@pytest.mark.parametrize(("ends", "tiny"), [((0.004, 0.012), True), ((-0.012, -0.004), True), ((-0.004, 0.012), False)])
def test_a_difference_that_is_sure_may_be_tiny(ends: tuple[float, float], tiny: bool) -> None:
    """It is there, and makes none in practice; what is faster or slower is never tiny."""
    estimate = Estimate(sum(ends) / 2, Interval(*ends, 0.95), 5)

    assert Judgement("practically the same", estimate).tiny == tiny
    assert not Judgement("slower", estimate).tiny


@pytest.mark.parametrize(
    ("number", "told"), [(0.2, "under 1 B"), (1.0, "under 1 B"), (1.5, "1.50 B"), (1e4, "10.0 kB")]
)
def test_less_than_a_byte_is_no_byte(number: float, told: str) -> None:
    """The record has one for it, because nothing can be compared with nothing."""
    assert wording.in_bytes(number) == told
