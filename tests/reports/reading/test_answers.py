"""The decision, on runs whose times are known: three answers, whom a need rules out, and a bit of everything."""

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import Any, cast

import pytest

from reports.reading.answers import Answers, Entry, Program, answers
from reports.reading.family import Family
from reports.reading.measured import Comparison, Variant
from reports.views.answered import ratio, rules_out
from tests.reports.synthetic import NEEDS

Make = Callable[..., Any]


def lacking(*promises: str) -> dict[str, Any]:
    """What makes a fake break these on asyncio."""
    return {"breaks": tuple((promise, "asyncio") for promise in promises)}


def picks(found: Answers) -> list[str | None]:
    """The name in each lane."""
    return [answer.pick.name if answer.pick else None for answer in found.lanes.values()]


def names_of(entries: Iterable[Entry]) -> set[str]:
    """Whom they are of."""
    return {entry.name for entry in entries}


def test_each_lane_has_an_answer(family: Callable[..., Family], fake: Make) -> None:
    """Whoever is fastest in it; the file leads all of them, and who may never be picked is said beside."""
    found = answers(
        family(
            {
                "usual": fake(),
                "quick": fake(0.9),
                "trap": fake(0.1, kind="trap"),
                "bought": fake(1.5, kind="package"),
                "ours": fake(0.5, kind="own"),
                "less": fake(0.4, kind="own", caveats=("No order.",)),
            }
        ),
        Program("asyncio", "busy"),
    )

    assert picks(found) == ["quick", "bought", "ours"]
    assert (found.pick, found.baseline, found.why_not) == ("ours", "usual", "")
    assert [entry.name for entry in found.lanes["standard library"].never] == ["trap"]
    assert [(entry.name, entry.rank) for entry in found.lanes["file"].never] == [("less", None)]


@pytest.mark.parametrize(
    ("factors", "pick"),
    [
        ({"bought": 0.99, "ours": 0.985}, "usual"),
        ({"bought": 0.8, "ours": 0.79}, "bought"),
        ({"bought": 0.8, "ours": 0.7}, "ours"),
        ({"bought": 1.2, "ours": 1.3}, "usual"),
    ],
)
def test_among_ties_what_needs_nothing_new_wins(
    family: Callable[..., Family], fake: Make, factors: dict[str, float], pick: str
) -> None:
    """A tie is no reason to install something, and less so to copy it."""
    kinds = {"bought": "package", "ours": "own"}
    fakes = {"usual": fake(), **{name: fake(factor, kind=kinds[name]) for name, factor in factors.items()}}
    demo = family(fakes)

    assert answers(demo, Program("asyncio", "busy")).pick == pick
    assert answers(demo, Program("asyncio")).pick == pick


def test_the_pick_of_a_lane_is_the_first_that_suits(family: Callable[..., Family], fake: Make) -> None:
    """Ranks are the same whatever is ticked, so that a page which hides what is out shows what is decided."""
    demo = family(
        {
            "usual": fake(1.0, **lacking("loops")),
            "a": fake(0.5, **lacking("in_order")),
            "b": fake(0.6, **lacking("threads")),
            "c": fake(0.99),
            "d": fake(0.98, **lacking("loops", "threads")),
        }
    )
    names = [need["name"] for need in NEEDS]
    subsets = [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]
    every = {needs: answers(demo, Program("asyncio", "busy", needs=needs)) for needs in subsets}

    ranks = {frozenset((entry.name, entry.rank) for entry in found.entries) for found in every.values()}
    assert ranks == {frozenset({("a", 1), ("b", 2), ("usual", 3), ("d", 4), ("c", 5)})}
    for needs, found in every.items():
        answer = found.lanes["standard library"]
        suits = [entry for entry in found.entries if needs.isdisjoint(need["name"] for need in entry.lacks)]
        assert answer.pick == min(suits, key=lambda entry: entry.rank or 0)
        assert [*answer.suits] == sorted(suits, key=lambda entry: entry.rank or 0)
        assert names_of(answer.ruled_out) == names_of(found.entries) - names_of(suits)


