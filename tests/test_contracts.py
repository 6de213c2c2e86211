"""Every variant that can run here gives every workload's answer and leaves nothing behind."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import patterns
from benchmarks.engine.blocks import Bench
from benchmarks.plan import services
from benchmarks.plan.availability import missing_here, services_of, variants_of
from benchmarks.plan.backends import BACKENDS, can_run
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.promises import promises
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions
from tests.where import ROOT, answering, points


@contextmanager
def served(alternative: str) -> Iterator[None]:
    """What an alternative talks to, as far as it can be had here, for as long as it is asked.

    For who has a child, a look for processes that were left behind is a look at all that there are: twice per block.
    """
    family, _, name = alternative.partition("/")
    services.start(services_of(Filters(families=(family,), alternatives=(name,))))
    try:
        yield
    finally:
        services.stop()


@pytest.fixture(scope="module", autouse=True)
def small_heap() -> Iterator[None]:
    """Set everything that exists aside: a block collects garbage, and would walk pytest's objects each time."""
    aside()
    yield
    gc.unfreeze()


def aside() -> None:
    """Set aside what exists by now."""
    gc.collect()
    gc.freeze()


def variants() -> dict[str, list[Variant]]:
    """Every variant of every workload at the small points of its axis, by its alternative."""
    found: defaultdict[str, list[Variant]] = defaultdict(list)
    for family in patterns.families():
        asked, entries = questions(family), {one.name: one for one in patterns.alternatives(family)}
        for workload in asked.workloads:
            pairs, _ = variants_of(asked, workload, Filters())
            for name, backend in pairs:
                if not answering(entries[name], backend):
                    continue
                here = [Variant(family, workload.name, n, name, backend) for n in points(backend)]
                found[f"{family}/{name}"] += here
    return found


VARIANTS = variants()


@pytest.mark.filterwarnings("ignore:Event loop is too fast:ResourceWarning")  # so asynciolimiter of uvloop's timers
@pytest.mark.filterwarnings("ignore:Async generator .* was garbage collected:ResourceWarning")  # so Trio of a bare loop
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # aiobreaker and hyx ask it still
@pytest.mark.parametrize("alternative", VARIANTS)
def test_every_variant_gives_the_answer(alternative: str) -> None:
    """Two calls in one block, because the second must not see what the first left in the state."""
    wrong = []
    with served(alternative):
        for variant in VARIANTS[alternative]:
            aside()  # what packages keep grows with every variant, and each would walk it
            try:
                assert Bench(variant).block(2).seconds > 0
            except Exception as error:
                error.add_note(f"{variant.workload}/{variant.label} at n={variant.n}")
                wrong.append(error)
    if wrong:
        raise ExceptionGroup(alternative, wrong)


def test_no_alternative_is_left_out() -> None:
    """Every file answers something on every loop that is asked and can run it here."""
    files = (path for path in ROOT.glob("patterns/*/[!_]*.py"))
    described = [patterns.describe(path.parent.name, path) for path in files]
    wanted = {
        (f"{one.family}/{one.name}", loop.name)
        for one in described
        for loop in BACKENDS.values()
        if points(loop.name) and can_run(one.library, loop) and not missing_here(one, loop)
        if answering(one, loop.name)
    }

    assert wanted == {(name, variant.backend) for name, asked in VARIANTS.items() for variant in asked}


@pytest.mark.parametrize("family", patterns.families())
def test_every_family_is_complete(family: str) -> None:
    """A family has baselines, three workloads along a whole axis, and others at its middle."""
    asked = questions(family)
    names = {entry.name: entry for entry in patterns.alternatives(family)}

    assert {backend.library for backend in BACKENDS.values()} == set(asked.baseline)
    assert set(asked.baseline.values()) <= names.keys()
    # Its twin is the noise floor of a workload: without one there would be no verdict.
    assert {workload.needs for workload in asked.workloads} <= set(names[asked.baseline["asyncio"]].offers)
    scales = [set(workload.scale) for workload in asked.workloads]
    assert sum({1, 10, 100, 1000} <= scale for scale in scales) >= 3
    assert all(scale == {MIDDLE} or scale >= {1, 10, 100, 1000} for scale in scales)


@pytest.mark.parametrize(
    "entry",
    [entry for family in patterns.families() for entry in patterns.alternatives(family)],
    ids=lambda e: e.module,
)
def test_every_alternative_says_what_it_is(entry: patterns.Alternative) -> None:
    """The docstring is the report's text: what it is, when to choose it, what it costs."""
    assert (entry.problem, entry.advice) == ("", "")


@pytest.mark.parametrize("family", patterns.families())
def test_every_family_has_its_place_among_the_others(family: str) -> None:
    """A group in a reader's words, and neighbours that exist, each with the reason to go there."""
    found = patterns.contract(family)
    names = [entry.family for entry in found.neighbours]

    assert (found.problem, found.advice) == ("", "")
    assert names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("family", patterns.families())
def test_every_family_says_what_some_programs_rely_on(family: str) -> None:
    """Three to seven needs, some of them usual and some not, in as many words."""
    needs = patterns.contract(family).needs

    assert 3 <= len(needs) <= 7
    assert {need.usual for need in needs} == {True, False}
    assert len({need.name for need in needs}) == len({need.phrase for need in needs}) == len(needs)


@pytest.mark.parametrize("family", patterns.families())
def test_a_contract_says_in_words_what_its_needs_are(family: str) -> None:
    """In the order in which a reader is asked for them, the usual ones first, each in its phrase and with its name."""
    found = patterns.contract(family)
    said = " ".join(found.doc.split())
    places = [said.index(f"- {need.phrase} (``{need.name}``):") for need in found.needs]
    first, usual, some = (said.index(words) for words in ("Everybody relies", "Most programs need", "Some need"))

    assert places == sorted(places)
    assert first < usual < min(places)
    assert [place < some for place in places] == [need.usual for need in found.needs]


# A question that cannot be put. What is broken by design is declared as broken, so that it stays asked.
UNASKED = {
    ("caches", "aiocache_redis", "slow_load_is_one"): "a server has no virtual time",
    ("caches", "aiocache_redis", "invalidated_is_loaded_later"): "the order of events lies between server and loop",
    ("caches", "redis_py", "slow_load_is_one"): "a server has no virtual time",
    ("caches", "redis_py", "invalidated_is_loaded_later"): "the order of events lies between server and loop",
    ("caches", "redis_py", "nothing_left_behind"): "on uvloop, whether it leaves a task behind is a matter of luck",
    ("caches", "asyncstdlib_lru_cache", "end_removes_nothing_newer"): "no entry has a life of its own",
    ("fan_out", "one_by_one", "siblings_cancelled_on_error"): "there are no siblings",
    ("fan_out", "one_by_one", "all_errors_reported"): "there is one error at a time",
    ("fan_out", "one_by_one", "nested_calls_end"): "no other job can fail meanwhile",
}


def test_a_promise_does_not_apply_only_where_it_cannot_be_asked() -> None:
    """Each use has its reason here; one more is to be argued for."""
    entries = [entry for family in patterns.families() for entry in patterns.alternatives(family)]
    used = {(entry.family, entry.name, one.promise) for entry in entries for one in entry.not_applicable}

    assert used == UNASKED.keys()


def test_a_trap_breaks_a_promise_that_everybody_relies_on() -> None:
    """What only some programs miss is no trap, but a limit."""
    for family in patterns.families():
        basic = {promise.name for promise in promises(family) if not promise.need}
        for entry in patterns.alternatives(family):
            if entry.kind == "trap":
                assert basic & {failure.promise for failure in entry.known_failures}, entry.module
