"""The report's files: its pages, and copies of the raw data beside them."""

from dataclasses import replace
from pathlib import Path

from reports.pages.drawings import Drawings
from reports.pages.folder import FIRST, KEPT, Folder
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


def build(measurements: Measurements, output: Path) -> Folder:
    """Write the whole report; raises OSError if a file cannot be written."""
    families = families_of(measurements)
    where = places(families)
    folder, drawings = Folder(output), Drawings(output / KEPT / "charts.json")
    for family in families:
        _family(folder, drawings, family, where)
    draw = Pages(about(measurements))
    folder.write(FIRST, draw.page("index", "Async patterns, measured", view=index_view(measurements, families, where)))
    folder.write("safety.html", draw.page("safety_page", "Safety", view=safety_page(measurements, families, where)))
    for file in copies(measurements):
        folder.copy(file.target, file.raw)
    folder.forget()
    drawings.keep()
    return folder


def build_comparison(changes: Changes, output: Path) -> Path:
    """Write the page of two runs side by side and return its path; raises OSError if it cannot be written."""
    runs = changes.before.run, changes.after.run
    again = command("reports", "compare", *(str(run.path) for run in runs))
    draw = Pages(replace(about(changes.after), command=again, check="", files=[]))
    return Folder(output).write("compare.html", draw.page("compare", "Two runs compared", changes=changes))


def _family(folder: Folder, drawings: Drawings, family: Family, where: Places) -> None:
    """Write the pages of one family: one for each loop, and its code."""
    place = where[family.name]
    draw = Pages(about(family.measurements, family.name), "../", drawings.drawn)

    def write(file: str, template: str, title: str, view: object) -> None:
        folder.write(f"{FOLDER}/{file}", draw.page(template, title, view=view))

    for loop, file in place.loops.items():
        view = family_view(family, loop, where)
        write(file, "family", f"{family.name} on {loop}", view)
        if view.apart:
            write(view.apart, "evidence", f"{family.name} on {loop}: safety", view)
    write(place.code, "code", f"{family.name}: the code", code_page(family, place))
