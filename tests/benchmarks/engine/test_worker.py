"""The worker: what it does not ask twice."""

import platform
from typing import Any

import pyperf
import pytest

from benchmarks.engine.worker import warm_runner


def test_the_architecture_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyperf asks with every benchmark, and the answer is the output of another program."""
    asked: list[int] = []

    def architecture(*_: Any) -> tuple[str, str]:
        asked.append(1)
        return "64bit", "ELF"

    monkeypatch.setattr(platform, "architecture", architecture)
    warm_runner.cache_clear()
    warm_runner()
    versions = [pyperf.Run([1.0]).get_metadata()["python_version"] for _ in range(2)]

    assert ["(64-bit)" in version for version in versions] == [True, True]
    assert len(asked) == 1
