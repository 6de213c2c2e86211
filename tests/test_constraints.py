"""constraints.txt pins every distribution that our environments install, what others bring along included."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import metadata
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT


def pins() -> list[Requirement]:
    """The lines of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pinned() -> set[str]:
    """The names in constraints.txt."""
    return {canonicalize_name(pin.name) for pin in pins()}


def pyproject() -> dict[str, Any]:
    """What stands in pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def project() -> dict[str, Any]:
    """What it says of the project itself."""
    found: dict[str, Any] = pyproject()["project"]
    return found


def declared() -> Iterator[str]:
    """What pyproject.toml asks for: to run, to build, in every extra and every group."""
    yield from project()["dependencies"]
    yield from pyproject()["build-system"]["requires"]
    for extra in project()["optional-dependencies"].values():
        yield from extra
    for group in pyproject()["dependency-groups"].values():
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


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_nothing_is_pinned_twice(python: str, platform: str) -> None:
    """Two lines of one name are for environments of which each has one."""
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": platform}
    names = [canonicalize_name(pin.name) for pin in pins() if pin.marker is None or pin.marker.evaluate(here)]

    assert [name for name, number in Counter(names).items() if number > 1] == []
