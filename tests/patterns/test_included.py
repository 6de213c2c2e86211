"""A file of the reader's own project is an alternative like ours, under its own name and in its own place."""

import importlib
import sys
from pathlib import Path

import pytest

import patterns
from benchmarks.plan.filters import UnknownNameError
from benchmarks.plan.including import take_in
from patterns import included

LEDGER = '"""My own way."""\n\nKIND = "package"\nLIBRARY = "asyncio"\n\n\nclass Ledger:\n    pass\n'


@pytest.fixture(autouse=True)
def fixture_nothing_included(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test includes is forgotten when it ends."""
    monkeypatch.setenv(included.VARIABLE, "")
    monkeypatch.setattr(sys, "path", [*sys.path])


def project(folder: Path, files: dict[str, str]) -> Path:
    """A project with these files."""
    for name, text in files.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def of_the_readers(family: str = "locks") -> list[patterns.Alternative]:
    """What takes part and is the reader's."""
    return [one for one in patterns.alternatives(family) if one.kind == patterns.YOURS]


def test_a_file_takes_part_beside_ours(tmp_path: Path) -> None:
    """With its path, of its own kind whatever it says, and everything of ours is still there."""
    ours = [one.name for one in patterns.alternatives("locks")]
    path = project(tmp_path, {"my_ledger": LEDGER}) / "my_ledger.py"

    assert take_in([f"locks={path}"]) == [f"locks={path}"]

    (found,) = of_the_readers()
    assert (found.name, found.path, found.title, found.problem) == ("my_ledger", str(path), "My own way", "")
    assert importlib.import_module(found.module).__file__ == str(path)
    assert [one.name for one in patterns.alternatives("locks")] == [*ours, "my_ledger"]
    assert of_the_readers("caches") == []


def test_a_file_finds_what_it_imports_from_its_own_project(tmp_path: Path) -> None:
    """It is imported under the name that it has there, and what it takes from there is known to be its own."""
    ledgers = f"{LEDGER}\n\nfrom .db import LIMIT\n"
    folder = project(tmp_path, {"shop/__init__": "", "shop/db": "LIMIT = 3\n", "shop/ledgers": ledgers})
    take_in([f"locks={folder / 'shop' / 'ledgers.py'}"])

    (found,) = of_the_readers()
    assert (found.module, found.imports, found.problem) == ("shop.ledgers", ("shop",), "")
    assert importlib.import_module(found.module).LIMIT == 3


def test_a_folder_brings_all_its_files(tmp_path: Path) -> None:
    """But for those whose names begin with an underscore; one that is named twice comes once."""
    folder = project(tmp_path, {"first": LEDGER, "second": LEDGER, "_private": LEDGER})
    take_in([f"locks={folder}", f"locks={folder / 'first.py'}"])

    assert [one.name for one in of_the_readers()] == ["first", "second"]


@pytest.mark.parametrize(
    ("stem", "mistake"),
    [
        ("asyncio_lock", "there is another asyncio_lock in locks: rename one of them"),
        ("queue", "under the name queue: rename yours"),
        ("my-lock", "my-lock is no name that Python can import: rename it to letters, digits and underscores"),
    ],
)
def test_a_name_that_is_taken_is_a_mistake(tmp_path: Path, stem: str, mistake: str) -> None:
    """Its own, and of nobody else: the line names the file, and what to do."""
    path = tmp_path / f"{stem}.py"
    path.write_text(LEDGER)
    take_in([f"locks={path}"])

    (found,) = of_the_readers()
    assert found.problem.startswith(f"{path}: ")
    assert found.problem.endswith(mistake)
    assert all(one.problem == "" for one in patterns.alternatives("locks") if one is not found)


def test_an_installed_copy_is_no_file_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python would measure the copy: the line says where that is, and both ways out."""
    theirs = project(tmp_path / "site", {"bazaar/__init__": "", "bazaar/stalls": LEDGER}) / "bazaar" / "stalls.py"
    yours = project(tmp_path / "project", {"bazaar/__init__": "", "bazaar/stalls": LEDGER}) / "bazaar" / "stalls.py"
    monkeypatch.syspath_prepend(theirs.parents[1])
    take_in([f"locks={yours}"])

    (found,) = of_the_readers()
    told = f"Python imports {theirs} in its place: include that, or install yours with pip install --editable"
    assert found.problem == f"{yours}: {told}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{}/mine.py", "--include '{}/mine.py' is not FAMILY=PATH: write one such as locks=../app/locking.py"),
        ("locks=", "--include 'locks=' is not FAMILY=PATH: write one such as locks=../app/locking.py"),
        ("lock={}/mine.py", "--include lock=...: no family 'lock' (did you mean locks?)"),
        ("locks={}/min.py", "--include locks={}/min.py: there is no Python file {}/min.py"),
        ("locks={}/notes.txt", "--include locks={}/notes.txt: there is no Python file {}/notes.txt"),
        ("locks={}/empty", "--include locks={}/empty: there is no Python file in {}/empty"),
    ],
)
def test_what_cannot_be_included_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    """It says what was wrong and what to write."""
    project(tmp_path, {"mine": LEDGER})
    (tmp_path / "notes.txt").touch()
    (tmp_path / "empty").mkdir()

    with pytest.raises(UnknownNameError) as told:
        take_in([text.replace("{}", str(tmp_path))])

    assert str(told.value) == line.replace("{}", str(tmp_path))
