"""Labels are read back as they were written."""

import pytest

from results.labels import Label, parsed


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (Label("asyncio_lock", "asyncio"), "asyncio_lock@asyncio"),
        (Label("asyncio_lock", "asyncio-eager", 1), "asyncio_lock#twin@asyncio-eager"),
        (Label("trio_lock", "trio", 12), "trio_lock#twin12@trio"),
        (Label("trio_lock", "trio", environment="3.11"), "trio_lock@trio@3.11"),
        (Label("trio_lock", "trio", 1, "HEAD~1"), "trio_lock#twin@trio@HEAD~1"),
    ],
)
def test_a_label_is_read_back(label: Label, text: str) -> None:
    """The first twin has no number: there is one of it in every comparison."""
    assert str(label) == text
    assert parsed(text) == label
    assert str(label.original) == text.replace("#twin12", "").replace("#twin", "")