def test_everything_begins_with_who_is_least_far_behind(family: Callable[..., Family], fake: Make) -> None:
    """Whoever wins one workload by far loses if it is far behind in another; who has no number comes last."""
    demo = family({"usual": fake(), "ours": fake(0.5, kind="own")}, workloads=("busy", "idle"))
    spread = {"one": (0.3, 4.0), "both": (0.6, 0.9)}
    for name, factors in spread.items():
        _add(demo, name, dict(zip(("busy", "idle"), factors, strict=True)))
    _add(demo, "partly", {"busy": 0.5})

    found = answers(demo, Program("asyncio"))
    lane = found.lanes["standard library"]

    assert [entry.name for entry in lane.suits] == ["both", "usual", "one", "partly"]
    assert lane.suits[-1].missing == ("idle",)
    assert lane.pick is not None
    assert lane.pick.span is not None
    assert [(one.workload, round(one.ratio or 0, 1)) for one in lane.pick.span] == [("busy", 0.6), ("idle", 0.9)]
    assert found.pick == "ours"


def _add(family: Family, name: str, factors: dict[str, float]) -> None:
    """Another alternative, whose times are the baseline's times a factor."""
    family.record["alternatives"][name] = {**family.record["alternatives"]["usual"], "title": name}
    for workload, factor in factors.items():
        (comparison,) = family.points(workload).values()
        for variant, launches in [*comparison.times.items()]:
            if variant.alternative == "usual":
                changed = {launch: [value * factor for value in values] for launch, values in launches.items()}
                comparison.times[variant._replace(alternative=name)] = changed  # type: ignore[index]


def _presupposing(family: Callable[..., Family], fake: Make, *names: str) -> Family:
    """One that two threads may use, and one that is faster and they may not, where one question is about threads."""
    fakes = {"usual": fake(), "less": fake(0.5, **lacking("threads")), "ours": fake(0.8, kind="own")}
    demo = family(fakes, workloads=("busy", "idle"))
    for name in names:
        demo.record["workloads"][name]["presupposes"] = ["threads"]
    return demo


@pytest.mark.parametrize("needs", [None, frozenset[str](), frozenset({"threads"})])
def test_who_lacks_what_a_question_presupposes_is_no_answer_to_it(
    family: Callable[..., Family], fake: Make, needs: frozenset[str] | None
) -> None:
    """Whatever is ticked: programs that ask it have that need. Its row is there, and says why."""
    found = answers(_presupposing(family, fake, "busy"), Program("asyncio", "busy", needs=needs))
    lane = found.lanes["standard library"]

    assert picks(found) == ["usual", None, "ours"]
    assert found.pick == "ours"
    assert [(entry.name, entry.rank) for entry in lane.never] == [("less", None)]
    assert rules_out(lane.never[0], found) == "your program uses it from two threads"
    assert [round(one.ratio or 0, 1) for one in lane.never[0].told] == [0.5]


def test_other_questions_do_not_presuppose_it(family: Callable[..., Family], fake: Make) -> None:
    """There it wins for programs that do not have the need, as ever."""
    demo = _presupposing(family, fake, "busy")

    assert picks(answers(demo, Program("asyncio", "idle"))) == ["less", None, "ours"]
    assert picks(answers(demo, Program("asyncio", "idle", needs=frozenset({"threads"})))) == ["usual", None, "ours"]


def test_a_bit_of_everything_is_what_counts_for_each(family: Callable[..., Family], fake: Make) -> None:
    """Who lacks a need is judged by the questions that do not presuppose it, and lacks no number in the others."""
    found = answers(_presupposing(family, fake, "busy"), Program("asyncio"))
    less, usual = found.lanes["standard library"].suits

    assert (less.name, less.missing, [one.workload for one in less.told]) == ("less", (), ["idle"])
    assert (usual.name, usual.missing, len(usual.told)) == ("usual", (), 2)
    assert found.pick == "less"
    everywhere = answers(_presupposing(family, fake, "busy", "idle"), Program("asyncio"))
    assert picks(everywhere) == ["usual", None, "ours"]


