"""Everything that the page about the safety of a whole run shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.reading.family import Family, loops_in_order
from reports.reading.measured import Measurements
from reports.reading.wording import listed, plural
from reports.views.anchors import Anchors
from reports.views.places import FOLDER, Place, Places
from reports.views.provenance import check_differences
from reports.views.safety_sections import PackageFailure, package_failures, surprises


@dataclass(frozen=True, slots=True)
class LoopCell:
    """A family on a loop: the count, and the unsafe alternatives with the places of their evidence."""

    href: str
    count: str
    unsafe: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family on every loop; None where it was not tried."""

    name: str
    question: str
    cells: tuple[LoopCell | None, ...]


@dataclass(frozen=True, slots=True)
class SafetyPage:
    """The page; ``packages`` maps a package and its version to its failures, each with the place of its evidence."""

    lede: str
    loops: tuple[str, ...]
    rows: tuple[FamilyRow, ...]
    packages: Mapping[str, Sequence[tuple[str, PackageFailure]]]
    surprises: tuple[str, ...]
    differences: str


def safety_page(measurements: Measurements, families: Sequence[Family], places: Places) -> SafetyPage:
    """Gather the page; ``places`` says where each family's pages are."""
    used = {loop for family in families for loop in family.loops}
    loops = tuple(loop for loop in loops_in_order(measurements) if loop in used)
    packages = _packages(families, places)
    return SafetyPage(
        lede=_lede(families, packages),
        loops=loops,
        rows=tuple(_row(family, loops, places[family.name]) for family in families),
        packages=packages,
        surprises=tuple(all_surprises(families)),
        differences=check_differences(measurements),
    )


def all_surprises(families: Sequence[Family]) -> list[str]:
    """What nobody expected, of all families and loops."""
    return [f"{family.name}: {line}" for family in families for line in surprises(family, family.loops)]


def _lede(families: Sequence[Family], packages: Mapping[str, Sequence[tuple[str, PackageFailure]]]) -> str:
    if not any(family.safety.tested for family in families):
        return "**Nothing was tested for safety in this run.** What the files say of themselves counts all the same."
    names = listed([f"`{name}`" for name in packages])
    broken = f"Promises are broken by {plural(len(packages), 'package')}: {names}." if packages else ""
    return f"**What each alternative does when things go wrong**, asked under schedules that repeat exactly. {broken}"


def _row(family: Family, loops: Sequence[str], place: Place) -> FamilyRow:
    return FamilyRow(
        family.name,
        family.question,
        tuple(_cell(family, loop, f"{FOLDER}/{place.safety(loop)}") if loop in place.loops else None for loop in loops),
    )


def _cell(family: Family, loop: str, file: str) -> LoopCell:
    anchors = Anchors(family)
    unsafe = [name for name in sorted(family.present(loop)) if family.standing(name, loop) == "unsafe"]
    places = tuple((name, f"{file}#{anchors.evidence(name)}") for name in unsafe)
    return LoopCell(f"{file}#safety", family.count(loop).text, places)


def _packages(families: Sequence[Family], places: Places) -> dict[str, list[tuple[str, PackageFailure]]]:
    found: dict[str, list[tuple[str, PackageFailure]]] = {}
    for family in families:
        for failure in package_failures(family, family.loops):
            href = f"{FOLDER}/{places[family.name].safety(failure.loops[0])}#{failure.anchor}"
            found.setdefault(failure.package, []).append((href, failure))
    return dict(sorted(found.items()))
