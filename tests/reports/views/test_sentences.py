"""The verdict sentences: one table, one row for each thing that can happen."""

import math
from collections.abc import Sequence

import pytest

from reports.reading.ranking import Ranking
from reports.reading.verdicts import Broken, Candidate, Decision
from reports.reading.wording import DASH, MINUS, TIMES
from reports.views.sentences import verdict

STEPS = (-0.009, -0.007, -0.005, -0.003, -0.001, 0.001, 0.003, 0.005, 0.007, 0.009)


def plain(text: str) -> str:
    """Without typography, for comparing."""
    return text.replace(TIMES, "x").replace(DASH, "-").replace(MINUS, "-").replace("“", '"').replace("”", '"')


def decided(factors: dict[str, float], candidates: Sequence[Candidate], launches: int = 10) -> Decision:
    """Decide between candidates with these times, ``usual`` being the baseline."""

    def ratios(over: str, under: str) -> list[float]:
        return [math.log(factors[over] / factors[under]) + step for step in STEPS[:launches]]

    return Ranking(ratios, candidates, "usual").decide()


def cast(**changes: Candidate) -> dict[str, Candidate]:
    """The three of every row below, with changes."""
    return {name: Candidate(name) for name in ("usual", "a", "b")} | changes


LESS = Candidate("a", caveats=("No order.",))
LEAKS = Broken("no_leaks", "Nothing is left behind")
WAKES = Broken("wakes_next", "A cancelled waiter wakes the next one")
ORDER = Broken("order", "Results are in order")
KNOWN = Broken("no_leaks", "Nothing is left behind", "declared")
HUNG = Broken("hung", "hung in busy", "measured")
BROKEN = Candidate("a", broken=(LEAKS,))
TRAP = Candidate("a", kind="trap")


