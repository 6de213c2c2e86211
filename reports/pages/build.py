"""The report's files: its pages, and copies of the raw data beside them."""

import shutil
from dataclasses import replace
from pathlib import Path

from reports.pages.rendering import Pages
from reports.reading.comparison import Changes
from reports.reading.family import Family, families_of
from reports.reading.measured import Measurements
from reports.views.code_page import code_page
from reports.views.family_page import family_view
from reports.views.index_page import index_view
from reports.views.places import FOLDER, Places, places
from reports.views.provenance import about, copies
from reports.views.safety_page import safety_page
from results.commands import command


def build(measurements: Measurements, output: Path) -> Path:
    """Write the whole report and return the path of its first page; raises OSError if a file cannot be written."""
    families = families_of(measurements)
    where = places(families)
    draw = Pages(about(measurements))
    for family in families:
        _family(family, where, output / FOLDER)
    _forget(output / FOLDER, {file for place in where.values() for file in place.files})
    index = draw.page("index", "Async patterns, measured", view=index_view(measurements, families, where))
    _write(output / "index.html", index)
    _write(output / "safety.html", draw.page("safety_page", "Safety", view=safety_page(measurements, families, where)))
    for file in copies(measurements):
        target = output / file.target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.raw.path, target)
    return output / "index.html"


def build_comparison(changes: Changes, output: Path) -> Path:
    """Write the page of two runs side by side and return its path; raises OSError if it cannot be written."""
    runs = changes.before.run, changes.after.run
    again = command("reports", "compare", *(str(run.path) for run in runs))
    draw = Pages(replace(about(changes.after), command=again, check="", files=[]))
    _write(output / "compare.html", draw.page("compare", "Two runs compared", changes=changes))
    return output / "compare.html"


def _family(family: Family, where: Places, folder: Path) -> None:
    """Write the pages of one family: one for each loop, and its code."""
    place = where[family.name]
    draw = Pages(about(family.measurements, family.name), "../")
    for loop, file in place.loops.items():
        view = family_view(family, loop, where)
        _write(folder / file, draw.page("family", f"{family.name} on {loop}", view=view))
        if view.apart:
            _write(folder / view.apart, draw.page("evidence", f"{family.name} on {loop}: safety", view=view))
    _write(folder / place.code, draw.page("code", f"{family.name}: the code", view=code_page(family, place)))


def _forget(folder: Path, written: set[str]) -> None:
    """Delete the pages of families and loops that this run does not have: an old page looks like a new one."""
    for page in folder.glob("*.html"):
        if page.name not in written:
            page.unlink()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
