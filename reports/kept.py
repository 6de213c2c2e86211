"""A report that is as it was built is not built again: what it was made of, and what was said of it, is kept with it.

What pages are made of are the bytes of the record, and who makes them. Whatever takes pandas or Altair is imported only
if there is something to build.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from reports.pages.folder import KEPT, hash_of, pages_below
from reports.pages.maker import maker
from reports.pages.room import check_room
from reports.views.listing import Listing
from results import record
from results.sealed import read_sealed, write_sealed

if TYPE_CHECKING:
    from reports.reading.comparison import Changes

FILE, CHARTS = "report.json", "charts.json"
FEW = 20  # files of times, whose charts are drawn as soon as another process has come up


@dataclass(frozen=True, slots=True)
class Report:
    """What the terminal says of a report: what could not be used of the record, one line each, and tables.

    ``rest`` are those that only somebody who asks for all wants, ``failures`` what a run that was to fail failed of.
    """

    problems: tuple[str, ...]
    listings: tuple[Listing, ...]
    rest: tuple[Listing, ...]
    failures: tuple[str, ...]


class KeptRecord(TypedDict):
    """What a file holds: what a report was made of, its ``files`` with the SHA-256 of each, and what was said of it."""

    made_of: str
    files: dict[str, str]
    problems: tuple[str, ...]
    listings: tuple[Listing, ...]
    rest: tuple[Listing, ...]
    failures: tuple[str, ...]


def report(run: Path, passed_over: Iterable[str], output: Path, *, so_far: bool = False) -> Report:
    """Build the report of a run, unless it is there; ``passed_over`` are problems of the choice of the run.

    One that shows the record ``so_far`` says that it is still being measured, which nobody can tell from the record: a
    killed run had no time to write down its end.
    Raises RecordError if the record cannot be used, NoRoomError if there is no room to draw, OSError if a file cannot
    be written.
    """
    passed_over = tuple(passed_over)
    made_of = _made_of(run, passed_over, so_far=so_far)
    return _recalled(made_of, output) or _built(run, passed_over, made_of, output, so_far=so_far)


def _built(run: Path, passed_over: tuple[str, ...], made_of: str, output: Path, *, so_far: bool) -> Report:
    from reports.pages.drawings import Drawings

    check_room()
    many = len(list(run.glob("*/*.json"))) > FEW
    with Drawings(output / KEPT / CHARTS, many=many) as drawings:
        from reports.pages.build import build
        from reports.reading.family import families_of
        from reports.reading.measured import measurements
        from reports.views.discoveries import discoveries_view
        from reports.views.gate import failures
        from reports.views.overview import overview, rest

        read = record.read(run)
        if so_far:
            read.suite["run"]["state"] = "running"
        read.problems[:0] = [problem for problem in passed_over if problem not in read.problems]
        found = measurements(read)
        told = discoveries_view(found)
        found.problems += told.faults if told else ()
        folder = build(found, output, drawings)
        failed = failures(families_of(found), read.suite["run"].get("options", {}))
        built = Report(tuple(found.problems), overview(found), rest(found), tuple(failed))
    write_sealed(output / KEPT / FILE, {"made_of": made_of, "files": folder.files, **asdict(built)})
    return built


def compared(changes: "Changes", output: Path) -> Path:
    """Build the report of the later of two runs, with a mark on each row that changed, and the page of what did.

    Raises NoRoomError if there is no room to draw, OSError if a file cannot be written.
    """
    from reports.pages.build import build, build_comparison
    from reports.pages.drawings import Drawings
    from reports.reading.comparison import marks

    check_room()
    changes.after.since = marks(changes)
    with Drawings(output / KEPT / CHARTS, many=len(changes.after.run.benchmarks) > FEW) as drawings:
        build(changes.after, output, drawings)
    return build_comparison(changes, output)


def _recalled(made_of: str, output: Path) -> Report | None:
    """What was said of a report when it was built; None if it was made of something else, or was changed since."""
    try:
        kept = read_sealed(output / KEPT / FILE, KeptRecord)
        if kept["made_of"] != made_of or not _untouched(kept["files"], output):
            return None
    except (record.RecordError, OSError):  # not ours, or not whole
        return None
    return Report(kept["problems"], kept["listings"], kept["rest"], kept["failures"])


def _untouched(files: dict[str, str], output: Path) -> bool:
    return pages_below(output) <= files.keys() and all(hash_of(output / name) == sha for name, sha in files.items())


def _made_of(run: Path, passed_over: tuple[str, ...], *, so_far: bool) -> str:
    parts = (maker(), str(run), *passed_over, *(("so far",) if so_far else ()))
    made_of = hashlib.sha256("\n".join(parts).encode(errors="surrogateescape"))
    for path in sorted(path for path in run.rglob("*") if path.is_file()):
        made_of.update(f"{path.relative_to(run).as_posix()} {hash_of(path)}".encode())
    return made_of.hexdigest()
