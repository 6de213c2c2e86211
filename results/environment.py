"""What a machine was like while it measured: what a run saw before it began, and what each launch went through."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

from results.files import read_object, replace_json
from results.shapes import Amount, Count, Few, Seconds, shaped

FILE = "environment.json"
DISTURBED = "disturbed rounds"  # the metadata of a pyperf run that names them
Severity = Literal["note", "may disturb", "will disturb"]


class DisturbanceRecord(TypedDict):
    """Something that may disturb: what was seen, how bad it is, and what can be done about it."""

    what: str
    severity: Severity
    advice: str


class LookRecord(TypedDict):
    """One look at the machine; ``system`` is what ``python -m pyperf system show`` said, whatever it said.

    ``host`` is the name of that machine where a scheduler hands out comparisons.
    """

    taken: str
    disturbances: list[DisturbanceRecord]
    system: str
    host: NotRequired[str]


class EnvironmentRecord(TypedDict):
    """The looks of a run: one before it began, and one before each time that it was taken up again; of each host."""

    looks: list[LookRecord]


class ConditionsRecord(TypedDict):
    """What a launch went through while its blocks were timed.

    ``disturbed_rounds`` are the numbers (from 0) of the rounds with at least one disturbed turn; ``cpu_share`` is the
    processor's time over the wall's, ``switches`` how often a worker lost the processor against its will, both inside
    timed blocks. These and ``disturbed_turns`` are absent where the system does not tell. ``steal_seconds`` is what a
    virtual machine's host kept for others meanwhile, ``load`` the average of the last minute.
    """

    launch: Few
    rounds: Few
    turns: Count
    disturbed_rounds: NotRequired[list[Few]]
    disturbed_turns: NotRequired[Count]
    cpu_share: NotRequired[Amount]
    switches: NotRequired[Count]
    steal_seconds: NotRequired[Seconds]
    load: NotRequired[Amount]


def flags(rounds: Sequence[int]) -> str:
    """The numbers of disturbed rounds as pyperf metadata, which takes no empty text."""
    return " ".join(map(str, rounds)) or "none"


def flagged_rounds(text: object) -> frozenset[int] | None:
    """The inverse of ``flags``; None for metadata that has none."""
    return frozenset(int(word) for word in text.split() if word != "none") if isinstance(text, str) else None


def add_look(directory: Path, look: LookRecord) -> None:
    """Add a look to a run's record; raises OSError or RecordError if it cannot be written or the earlier not read."""
    earlier = read(directory)
    looks = {"looks": [*(earlier["looks"] if earlier else []), look]}
    replace_json(directory / FILE, shaped(looks, EnvironmentRecord, directory / FILE))


def read(directory: Path) -> EnvironmentRecord | None:
    """The looks of a run, None if it has none; raises RecordError if the file is not what it should be."""
    path = directory / FILE
    if not path.exists():
        return None
    return shaped(read_object(path), EnvironmentRecord, path)