def test_a_tie_in_everything_is_one_in_every_workload(family: Callable[..., Family], fake: Make) -> None:
    """A package that is as fast in one workload and faster in the other is no tie."""
    demo = family({"usual": fake()}, workloads=("busy", "idle"))
    _add(demo, "same", {"busy": 0.99, "idle": 1.01})
    _add(demo, "once", {"busy": 0.99, "idle": 0.8})

    lane = answers(demo, Program("asyncio")).lanes["standard library"]

    assert [entry.name for entry in lane.suits] == ["once", "usual", "same"]
    assert answers(demo, Program("asyncio", "busy")).lanes["standard library"].ties == ("once", "same")


@pytest.mark.parametrize(("elsewhere", "pick"), [(1.35, "counter"), (1.15, "ours")])
def test_a_range_that_looks_no_better_is_no_reason_to_copy(
    family: Callable[..., Family], fake: Make, elsewhere: float, pick: str
) -> None:
    """The file is less far behind at most; but its range ends no better at either end, or it does."""
    demo = family({"usual": fake(**lacking("in_order"))}, workloads=("busy", "idle", "crowded"))
    _add(demo, "counter", {"busy": 1.0, "idle": 1.3, "crowded": 1.25})
    _add(demo, "ours", {"busy": 1.0, "idle": 1.05, "crowded": elsewhere})
    for name, kind in {"counter": "idiom", "ours": "own"}.items():
        demo.record["alternatives"][name] |= {"kind": kind, "known_failures": []}

    found = answers(demo, Program("asyncio"))

    assert picks(found) == ["counter", None, "ours"]
    assert found.pick == pick


@pytest.mark.parametrize(
    ("program", "why"),
    [
        (Program("trio"), "nothing measured"),
        (Program("asyncio", "busy", n=7), "nothing measured"),
        (Program("asyncio", measure="p99"), "slowest 1 % was not measured"),
    ],
)
def test_nothing_measured_is_no_answer(family: Callable[..., Family], fake: Make, program: Program, why: str) -> None:
    """It is said why, and nobody is picked."""
    found = answers(family({"usual": fake()}), program)

    assert (found.pick, found.why_not, picks(found)) == (None, why, [None, None, None])


def test_one_look_is_no_answer(family: Callable[..., Family], fake: Make) -> None:
    """A smoke run ranks, and recommends nothing."""
    found = answers(family({"usual": fake(), "quick": fake(0.5)}, launches=1), Program("asyncio", "busy"))

    assert (found.pick, found.why_not) == (None, "too few launches for an interval")


def test_memory_is_decided_as_time_is(family: Callable[..., Family], fake: Make) -> None:
    """By its own values and noise: who is fastest may hold most."""
    demo = family({"usual": fake(), "quick": fake(0.5)})
    (comparison,) = demo.points("busy").values()
    heavy = {Variant("quick", "asyncio"): 4}
    turned = {variant: _scaled(times, heavy.get(variant, 1)) for variant, times in comparison.times.items()}
    held = Comparison(comparison.record, turned, comparison.twins)
    cast("dict[str, Comparison]", comparison.measures)["memory"] = held

    found = answers(demo, Program("asyncio", "busy", measure="memory"))

    assert (found.pick, found.matter) == ("usual", None)
    assert [(entry.name, round(entry.told[0].ratio or 0, 1)) for entry in found.lanes["standard library"].suits] == [
        ("usual", 1.0),
        ("quick", 2.0),
    ]
    assert ratio(found.lanes["standard library"].suits[1], "memory").split()[1] == "more"
    assert answers(demo, Program("asyncio", "busy")).pick == "quick"


def _scaled(launches: Mapping[int, list[float]], factor: float) -> dict[int, list[float]]:
    return {launch: [value * factor for value in values] for launch, values in launches.items()}
