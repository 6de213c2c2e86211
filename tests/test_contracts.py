"""Every variant that can run here gives every workload's answer and leaves nothing behind."""

import gc
import sys
from collections.abc import Iterator

import pytest

import patterns
from benchmarks.engine.blocks import Bench
from benchmarks.plan import services
from benchmarks.plan.availability import services_of, variants_of
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import MIDDLE
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions

# What every machine has time for; a single one is asked where everything else is, too.
SMALL = (1, 10) if sys.version_info >= (3, 13) else (10,)
LOOPS = ("asyncio", "trio")  # on which a single one is asked
# The same modules run on uvloop as on asyncio: the oldest and the newest Python will do for both.
WANTED = Filters(backends=("asyncio*", "trio")) if sys.version_info[:2] == (3, 12) else Filters()


@pytest.fixture(scope="module", autouse=True)
def running_services() -> Iterator[None]:
    """What the alternatives talk to, as far as it can be had here."""
    services.start(services_of(Filters()))
    yield
    services.stop()


@pytest.fixture(scope="module", autouse=True)
def small_heap() -> Iterator[None]:
    """Set everything that exists aside: a block collects garbage, and would walk pytest's objects each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def variants() -> Iterator[Variant]:
    """Every variant of every workload at the small points of its axis."""
    for family in patterns.families():
        asked = questions(family)
        for workload in asked.workloads:
            pairs, _ = variants_of(asked, workload, WANTED)
            for n in SMALL:
                here = [pair for pair in pairs if n > 1 or pair[1] in LOOPS]
                yield from (Variant(family, workload.name, n, name, backend) for name, backend in here)


@pytest.mark.filterwarnings("ignore:Event loop is too fast:ResourceWarning")  # so asynciolimiter of uvloop's timers
@pytest.mark.parametrize("variant", list(variants()), ids=lambda v: f"{v.family}/{v.workload}/{v.label}-{v.n}")
def test_every_variant_gives_the_answer(variant: Variant) -> None:
    """Two calls in one block, because the second must not see what the first left in the state."""
    assert Bench(variant).block(2).seconds > 0


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
