"""Charts are kept by what they show: one that was drawn before is not drawn again.

They are in one file, with what drew them, and of those only the ones that the last report needed. It may be deleted.
"""

import hashlib
from pathlib import Path
from typing import TypedDict

from markupsafe import Markup

from reports.pages.maker import maker
from reports.views.charts import Chart
from results.files import RecordError
from results.sealed import read_sealed, write_sealed


class DrawingsRecord(TypedDict):
    """What the file holds: who drew, and SVG by the hash of what it shows."""

    maker: str
    charts: dict[str, str]


class Drawings:
    """The charts of a report."""

    def __init__(self, file: Path) -> None:
        """``file`` holds those of the report before; one that is damaged, or another maker's, holds none."""
        self._file = file
        self._before = _read(file)
        self._now: dict[str, str] = {}

    def drawn(self, chart: Chart) -> Markup:
        """A chart as an SVG element."""
        key = hashlib.sha256(repr(chart).encode()).hexdigest()
        if key not in self._now:
            self._now[key] = self._before.get(key) or _drawn(chart)
        return Markup(self._now[key])

    def keep(self) -> None:
        """Write the file if anything is different; raises OSError if it cannot be written."""
        if self._now != self._before:
            write_sealed(self._file, {"maker": maker(), "charts": self._now})


def _drawn(chart: Chart) -> str:
    from reports.pages.charts import drawn  # takes Altair, which costs more than most reports need when nothing is new

    return drawn(chart)


def _read(file: Path) -> dict[str, str]:
    try:
        found = read_sealed(file, DrawingsRecord)
    except RecordError:
        return {}
    return found["charts"] if found["maker"] == maker() else {}
