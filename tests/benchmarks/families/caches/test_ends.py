"""How long an entry has lived, by whatever clock its cache goes."""

from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.families.caches import ends


@pytest.mark.parametrize(("loop", "machine"), [(0.2, 1.1), (1.1, 0.2)])
def test_it_is_late_by_whatever_clock_a_cache_may_go(
    loop: float, machine: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine made a turn longer than an entry's life, of which the loop's clock knows nothing until it ends."""
    seen = {"loop": 0.0, "machine": 0.0}
    monkeypatch.setattr(ends, "time", SimpleNamespace(monotonic=lambda: seen["machine"]))
    trial: Any = SimpleNamespace(now=lambda: seen["loop"], unit=1.0)
    clock = ends.Clock(trial, ttl=1.0)

    seen.update(loop=loop, machine=machine)

    assert clock.least == 0.2
    with pytest.raises(ends.LateError):
        clock.before(1)
