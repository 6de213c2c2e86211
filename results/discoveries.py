"""``discoveries.toml`` of a run: what somebody found worth telling of it, in sentences with a place for each figure.

It is written by hand, and the one file to change for another list. Figures are never written: the report computes each
from the record in whose directory the file lies, and refuses a sentence that the record does not bear out. A sentence
says ``{lead}`` where the figure of that name belongs, and ``{n}`` for the size that it speaks of.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from results.files import RecordError, one_line
from results.shapes import FileName, Line, Point, shaped

FILE = "discoveries.toml"
TOLD = "DISCOVERIES.md"  # the same with its figures, for whoever reads the repository
Claim = Literal["faster", "slower", "practically the same"]


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a figure is from; what it leaves out is what the discovery says for all of its figures.

    Without ``n`` it is the point that verdicts speak of; promises need no ``workload``.
    """

    family: FileName | None = None
    workload: FileName | None = None
    loop: FileName | None = None
    n: Point | None = None


class Ratio(Place, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a ``row`` stands ``against`` another, the baseline if that is left out; ``against_loop`` is the other's.

    Where loops are compared it stands against itself if ``against`` is left out. ``word`` is what the sentence claims,
    and must be the verdict; of the slowest 1 % and of memory, faster is less. ``measure`` is ``time``, ``p99`` or
    ``memory``.
    """

    row: Line
    word: Claim
    against: Line | None = None
    against_loop: FileName | None = None
    measure: FileName = "time"


class Value(Place, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cell of a row: ``of`` is the heading of its column, or ``time``, or ``growth``."""

    row: Line
    of: Line


class Promise(Place, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A promise that a ``row`` breaks, or keeps if ``kept``; without a row, how many of those who were asked do.

    Of a row the sentence has ``words``, or the promise in its own if they are left out.
    """

    promise: Line
    row: Line | None = None
    kept: bool = False
    words: Line | None = None


class Discovery(Place, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of them: a heading, and a sentence or two whose figures are named here, each by its kind."""

    title: Line
    sentence: str
    ratios: Mapping[FileName, Ratio] = {}
    values: Mapping[FileName, Value] = {}
    promises: Mapping[FileName, Promise] = {}


class Discoveries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them, in the order in which they are told, under one ``title``."""

    title: Line
    discoveries: tuple[Discovery, ...]


def read(directory: Path) -> Discoveries | None:
    """Those of a run, None if nobody wrote any; raises RecordError if the file is not what it should be."""
    path = directory / FILE
    if not path.exists():
        return None
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordError(f"{path}: cannot be read: {one_line(error)}") from error
    return shaped(found, Discoveries, path)
