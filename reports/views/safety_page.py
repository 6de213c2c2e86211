"""Everything that the page about the safety of a whole run shows, and the page of each package."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.reading.family import Family, loops_in_order
from reports.reading.measured import Measurements
from reports.reading.wording import plural
from reports.views.anchors import slugs
from reports.views.places import FOLDER, PACKAGES, Place, Places
from reports.views.provenance import check_differences
from reports.views.safety_sections import PackageFailure, package_failures, surprises


@dataclass(frozen=True, slots=True)
class LoopCell:
    """A family on a loop: the count, and where its matrix is."""

    href: str
    count: str


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family on every loop; None where it was not tried."""

    name: str
    question: str
    cells: tuple[LoopCell | None, ...]


@dataclass(frozen=True, slots=True)
class PackagePage:
    """What a package, named with its version, does not keep: ``basic`` promises, and those that some programs ``need``.

    Each failure comes with the place of its evidence, seen from ``file``, which is below the report's folder.
    """

    name: str
    file: str
    basic: tuple[tuple[str, PackageFailure], ...]
    needs: tuple[tuple[str, PackageFailure], ...]

    @property
    def families(self) -> list[str]:
        """Where it was seen."""
        return sorted({failure.family for _, failure in (*self.basic, *self.needs)})


@dataclass(frozen=True, slots=True)
class SafetyPage:
    """The page of the whole run."""

    lede: str
    loops: tuple[str, ...]
    rows: tuple[FamilyRow, ...]
    packages: tuple[PackagePage, ...]
    surprises: tuple[str, ...]
    differences: str


def safety_page(
    measurements: Measurements, families: Sequence[Family], places: Places, packages: Sequence[PackagePage]
) -> SafetyPage:
    """Gather the page; ``places`` says where each family's pages are."""
    used = {loop for family in families for loop in family.loops}
    loops = tuple(loop for loop in loops_in_order(measurements) if loop in used)
    return SafetyPage(
        lede=_lede(families, packages),
        loops=loops,
        rows=tuple(_row(family, loops, places[family.name]) for family in families),
        packages=tuple(packages),
        surprises=tuple(all_surprises(families)),
        differences=check_differences(measurements),
    )


def all_surprises(families: Sequence[Family]) -> list[str]:
    """What nobody expected, of all families and loops."""
    return [f"{family.name}: {line}" for family in families for line in surprises(family, family.loops)]


def _lede(families: Sequence[Family], packages: Sequence[PackagePage]) -> str:
    if not any(family.safety.tested for family in families):
        return "**Nothing was tested for safety in this run.** What the files say of themselves counts all the same."
    unsafe = sum(bool(package.basic) for package in packages)
    broken = f"{plural(unsafe, 'package')} broke what everybody relies on." if unsafe else ""
    return f"**What each alternative does when things go wrong**, asked under schedules that repeat exactly. {broken}"


def _row(family: Family, loops: Sequence[str], place: Place) -> FamilyRow:
    return FamilyRow(
        family.name,
        family.question,
        tuple(
            LoopCell(f"{FOLDER}/{place.on(loop)}#safety", family.count(loop).text) if loop in place.loops else None
            for loop in loops
        ),
    )


def package_pages(families: Sequence[Family], places: Places) -> tuple[PackagePage, ...]:
    """A page for each package that breaks something, by name; ``places`` says where each family's pages are."""
    found: dict[str, list[tuple[str, PackageFailure]]] = {}
    for family in families:
        for failure in package_failures(family, family.loops):
            href = f"../{FOLDER}/{places[family.name].safety(failure.loops[0])}#{failure.anchor}"
            found.setdefault(failure.package, []).append((href, failure))
    files = slugs([*found])
    return tuple(
        PackagePage(
            name,
            f"{PACKAGES}/{files[name]}.html",
            basic=tuple(entry for entry in failures if not entry[1].relied_on),
            needs=tuple(entry for entry in failures if entry[1].relied_on),
        )
        for name, failures in sorted(found.items())
    )
