"""A run as one file for other programs: spreadsheets, data frames, pull requests, and services that watch numbers."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import fastparquet
import pandas as pd

from reports.reading.answers import MEASURES, Program, answers
from reports.reading.family import Family
from reports.reading.measured import Measurements
from reports.views.answered import LANE_NAMES, matters, three
from reports.views.discoveries import DiscoveriesView
from reports.views.provenance import context
from reports.views.verdict_rows import VerdictRow, verdict_rows
from results.frame import frame, readings
from results.record import Run

VALUES = ("csv", "parquet")  # what may hold every measured value instead of verdicts


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a run: ``write`` gives a file's bytes, ``text`` says whether people can read them."""

    write: Callable[[Sequence[Family]], bytes]
    text: bool = True


def values_of(run: Run) -> pd.DataFrame:
    """Every measured value, one row each, of times and beside them: ``reading`` is empty for a time."""
    times = frame(run).assign(reading="")
    return pd.concat([times, readings(run)], ignore_index=True).astype({"disturbed": "boolean"})


def verdicts_of(families: Sequence[Family]) -> pd.DataFrame:
    """Every verdict, one row each."""
    table = pd.DataFrame(verdict_rows(families), columns=[*VerdictRow._fields])
    return table.astype({"n": "Int64", "rank": "Int64"})


def as_csv(table: pd.DataFrame) -> bytes:
    """Comma-separated, with a line of headings; what is missing is empty."""
    return table.to_csv(index=False).encode()


def as_parquet(table: pd.DataFrame) -> bytes:
    """Parquet, compressed; columns keep their types.

    By fastparquet itself, a tenth of what pyarrow takes on disk, which pandas is about to know alone.
    """
    file = _Open()
    fastparquet.write("", table, compression="GZIP", write_index=False, open_with=lambda *_: file)
    return file.getvalue()


class _Open(BytesIO):
    """A file whose bytes outlast the writer, who closes it."""

    def close(self) -> None:
        """Stay open."""


def as_markdown(families: Sequence[Family]) -> bytes:
    """A table for each loop, with three answers a line, for a pull request or a wiki."""
    return "\n".join(_markdown(families)).encode()


def _markdown(families: Sequence[Family]) -> Iterator[str]:
    for loop in dict.fromkeys(loop for family in families for loop in family.loops):
        heads = ("family", *LANE_NAMES.values(), "does it matter?")
        yield from (f"### {loop}", "", _line(heads), _line(["---"] * len(heads)))
        for family in families:
            found = answers(family, Program(loop))
            yield _line([family.name, *three(found), matters(found)])
        yield ""


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace('*', chr(92) + '*') for cell in cells)} |"


def discoveries_as_markdown(view: DiscoveriesView, measurements: Measurements) -> bytes:
    """What is told of a run, for its directory: each figure leads to its row, and each row to its file."""
    return "\n".join(_discoveries(view, measurements)).encode()


def _discoveries(view: DiscoveriesView, measurements: Measurements) -> Iterator[str]:
    figures = [figure for one in view.told for figure in one.figures]
    numbers = iter(range(1, len(figures) + 1))
    yield from (f"# {view.title}", "")
    yield from (f"Measured with {', '.join(context(measurements))}.", "")
    for number, one in enumerate(view.told, 1):
        pieces = (f"{text}{f'[{figure.text}](#row-{next(numbers)})' if figure else ''}" for text, figure in one.pieces)
        yield from (f"## {number}. {one.title}", "", "".join(pieces), "")
    yield from ("## The rows", "", "Brackets are 95 % intervals. `tox -e report -- --reference` draws all pages.", "")
    for number, figure in enumerate(figures, 1):
        yield f'{number}. <a id="row-{number}"></a>{figure.row} ([record]({figure.file}), `{figure.href}`)'
    yield ""


def _compared(families: Sequence[Family]) -> Iterator[VerdictRow]:
    """The ratios that a service can watch, at the points that verdicts speak of: a baseline's is always 1."""
    yield from (
        row
        for row in verdict_rows(families, every_n=False)
        if row.ratio is not None and row.alternative != row.baseline
    )


def as_action(families: Sequence[Family]) -> bytes:
    """What github-action-benchmark reads as ``customSmallerIsBetter``: ratios, which machines share, never times."""
    found = [
        {
            "name": f"{row.name}: {MEASURES.get(row.measure, row.measure)}",
            "unit": f"of {row.baseline}",
            "value": row.ratio,
            **({"range": f"{row.low:.3f} to {row.high:.3f}"} if row.low is not None and row.high is not None else {}),
            "extra": "\n".join(filter(None, [row.word, f"n = {row.n}", row.not_kept and f"not for: {row.not_kept}"])),
        }
        for row in _compared(families)
    ]
    return json.dumps(found, indent=1).encode()


def as_bencher(families: Sequence[Family]) -> bytes:
    """Bencher Metric Format: for each row a measure such as ``time-ratio``, with its interval as the bounds."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in _compared(families):
        told = {"value": row.ratio, "lower_value": row.low, "upper_value": row.high}
        known = {key: number for key, number in told.items() if number is not None}
        found.setdefault(row.name, {})[f"{row.measure.replace(' ', '-')}-ratio"] = known
    return json.dumps(found, indent=1).encode()


FORMATS: Mapping[str, Format] = {
    "csv": Format(lambda families: as_csv(verdicts_of(families))),
    "parquet": Format(lambda families: as_parquet(verdicts_of(families)), text=False),
    "markdown": Format(as_markdown),
    "action": Format(as_action),
    "bencher": Format(as_bencher),
}
