"""What several test modules share: the variants that can run here, and a project with planted faults."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose only family has alternatives with planted faults."""
    root = tmp_path_factory.mktemp("planted")
    caches = shutil.ignore_patterns("__pycache__")
    for package in ("patterns", "benchmarks", "results"):
        shutil.copytree(ROOT / package, root / package, ignore=lambda *_: {"__pycache__"} | real_content(*_))
    shutil.copytree(ROOT / "tests" / "planted", root, dirs_exist_ok=True, ignore=caches)
    return root


def real_content(folder: str, names: list[str]) -> set[str]:
    """What the copy leaves out: the real families, their workloads and properties, and recorded runs."""
    path = Path(folder)
    if path.name in ("patterns", "results"):
        return {name for name in names if (path / name).is_dir()}
    if path.name in ("workloads", "properties"):
        return {name for name in names if name != "__init__.py"}
    return set()


@pytest.fixture(scope="session")
def command() -> Command:
    """Run ``python -m ...`` in a folder and give back the finished process."""

    def run(folder: Path, *arguments: str, **options: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, timeout=900, check=False
        )

    return run
