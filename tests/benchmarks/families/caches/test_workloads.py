"""The mixture of keys that caches are asked for."""

from collections import Counter

import pytest

from benchmarks.families.caches.workloads import zipf


@pytest.mark.parametrize("n", [1, 10, 1000])
def test_the_mixture_is_the_same_in_every_process(n: int) -> None:
    """As many keys as were asked for, none beyond the range, drawn alike each time."""
    keys = zipf(n)

    assert keys == zipf(n)
    assert len(keys) == n
    assert set(keys) <= set(range(n))


def test_some_keys_are_popular_and_most_are_not() -> None:
    """The first key comes up about twice as often as the second; most keys come up hardly ever, or not at all."""
    counts = Counter(zipf(10_000))

    assert 1.8 < counts[0] / counts[1] < 2.6  # 2 ** 1.1 is 2.14
    assert sum(counts[key] for key in range(100)) > 6_000
    assert len(counts) < 5_000
