"""What a run was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.plan.environments import There
from benchmarks.plan.presets import Preset
from results.suite import OptionsRecord

TURN_LIMIT = 10.0  # seconds that a block may take


@dataclass
class Settings:
    """A run's choices; ``seconds`` is its budget, ``root`` the folder that holds the machines' results.

    ``hang_limit``, ``method`` and ``memory_limit`` are those of ``Terms``; ``options`` are those of the command line,
    for the record. ``environment`` is the name of the one that runs, empty where it has none; those ``there`` are
    measured beside it.
    """

    preset: Preset
    engine: str
    seconds: float
    seed: int
    root: Path
    hang_limit: float = TURN_LIMIT
    method: str = ""
    memory_limit: int = 0
    command: str = ""
    options: OptionsRecord = field(default_factory=OptionsRecord)
    environment: str = ""
    there: Sequence[There] = ()
