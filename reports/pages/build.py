"""The report's files: its pages, and the raw data, packed, beside them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reports.pages.drawings import Drawings
from reports.pages.folder import DISCOVERIES, ENVIRONMENTS, FIRST, Folder
from reports.pages.gallery import Gallery, alone, table
from reports.pages.rendering import Pages
from reports.reading.comparison import Changes
from reports.reading.family import Family, families_of
from reports.reading.measured import Measurements
from reports.views.code_page import code_page
from reports.views.discoveries import discoveries_view
from reports.views.environments import environments_page
from reports.views.family_page import family_view
from reports.views.index_page import index_view
from reports.views.places import FOLDER, Places, places
from reports.views.provenance import about, copies
from reports.views.safety_page import package_pages, safety_page
from results.commands import command


def build(measurements: Measurements, output: Path, drawings: Drawings) -> Folder:
    """Write the whole report; raises OSError if a file cannot be written."""
    families = families_of(measurements)
    where = places(families)
    galleries: list[Gallery] = []
    pages = {name: page for family in families for name, page in _family(drawings, family, where, galleries)}
    draw = Pages(about(measurements))
    pages[FIRST] = draw.page("index", "Async patterns, measured", view=index_view(measurements, families, where))
    if told := discoveries_view(measurements):
        pages[DISCOVERIES] = draw.page("discoveries", "Discoveries", view=told)
    if changes := environments_page(measurements):
        pages[ENVIRONMENTS] = draw.page("environments", "What changes between environments", view=changes)
    packages = package_pages(families, where)
    view = safety_page(measurements, families, where, packages)
    pages["safety.html"] = draw.page("safety_page", "Safety", view=view)
    below = Pages(about(measurements), "../")
    pages |= {package.file: below.page("package", f"{package.name}: safety", view=package) for package in packages}
    folder = Folder(output)
    for file in copies(measurements):
        folder.pack(file.target, file.raw)
    for name, page in pages.items():
        folder.write(name, drawings.shown(page))
    for name, chart in (item for gallery in galleries for item in gallery.charts.items()):
        folder.write(f"{name}.svg", alone(drawings.drawn(chart), chart))
        folder.write(f"{name}.csv", table(chart))
    folder.sum_up()
    folder.forget()
    drawings.keep()
    return folder


def build_comparison(changes: Changes, output: Path) -> Path:
    """Write the page of two runs side by side and return its path; raises OSError if it cannot be written."""
    runs = changes.before.run, changes.after.run
    again = command("reports", "compare", *(str(run.path) for run in runs))
    draw = Pages(replace(about(changes.after), command=again, check="", files=[]))
    return Folder(output).write("compare.html", draw.page("compare", "Two runs compared", changes=changes))


def _family(drawings: Drawings, family: Family, where: Places, galleries: list[Gallery]) -> Iterator[tuple[str, str]]:
    """The pages of one family, by their place in the folder: those of each loop, and its code. Charts are not in yet.

    A gallery for each loop says which they are.
    """
    place = where[family.name]
    told = about(family.measurements, family.name)
    draw = Pages(replace(told, files=[]), "../")  # the page of all measures has them

    def page(file: str, template: str, title: str, view: object, draw: Pages = draw) -> tuple[str, str]:
        return f"{FOLDER}/{file}", draw.page(template, title, view=view)

    for loop, file in place.loops.items():
        view = family_view(family, loop, where)
        gallery = Gallery(file.removesuffix(".html"), drawings.place)
        galleries.append(gallery)
        draw, told_with = replace(draw, drawn=gallery.shown), replace(draw, about=told, drawn=gallery.shown)
        yield page(file, "family", f"{family.name} on {loop}", view, draw)
        yield page(view.evidence, "evidence", f"{family.name} on {loop}: safety", view)
        if view.crowded:
            yield page(view.charts, "charts", f"{family.name} on {loop}: charts", view, draw)
        yield page(view.measures, "measures", f"{family.name} on {loop}: all measures", view, told_with)
    yield page(place.code, "code", f"{family.name}: the code", code_page(family, place))
