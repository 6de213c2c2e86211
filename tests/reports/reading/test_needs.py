"""What a recorded run says of the needs: who competes for most programs, and who for those that need less."""

from collections.abc import Callable

import pytest

from reports.reading.family import Family
from reports.reading.measured import Variant, measurements
from reports.views.sentences import limits
from results import record, safety
from results.eligibility import usual
from tests.where import RECORDED


@pytest.fixture(scope="module")
def family() -> Callable[[str], Family]:
    """A family of the recorded run."""
    found = record.glance(RECORDED)
    found.safety = record.safety_of(found.suite, RECORDED / safety.FILE)
    return lambda name: Family(name, measurements(found))


COMPETE = [
    ("locks", "asyncio_lock@asyncio", {"re-entry", "threads"}),
    ("locks", "asyncio_semaphore@asyncio", {"re-entry", "threads"}),
    ("locks", "trio_lock@trio", {"threads"}),
    ("fan_out", "asyncio_task_group@asyncio", set()),
    ("fan_out", "anyio_task_group@asyncio", {"recovery"}),
    ("rate_limits", "asyncio_semaphore@asyncio", set()),
    ("rate_limits", "asyncio_token_bucket@asyncio", {"hard-limit"}),
    ("caches", "async_lru_per_instance@asyncio", {"thrift"}),
    ("caches", "dict_alone@trio", {"one-load", "invalidation", "thrift"}),
]


@pytest.mark.parametrize(("name", "label", "limited"), COMPETE, ids=[" ".join(row[:2]) for row in COMPETE])
def test_what_most_people_write_competes_with_its_limits_beside_it(
    family: Callable[[str], Family], name: str, label: str, limited: set[str]
) -> None:
    """None of them is unsafe, whatever some programs would miss."""
    found = family(name).candidate(Variant(*label.split("@")))

    assert found.eligible()
    assert {need["name"] for need in found.unkept} == limited
    assert limits(found) == tuple(f"not if your program {need['phrase']}" for need in found.unkept)


def test_gather_competes_for_who_lets_jobs_run_on(family: Callable[[str], Family]) -> None:
    """It is out for most programs, and for nobody else."""
    fan_out = family("fan_out")
    gather = fan_out.candidate(Variant("asyncio_gather", "asyncio"))
    wanted = usual(fan_out.needs)

    assert gather.recommendable
    assert "stop" in wanted
    assert not gather.eligible()
    assert gather.eligible(wanted - {"stop"})