@pytest.mark.parametrize(
    ("factors", "candidates", "text"),
    [
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 2.0},
            cast(),
            "**Use `a`**: 2.00x faster [1.99-2.01] than `usual`.",
            id="a clear winner",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 0.5},
            cast(),
            "**Use `a`**: 2.00x faster [1.99-2.01] than `usual`. Practically the same: `b`.",
            id="a winner with an equal",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 0.515},
            cast(),
            "**Use `a`**: 2.00x faster [1.99-2.01] than `usual`. Too close to call: `b`.",
            id="a winner with an open tie",
        ),
        pytest.param(
            {"usual": 1.0, "a": 1.5, "b": 2.0},
            cast(),
            "**Keep `usual`**: it is what most people write, and nothing that suits most programs is faster.",
            id="the baseline leads",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.99, "b": 2.0},
            cast(),
            "**Keep `usual`**: nothing that suits most programs is measurably faster. "
            "The fastest, `a`, is 1.0 % faster [0.6-1.4]: practically the same.",
            id="the baseline ties",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 0.8},
            cast(a=BROKEN),
            "**Use `b`**: 1.25x faster [1.24-1.26] than `usual`. `a` would be 1.60x faster [1.59-1.61], "
            'but it failed the safety check "Nothing is left behind".',
            id="an unsafe one would have won",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 0.8},
            cast(a=Candidate("a", broken=(LEAKS, WAKES))),
            "**Use `b`**: 1.25x faster [1.24-1.26] than `usual`. `a` would be 1.60x faster [1.59-1.61], but it failed "
            '2 safety checks, "Nothing is left behind" and "A cancelled waiter wakes the next one".',
            id="it failed two checks",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 0.8},
            cast(a=Candidate("a", broken=(LEAKS, WAKES, ORDER, HUNG))),
            "**Use `b`**: 1.25x faster [1.24-1.26] than `usual`. `a` would be 1.60x faster [1.59-1.61], but it failed "
            '3 safety checks, "Nothing is left behind", "A cancelled waiter wakes the next one" and 1 more '
            "and hung in busy.",
            id="it failed more than a sentence holds",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 0.8},
            cast(a=Candidate("a", broken=(KNOWN,))),
            "**Use `b`**: 1.25x faster [1.24-1.26] than `usual`. `a` would be 1.60x faster [1.59-1.61], "
            'but it is known to break "Nothing is left behind".',
            id="an unsafe one that nobody tested would have won",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 0.8},
            cast(a=Candidate("a", broken=(HUNG,))),
            "**Use `b`**: 1.25x faster [1.24-1.26] than `usual`. `a` would be 1.60x faster [1.59-1.61], "
            "but it hung in busy.",
            id="it hung while it was measured",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 0.8},
            cast(a=TRAP),
            "**Use `b`**: 1.25x faster [1.24-1.26] than `usual`. `a` would be 1.60x faster [1.59-1.61], "
            "but it is one of the traps.",
            id="a trap would have won",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 2.0},
            cast(a=Candidate("a", untested=2)),
            "**Use `a`**: 2.00x faster [1.99-2.01] than `usual`. `a` was not tested for 2 promises.",
            id="a winner that was not tested throughout",
        ),
        pytest.param(
            {"usual": 1.0, "a": 0.5, "b": 0.8},
            cast(a=LESS),
            "**Use `b`**: 1.25x faster [1.24-1.26] than `usual`. "
            'If you can accept less, `a` is 1.60x faster [1.59-1.61] still: "No order".',
            id="promising less would be faster",
        ),
        pytest.param(
            {"usual": 1.0, "a": 1.5},
            {"usual": Candidate("usual", broken=(LEAKS,)), "a": Candidate("a")},
            "**Use `a`**: 1.50x slower [1.49-1.51] than `usual`. `usual` would be 1.50x faster [1.49-1.51], "
            'but it failed the safety check "Nothing is left behind".',
            id="the baseline is unsafe",
        ),
        pytest.param(
            {"a": 1.5, "b": 2.0},
            {"a": Candidate("a"), "b": Candidate("b")},
            "**Use `a`**: the fastest; there is no ratio, since the baseline has no number here.",
            id="the baseline has no number",
        ),
        pytest.param(
            {"a": 1.0}, {"a": Candidate("a")}, "**Use `a`**: nothing else was measured here.", id="alone in the field"
        ),
        pytest.param(
            {"a": 1.0},
            {"a": LESS},
            "**Nothing is recommended**: everything that is safe here promises less than the contract (`a`).",
            id="everything promises less",
        ),
        pytest.param(
            {"a": 1.0},
            {"a": BROKEN},
            "**Nothing is recommended**: the one alternative measured here, `a`, "
            'failed the safety check "Nothing is left behind".',
            id="the only one is unsafe",
        ),
        pytest.param(
            {"usual": 1.0, "a": 1.0, "b": 2.0, "c": 3.0},
            {"a": BROKEN} | {name: Candidate(name, kind="trap") for name in ("usual", "b", "c")},
            "**Nothing is recommended**: none of the 4 alternatives measured here is safe: "
            '`usual` is one of the traps; `a` failed the safety check "Nothing is left behind"; '
            "the other 2 are out as well.",
            id="everything is unsafe",
        ),
        pytest.param({}, {}, "**Nothing was measured here**, so nothing is recommended.", id="nothing measured"),
    ],
)
def test_verdict(factors: dict[str, float], candidates: dict[str, Candidate], text: str) -> None:
    """Pick, ratio with interval, ties, what would be faster and why it is not picked."""
    given = [candidates[name] for name in factors]

    assert text == plain(verdict(decided(factors, given), given).text)


def test_one_look_recommends_nothing() -> None:
    """A smoke run has a fastest and no interval, and says how little that is."""
    candidates = list(cast().values())
    text = verdict(decided({"usual": 1.0, "a": 0.5, "b": 2.0}, candidates, launches=1), candidates).text

    assert plain(text).startswith("**1 look, no interval**: `a` was the fastest (2.0x faster than `usual`).")


@pytest.mark.parametrize(
    ("next_again", "text"),
    [
        (0.6, "Measured again, in 10 launches that chose neither, `b` was 1.20x slower [1.19-1.21] than `a`."),
        (
            0.505,
            "in 10 launches that chose neither, `b` was 1.0 % slower [0.6-1.4] than `a`: less than the band.",
        ),
        (
            0.5,
            "The lead did not show again: in 10 launches that chose neither, `b` was no slower [-0.4 to +0.4] than `a`",
        ),
    ],
)
def test_a_lead_that_was_measured_again(next_again: float, text: str) -> None:
    """In words, with the interval of the launches that chose nobody."""

    def ratios(over: str, under: str, following: float = 0.6) -> list[float]:
        factors = {"usual": 1.0, "a": 0.5, "b": following}
        return [math.log(factors[over] / factors[under]) + step for step in STEPS]

    def beyond(over: str, under: str) -> list[float]:
        return ratios(over, under, next_again)

    decision = Ranking(ratios, [*cast().values()], "usual", planned=ratios, beyond=beyond).decide()

    assert text in plain(str(verdict(decision, [*cast().values()])))
