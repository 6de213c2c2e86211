"""Words and picks: what a table may say, and who may win."""

import math
from collections.abc import Sequence

import pytest

from reports.reading.ranking import Ranking
from reports.reading.verdicts import Broken, Candidate, Decision
from results.statistics import BAND
from results.suite import NeedRecord
from results.verdicts import judge

SPREAD = (-0.009, -0.007, -0.005, -0.003, -0.001, 0.001, 0.003, 0.005, 0.007, 0.009)


def around(factor: float, scale: float = 1.0, launches: int = 10) -> list[float]:
    """Log ratios around a factor, symmetric, so that the estimate is the factor itself."""
    return [math.log(factor) + scale * step for step in SPREAD[:launches]]


def ratios_of(factors: dict[str, float], scale: float = 1.0, launches: int = 10) -> "Ratios":
    """Ratios between alternatives with these times."""
    return Ratios(factors, scale, launches)


class Ratios:
    """Callable as a ranking wants it."""

    def __init__(self, factors: dict[str, float], scale: float, launches: int) -> None:
        self.factors, self.scale, self.launches = factors, scale, launches

    def __call__(self, over: str, under: str) -> Sequence[float]:
        """Log ratios, one per launch."""
        return around(self.factors[over] / self.factors[under], self.scale, self.launches)


def choose(factors: dict[str, float], *candidates: Candidate, scale: float = 1.0, launches: int = 10) -> Decision:
    """Decide with ``usual`` as the baseline; names without a candidate of their own promise everything."""
    given = {candidate.name: candidate for candidate in candidates}
    candidates = tuple(given.get(name, Candidate(name)) for name in factors)
    return Ranking(ratios_of(factors, scale, launches), candidates, "usual").decide()


@pytest.mark.parametrize(
    ("factor", "scale", "word"),
    [
        (0.5, 1, "faster"),
        (2.0, 1, "slower"),
        (1.0, 1, "practically the same"),
        (1.01, 1, "practically the same"),
        (1.0, 10, "not resolved"),
        (1.03, 1, "not resolved"),
        (0.96, 1, "faster"),
    ],
)
def test_word_for_a_ratio(factor: float, scale: float, word: str) -> None:
    """Outside the band, inside it, or neither: the interval decides."""
    assert word == judge({"x": around(factor, scale)})["x"].word


def test_band_is_symmetric_on_the_log_scale() -> None:
    """1.04 and 1/1.04 are equally far away."""
    found = judge({"up": around(1.04), "down": around(1 / 1.04)})

    assert (found["up"].word, found["down"].word) == ("slower", "faster")


def test_no_word_without_an_interval() -> None:
    """One launch is too few for any word, however large the ratio."""
    assert judge({"x": around(9, launches=1)})["x"].word == "no interval"


def test_many_rows_ask_for_more_than_the_plain_interval() -> None:
    """A row just beyond the band is clear alone, and not as one of twenty: Holm multiplies its p by them."""
    alone = judge({"x": around(1.035)})["x"]
    among = judge({"x": around(1.035), **{f"y{number}": around(1.035) for number in range(19)}})["x"]

    assert (alone.word, among.word) == ("slower", "not resolved")
    assert among.low is not None
    assert among.low > BAND
    assert among.why == "clear alone, not among 20 rows at once: a few more launches may settle it"


def test_five_launches_clear_a_hundred_rows() -> None:
    """Exact ranks could clear none: the smallest p of five signs is 2/32, before any correction."""
    assert {found.word for found in judge({str(n): around(2, launches=5) for n in range(100)}).values()} == {"slower"}


def test_an_open_row_says_what_would_settle_it() -> None:
    """The interval is twice as wide as the band: three times the launches, and 21 more than the ten there are."""
    assert judge({"x": around(1.0, 12)})["x"].why == "about 21 more launches would settle it"


def test_on_the_edge_more_launches_do_not_help() -> None:
    """A ratio that equals the edge of the band has no side to settle on."""
    assert "hardly" in judge({"x": around(1.03)})["x"].why


def test_the_fastest_is_picked() -> None:
    """A clear leader with no ties."""
    decision = choose({"usual": 1.0, "quick": 0.5, "slow": 2.0})

    assert (decision.pick, decision.leader, decision.tied) == ("quick", "quick", ())


def test_the_baseline_stays_when_the_leader_ties_with_it() -> None:
    """Nobody should change code for two percent."""
    decision = choose({"usual": 1.0, "quick": 0.99})

    assert (decision.pick, decision.leader, decision.tied) == ("usual", "quick", ("quick",))


def test_ties_are_with_the_leader_and_never_chained() -> None:
    """A is 2 % ahead of b and b 2 % ahead of c, but c is 4 % behind a: no tie."""
    decision = choose({"usual": 2.0, "a": 1.0, "b": 1.015, "c": 1.045})

    assert (decision.pick, decision.tied) == ("a", ("b",))


def test_open_ties_are_kept_apart_from_equal_ones() -> None:
    """Practically the same is a finding, not resolved is the lack of one."""
    decision = choose({"usual": 2.0, "a": 1.0, "b": 1.0, "c": 1.03})

    assert (decision.same, decision.open) == (("b",), ("c",))


@pytest.mark.parametrize(
    "worse", [Candidate("quick", broken=(Broken("no_leaks", "Nothing is left"),)), Candidate("quick", kind="trap")]
)
def test_unsafe_never_wins(worse: Candidate) -> None:
    """What breaks a promise is named where it would have won, and is neither pick nor tie."""
    decision = choose({"usual": 1.0, "quick": 0.5}, worse)

    assert (decision.pick, decision.tied, decision.unsafe) == ("usual", (), "quick")


