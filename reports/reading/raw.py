"""The files behind the numbers, with their hashes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from results.environment import FILE as ENVIRONMENT_FILE
from results.record import Run, file_name
from results.safety import FILE as SAFETY_FILE


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file of a run and its SHA-256: times of a family's workload, or a reading; of the run itself without them."""

    path: Path
    sha256: str
    family: str = ""
    workload: str = ""
    reading: str = ""
    extra: bool = False


def raw_files(run: Run) -> list[RawFile]:
    """Those that are there; raises OSError if one cannot be read."""
    return [*_of_the_run(run), *_of_families(run)]


def _of_the_run(run: Run) -> Iterator[RawFile]:
    for name in ("suite.json", "machine.json", ENVIRONMENT_FILE, SAFETY_FILE):
        if (path := run.path / name).is_file():
            yield RawFile(path, _sha256(path))


def _of_families(run: Run) -> Iterator[RawFile]:
    for family, workload, reading in sorted([*((*key, "") for key in run.benchmarks), *run.readings]):
        for extra in (False, True):
            path = run.path / family / file_name(workload, reading, extra=extra)
            if path.is_file():
                yield RawFile(path, _sha256(path), family, workload, reading, extra)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
