"""What one trial leaves behind, and what is none of its own."""

import warnings

import pytest

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
