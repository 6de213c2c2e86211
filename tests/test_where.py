"""No Python leaves the suite unnoticed, and what is left out on some has its place on another."""

import configparser
import tomllib
from dataclasses import replace

import pytest
from packaging.specifiers import SpecifierSet

import patterns
from benchmarks.plan.availability import applies
from benchmarks.plan.backends import BACKENDS, can_run
from tests import where
from tests.where import LIBRARIES, ON_ONE_PYTHON, PYTHONS, ROOT


def test_tox_runs_every_python() -> None:
    """From the oldest that the project allows to the newest, without a gap, each with all of the tests."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {f"py{major}{minor}" for major, minor in PYTHONS}
    listed = {name.strip() for name in tox["tox"]["env_list"].split(",")}
    allowed = SpecifierSet(project["requires-python"])

    assert {name for name in listed if name.startswith("py")} == names
    assert [minor for _, minor in PYTHONS] == list(range(PYTHONS[0][1], PYTHONS[-1][1] + 1))
    assert f"3.{PYTHONS[0][1]}" in allowed
    assert f"3.{PYTHONS[0][1] - 1}" not in allowed
    assert tox["testenv"]["commands"] == "pytest --numprocesses logical {posargs}"
    assert not {f"testenv:{name}" for name in names} & set(tox.sections())


@pytest.mark.parametrize("glob", ON_ONE_PYTHON)
def test_what_is_for_one_python_is_there(glob: str) -> None:
    """A line that has lost its file would leave out another that comes by its name."""
    assert list(ROOT.glob(glob))


def test_every_loop_and_module_has_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest Python leaves nothing out; on the others each library is asked on its own loop."""
    modules = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/**/test_*.py")]
    monkeypatch.setattr(where, "NEWEST", True)

    assert where.schedules().keys() == BACKENDS.keys()
    assert all(map(where.here, modules))
    assert all(map(where.points, BACKENDS))

    monkeypatch.setattr(where, "NEWEST", False)
    monkeypatch.setattr(where, "EVERYTHING", False)

    assert [loop for loop in BACKENDS if where.points(loop)] == [loop for loop in BACKENDS if loop in LIBRARIES]
    assert {"tests/test_safety.py", "tests/test_contracts.py", "tests/test_where.py"} <= set(
        filter(where.here, modules)
    )


VERSIONS = {(3, 11, 2): {}, (3, 11, 7): {}, (3, 12, 1): {"BETWEEN": True}, (3, 13, 0): {"NEWEST": True}}


def test_whatever_is_declared_is_seen_on_some_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a loop of each library at least; and so is what breaks on another loop of an older Python alone."""
    every = [one for family in patterns.families() for one in patterns.alternatives(family)]
    declared = {(one.module, failure) for one in every for failure in one.known_failures}
    here = [(one, loop) for one in every for loop in BACKENDS if can_run(one.library, BACKENDS[loop])]
    for version, kind in VERSIONS.items():
        monkeypatch.setattr("sys.version_info", (*version, "final", 0))
        for name in ("EVERYTHING", "BETWEEN", "NEWEST"):
            monkeypatch.setattr(where, name, name in kind)
        asked = [(one, loop) for one, loop in here if loop in where.schedules() and where.asked(one, loop)]
        declared -= {
            (one.module, failure) for one, loop in asked for failure in one.known_failures if applies(failure, loop)
        }

    assert declared == set()


def test_other_loops_and_older_pythons_are_asked_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not declared to fail, which has to be found; on a loop who waits for a server, too; on demand nobody."""
    one = next(entry for entry in patterns.alternatives(patterns.families()[0]) if entry.library == "asyncio")
    declared = (patterns.KnownFailure("a", "", "b"), patterns.KnownFailure("c", "", "d", backends="asyncio*"))
    plain = replace(one, kind="idiom", known_failures=())
    failing, own = replace(plain, known_failures=declared), replace(plain, kind="own")
    served = replace(failing, services=("redis",))
    monkeypatch.setattr(where, "EVERYTHING", False)
    monkeypatch.setattr(where, "BETWEEN", False)
    monkeypatch.setattr(where, "NEWEST", True)

    assert [where.briefly(entry, "asyncio", "a") for entry in (plain, failing, served, own)] == [True, *[False] * 3]
    assert [where.briefly(entry, "uvloop", "a") for entry in (plain, failing, own)] == [True, False, True]
    promises = [str(number) for number in range(300)]
    some = [promise for promise in promises if where.drawn(plain, "asyncio", promise)]
    others = [promise for promise in promises if where.drawn(replace(plain, name="x"), "asyncio", promise)]
    assert 60 < len(some) < 140 > len(others) > 60 > len({*some} & {*others})
    assert not any(where.drawn(plain, "uvloop", promise) for promise in promises)
    assert [where.briefly(failing, "uvloop", promise) for promise in "abc"] == [False, True, True]
    assert [where.asked(entry, "uvloop") for entry in (plain, failing, served)] == [True, True, False]
    assert where.asked(served, "asyncio")

    monkeypatch.setattr(where, "NEWEST", False)

    assert not any(where.drawn(plain, "asyncio", promise) for promise in promises)
    assert [where.briefly(entry, "asyncio", "a") for entry in (plain, failing, own)] == [True, False, False]
    assert [where.briefly(failing, "asyncio", promise) for promise in "abc"] == [False, True, False]

    monkeypatch.setattr(where, "EVERYTHING", True)

    assert not where.briefly(plain, "asyncio", "a")
    assert not where.briefly(plain, "uvloop", "a")
    assert where.asked(served, "uvloop")


def test_between_two_pythons_whoever_differs_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own, too; of the others the oldest and the newest hear, and on demand every Python."""
    one = next(entry for entry in patterns.alternatives(patterns.families()[0]) if entry.library == "asyncio")
    plain = replace(one, kind="idiom", pythons=(), known_failures=(patterns.KnownFailure("a", "", "b"),))
    differing = [
        replace(plain, kind="own"),
        replace(plain, pythons=(patterns.Pythons(">=3.12"),)),
        replace(plain, known_failures=(patterns.KnownFailure("a", "<3.13", "b"),)),
    ]
    monkeypatch.setattr(where, "EVERYTHING", False)
    monkeypatch.setattr(where, "BETWEEN", True)

    assert [where.asked(entry, "asyncio") for entry in (plain, *differing)] == [False, True, True, True]
    assert [where.answering(entry, "asyncio") for entry in (plain, *differing)] == [False, True, True, True]

    monkeypatch.setattr(where, "BETWEEN", False)

    assert where.answering(plain, "asyncio")

    monkeypatch.setattr(where, "BETWEEN", True)

    monkeypatch.setattr(where, "BETWEEN", False)

    assert where.asked(plain, "asyncio")

    monkeypatch.setattr(where, "BETWEEN", True)
    monkeypatch.setattr(where, "EVERYTHING", True)

    assert where.asked(plain, "asyncio")
