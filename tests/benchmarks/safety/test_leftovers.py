"""What one trial leaves behind, and what is none of its own."""

import asyncio
import time
import warnings

import pytest

from benchmarks.safety import leftovers
from benchmarks.safety.leftovers import LEAPT, Watch


@pytest.mark.parametrize(
    ("category", "text", "noted"),
    [
        (RuntimeWarning, "coroutine 'job' was never awaited", True),
        (RuntimeWarning, f"{LEAPT} within 300 seconds.", False),
        (DeprecationWarning, "this will go away", False),
    ],
)
def test_warnings_that_are_complaints(category: type[Warning], text: str, noted: bool) -> None:
    """A coroutine that nobody awaits is one; that virtual time leapt over the end of a thread is ours."""
    watch = Watch()
    with watch.outside():
        warnings.warn(category(text), stacklevel=1)

    assert watch.seen == ({"complaints": f"{category.__name__}: {text}"} if noted else {})


def test_a_thousand_sleeps_do_not_make_a_trial_seem_hung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sleeps on the loop's thread is told so once, and not that it shows no sign of life."""
    slept: list[float] = []
    monkeypatch.setattr(leftovers, "_real_sleep", slept.append)
    watch = Watch()

    async def sleeps() -> None:
        for _ in range(1000):
            time.sleep(0.15)  # noqa: ASYNC251  what is watched

    with watch.outside():
        asyncio.run(sleeps())

    assert sum(slept) <= 1
    assert slept
    assert list(watch.seen) == ["stalls"]