def test_caveats_get_a_sentence_of_their_own() -> None:
    """What promises less is no pick, but it is named if it is faster."""
    decision = choose({"usual": 1.0, "quick": 0.5, "less": 0.2}, Candidate("less", caveats=("No order.",)))

    assert (decision.pick, decision.with_less) == ("quick", "less")


ORDER: NeedRecord = {"name": "order", "phrase": "needs an order", "usual": True, "promises": ["fifo"]}
THREADS: NeedRecord = {"name": "threads", "phrase": "uses two threads", "usual": False, "promises": ["threads"]}


def lacking(name: str, promise: str) -> Candidate:
    """A candidate that breaks one promise, which a need covers."""
    return Candidate(name, broken=(Broken(promise, "It does so"),), needs=(ORDER, THREADS))


@pytest.mark.parametrize(
    ("promise", "wanted", "pick", "less"),
    [
        ("threads", None, "less", None),
        ("fifo", None, "quick", "less"),
        ("fifo", (), "less", None),
        ("threads", ("threads",), "quick", "less"),
    ],
)
def test_who_lacks_a_need_is_out_only_for_who_has_it(
    promise: str, wanted: tuple[str, ...] | None, pick: str, less: str | None
) -> None:
    """Nobody says which: the usual ones count. It is never unsafe, and named where it would have won."""
    names = {"usual": 1.0, "quick": 0.5, "less": 0.2}
    candidates = tuple(lacking("less", promise) if name == "less" else Candidate(name) for name in names)
    decision = Ranking(ratios_of(names), candidates, "usual").decide(wanted)

    assert (decision.pick, decision.with_less, decision.unsafe) == (pick, less, None)


def test_a_caveat_that_buys_nothing_is_not_mentioned() -> None:
    """Promising less and being no faster is no trade-off."""
    assert choose({"usual": 1.0, "less": 1.0}, Candidate("less", caveats=("No order.",))).with_less is None


def test_nothing_to_pick() -> None:
    """When every candidate is out there is no pick, but there are still ratios."""
    decision = choose(
        {"usual": 1.0, "b": 2.0}, Candidate("usual", broken=(Broken("x", "It does x"),)), Candidate("b", caveats=("y",))
    )

    assert decision.pick is None
    assert {name: found.word for name, found in decision.to_baseline.items()} == {"b": "slower"}


def test_without_a_baseline_there_is_still_a_pick() -> None:
    """The baseline may have failed: then there is a leader and no ratio to the baseline."""
    decision = Ranking(ratios_of({"a": 1.0, "b": 2.0}), (Candidate("a"), Candidate("b")), "usual").decide()

    assert (decision.baseline, decision.pick, decision.to_baseline) == (None, "a", {})


def test_one_launch_resolves_nothing() -> None:
    """A smoke run knows who was first, and that it means little."""
    assert not choose({"usual": 1.0, "quick": 0.5}, launches=1).resolved


def test_tie_and_word_never_disagree() -> None:
    """Holm may clear the baseline in the leader's table only: then the word in the printed table counts for both.

    Against the baseline ``quick`` is beyond the band with a p of 0.03, one row of five. The others equal the baseline,
    and against ``quick`` each of them is beyond doubt.
    """
    noise = (-0.0054, -0.0004, 0.0006, 0.0016, 0.0036, 0.0046, 0.0056, 0.0066, 0.0076, 0.0086)
    logs = {"usual": [0.0] * 10, "quick": [-BAND - step for step in noise]}
    logs |= {f"x{number}": [0.01 - step for step in noise] for number in range(4)}

    def ratios(over: str, under: str) -> list[float]:
        return [one - other for one, other in zip(logs[over], logs[under], strict=True)]

    decision = Ranking(ratios, tuple(map(Candidate, logs)), "usual").decide()

    assert decision.to_baseline["quick"].word == decision.to_leader["usual"].word == "not resolved"
    assert {"slower"} == {decision.to_leader[f"x{number}"].word for number in range(4)}
    assert (decision.leader, decision.pick) == ("quick", "usual")


def again(beyond: dict[str, float], scale: float = 1.0, launches: int = 10) -> Decision:
    """The quick one leads by 10 % in the planned launches, and by what ``beyond`` says in those that chose nobody."""
    planned = {"usual": 1.0, "quick": 0.8, "next": 0.88}
    mixed = {name: (planned[name] * beyond[name]) ** 0.5 for name in planned}
    candidates = tuple(map(Candidate, planned))
    fresh = ratios_of(beyond, scale, launches)
    return Ranking(ratios_of(mixed), candidates, "usual", planned=ratios_of(planned), beyond=fresh).decide()


def test_a_lead_that_shows_again_stands() -> None:
    """It is told beside the one that chose."""
    decision = again({"usual": 1.0, "quick": 0.8, "next": 0.86})

    assert decision.lead is not None
    assert (decision.leader, decision.lead.following, decision.lead.gone) == ("quick", "next", False)
    assert decision.lead.before.centre == pytest.approx(math.log(1.1))
    assert decision.lead.again.centre == pytest.approx(math.log(0.86 / 0.8))
    assert decision.to_leader["next"].word == "slower"


def test_a_lead_that_does_not_show_again_is_a_tie() -> None:
    """The planned launches are certain, those that chose nobody see no difference: too close to call."""
    decision = again({"usual": 1.0, "quick": 0.8, "next": 0.8})

    assert decision.lead is not None
    assert decision.lead.gone
    assert decision.open == ("next",)
    assert "did not show again" in decision.to_leader["next"].why


def test_too_few_launches_tell_nothing_about_a_lead() -> None:
    """Two are a coarse figure."""
    assert again({"usual": 1.0, "quick": 0.8, "next": 0.8}, launches=2).lead is None
