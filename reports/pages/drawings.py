"""Charts are kept by what they show: one that was drawn before is not drawn again.

They are in one file, with what drew them, and of those only the ones that the last report needed. It may be deleted.
"""

import hashlib
import re
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import Self, TypedDict

from markupsafe import Markup

from reports.pages.hand import Hand
from reports.pages.maker import maker
from reports.views.charts import Chart
from results.files import RecordError
from results.sealed import read_sealed, write_sealed


class DrawingsRecord(TypedDict):
    """What the file holds: who drew, and SVG by the hash of what it shows."""

    maker: str
    charts: dict[str, str]


# Where a chart will be in a page. No text of a record can look like it, because those are escaped.
PLACE = re.compile(r"<svg ([0-9a-f]{64})>")
QUOTED = re.compile(r' ([\w-]+)="([^\s"\'=<>`]+)"(?=[ >])')  # a slash behind it has a space before it


class Drawings:
    """The charts of a report, for a ``with`` block: each has its place in a page before it is drawn."""

    def __init__(self, file: Path, *, many: bool = False) -> None:
        """``file`` holds those of the report before; one that is damaged, or another maker's, holds none.

        ``many`` are worth a process of their own, beside the one that makes the pages.
        """
        self._file, self._many = file, many
        self._before = _read(file)
        self._now: dict[str, str | Future[str]] = {}
        self._charts: dict[str, Chart] = {}
        self._open = ExitStack()
        self._hand: Hand | None = None

    def __enter__(self) -> Self:
        """Have somebody ready to draw where there is nothing to begin with."""
        if not self._before:
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for nobody."""
        self._open.close()

    def drawn(self, chart: Chart) -> str:
        """A chart that has a place, as SVG; waits for it."""
        return self._drawn(_key(chart))

    def place(self, chart: Chart) -> Markup:
        """The place of a chart in a page, which ``shown`` fills."""
        key = _key(chart)
        if key not in self._now:
            self._charts[key] = chart
            self._now[key] = self._before.get(key) or self._begun(chart)
        return Markup(f"<svg {key}>")

    def shown(self, page: str) -> str:
        """A page with its charts as SVG elements, in which attributes do without quotes, as HTML lets them."""
        return PLACE.sub(lambda place: QUOTED.sub(r" \1=\2", self._drawn(place[1])), page)

    def keep(self) -> None:
        """Write the file if anything is different; raises OSError if it cannot be written."""
        now = {key: self._drawn(key) for key in self._now}
        if now != self._before:
            write_sealed(self._file, {"maker": maker(), "charts": now})

    def _start(self) -> None:
        if self._many and self._hand is None:
            with suppress(OSError):  # no process is to be had
                self._hand = self._open.enter_context(Hand())

    def _begun(self, chart: Chart) -> "str | Future[str]":
        self._start()
        return self._hand.begin(chart) if self._hand else _drawn(chart)

    def _drawn(self, key: str) -> str:
        found = self._now[key]
        if isinstance(found, Future):
            try:
                found = found.result()
            except (OSError, EOFError, UnpicklingError):  # whatever ended that process, this one says what is wrong
                found = _drawn(self._charts[key])
            self._now[key] = found
        return found


def _key(chart: Chart) -> str:
    return hashlib.sha256(repr(chart).encode()).hexdigest()


def _drawn(chart: Chart) -> str:
    from reports.pages.charts import drawn  # takes Altair, which costs more than most reports need when nothing is new

    return str(drawn(chart))


def _read(file: Path) -> dict[str, str]:
    try:
        found = read_sealed(file, DrawingsRecord)
    except RecordError:
        return {}
    return found["charts"] if found["maker"] == maker() else {}
