"""constraints.txt pins every distribution that our environments install, what others bring along included."""

import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT


def pinned() -> set[str]:
    """The names in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")}


def declared() -> Iterator[str]:
    """What pyproject.toml asks for: to run, to build, and in every group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    yield from project["project"]["dependencies"]
    yield from project["build-system"]["requires"]
    for group in project["dependency-groups"].values():
        yield from (entry for entry in group if isinstance(entry, str))


def brought_along(requirements: Iterable[str]) -> set[str]:
    """The distributions that these requirements install here, as far as they are installed."""
    found: set[str] = set()
    todo = [Requirement(text) for text in requirements]
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if name in found or not comes_along(requirement):
            continue
        found.add(name)
        # What belongs to another group's environment is named here, but not installed, so that it ends there.
        with suppress(metadata.PackageNotFoundError):
            needed = map(Requirement, metadata.requires(name) or ())
            todo += [one for one in needed if comes_along(one, requirement.extras)]
    return found


def comes_along(requirement: Requirement, extras: Iterable[str] = ()) -> bool:
    """Whether a requirement is for this Python and system, with one of these extras or without any."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def test_every_distribution_is_pinned() -> None:
    """An unpinned one changes under us, and a run that cannot be repeated proves little."""
    assert brought_along(declared()) - {"loopmark"} <= pinned()
