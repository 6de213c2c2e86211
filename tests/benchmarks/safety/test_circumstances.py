"""Whatever an answer depends on asks again when it changes; what it does not depend on asks nothing."""

import json
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.plan import services
from benchmarks.plan.filters import Filters
from benchmarks.plan.promises import Promise
from benchmarks.safety import circumstances
from benchmarks.safety.conformance import Inquiry, subjects
from tests.benchmarks.safety.conftest import Checker, gives_back


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Install distributions of one module in a folder of their own, or others in their place."""
    monkeypatch.syspath_prepend(tmp_path / "site")

    def put(name: str, version: str, needs: str = "", record: str = "", origin: object = None) -> None:
        folder = tmp_path / "site" / f"{name}.dist-info"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"Name: {name}", f"Version: {version}", *([f"Requires-Dist: {needs}"] if needs else [])]
        (folder / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines, "", ""]), encoding="utf-8")
        (folder / "RECORD").write_text(record or f"{name}_module/__init__.py,,\n", encoding="utf-8")
        if origin is not None:
            (folder / "direct_url.json").write_text(json.dumps(origin), encoding="utf-8")
        circumstances.package.cache_clear()

    yield put
    circumstances.package.cache_clear()


def with_source(checker: Checker, source: str) -> None:
    """Write the alternative anew."""
    (checker.root / "patterns/echo/plain.py").write_text(source, encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "patterns/echo/plain.py",
        "patterns/echo/__init__.py",
        "patterns/__init__.py",
        "benchmarks/families/echo/promises.py",
        "benchmarks/families/echo/scene.py",
        "benchmarks/safety/trials.py",
        "benchmarks/plan/backends.py",
        "benchmarks/engine/guard.py",
        "results/safety.py",
    ],
)
def test_a_changed_byte_asks_again_and_the_old_one_does_not(checker: Checker, name: str) -> None:
    """The alternative, its family's contract and room, the harness: two versions, each known when it comes back."""
    path = checker.root / name
    before = path.read_bytes()
    asked = [checker.asks(), checker.asks()]
    path.write_bytes(before.replace(b"says", b"said"))
    asked += [checker.asks(), checker.asks()]
    path.write_bytes(before)

    assert [*asked, checker.asks()] == [True, False, True, False, False]


@pytest.mark.parametrize(
    "name",
    [
        "patterns/echo/other.py",
        "patterns/pulse/__init__.py",
        "benchmarks/families/pulse/promises.py",
        "benchmarks/studies/replay.py",
    ],
)
def test_code_that_takes_no_part_asks_nothing(checker: Checker, name: str) -> None:
    """A neighbour, another family, a study."""
    asked = [checker.asks()]
    (checker.root / name).write_text("changed = True\n", encoding="utf-8")

    assert [*asked, checker.asks()] == [True, False]


def test_a_byte_that_no_text_shows_is_a_changed_byte(checker: Checker) -> None:
    """Sources are hashed as they are, not as they are read."""
    path = checker.root / "patterns/echo/plain.py"
    path.write_bytes(b"# \xfe\n")
    asked = [checker.asks()]
    path.write_bytes(b"# \xff\n")

    assert [*asked, checker.asks()] == [True, True]


@pytest.mark.parametrize(
    "changes",
    [{"seeds": 5}, {"hang_limit": 1.0}, {"memory_limit": 2**20}],
    ids=lambda changes: next(iter(changes)),
)
def test_another_way_of_asking_asks_again(checker: Checker, changes: dict[str, int]) -> None:
    """More seeds are other trials; another limit may end another process."""
    assert [checker.asks(), checker.asks(**changes), checker.asks(), checker.asks(**changes)] == [
        True,
        True,
        False,
        False,
    ]


def test_how_many_processes_ask_and_for_how_long_changes_nothing(checker: Checker) -> None:
    """An answer that was given in time is one."""
    assert [checker.asks(), checker.asks(jobs=7, seconds=1.0)] == [True, False]


def test_other_promises_are_asked(checker: Checker) -> None:
    """What trials leave behind is watched for over all of them, so a part of the answers is not theirs."""
    part = replace(checker, promises=(Promise(gives_back),))

    assert [checker.asks(), part.asks(), checker.asks(), part.asks()] == [True, True, False, False]


def test_every_alternative_and_loop_has_its_own(checker: Checker) -> None:
    """The same source on another loop, or under another name, is another subject."""
    asked = [replace(checker, backend=backend).asks() for backend in ("asyncio", "trio", "asyncio", "trio")]

    assert asked == [True, True, False, False]
    assert [replace(checker, name="other").asks(), replace(checker, name="other").asks()] == [True, False]


@pytest.mark.parametrize(
    ("place", "name", "value"),
    [
        (platform, "python_version", lambda: "3.99.0"),
        (sys, "version", f"{sys.version} (another build)"),
        (sys, "flags", "optimize=2"),
    ],
)
def test_another_python_asks_again(
    checker: Checker, monkeypatch: pytest.MonkeyPatch, place: object, name: str, value: object
) -> None:
    """Down to its build and the way it was started; the first one's answers stay."""
    asked = [checker.asks()]
    with monkeypatch.context() as other:
        other.setattr(place, name, value)
        asked += [checker.asks(), checker.asks()]

    assert [*asked, checker.asks()] == [True, True, False, False]


def test_a_variable_that_trials_see_asks_again(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that they do not see asks nothing."""
    asked = [checker.asks()]
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    asked += [checker.asks()]
    monkeypatch.setenv("PYTHONPATH", "elsewhere")

    assert [*asked, checker.asks()] == [True, False, True]


def test_another_version_asks_again(checker: Checker, install: Callable[..., None]) -> None:
    """Of what the alternative requires, and of what that needs in turn; of nothing else."""
    with_source(checker, 'import outer_module\n\nREQUIRES = ("outer>=1",)\n')
    install("outer", "1.0", needs="inner")
    install("inner", "1.0")
    install("stranger", "1.0")
    asked = [checker.asks(), checker.asks()]
    install("stranger", "2.0")
    asked += [checker.asks()]
    install("inner", "1.1")
    asked += [checker.asks(), checker.asks()]
    install("outer", "1.1", needs="inner")
    asked += [checker.asks()]
    install("outer", "1.0", needs="inner")
    install("inner", "1.0")

    assert [*asked, checker.asks()] == [True, False, False, True, False, True, False]


def test_what_an_extra_brings_is_part_of_it(checker: Checker, install: Callable[..., None]) -> None:
    """A requirement counts where its marker says so."""
    with_source(checker, 'REQUIRES = ("outer[fast]",)\n')
    install("outer", "1.0", needs='inner ; extra == "fast"')
    install("inner", "1.0")
    asked = [checker.asks()]
    install("inner", "1.1")
    asked += [checker.asks()]
    with_source(checker, 'REQUIRES = ("outer",)\n')
    asked += [checker.asks()]
    install("inner", "1.2")

    assert [*asked, checker.asks()] == [True, True, True, False]


def test_a_package_from_a_folder_is_known_by_its_files(checker: Checker, install: Callable[..., None]) -> None:
    """Its version may stay the same while its code does not."""
    with_source(checker, 'REQUIRES = ("outer",)\n')
    origin = {"url": "file:///somewhere", "dir_info": {}}
    install("outer", "1.0", record="outer.py,sha256=one,1\n", origin=origin)
    asked = [checker.asks(), checker.asks()]
    install("outer", "1.0", record="outer.py,sha256=two,1\n", origin=origin)

    assert [*asked, checker.asks(), checker.asks()] == [True, False, True, False]


def test_a_package_under_development_is_asked_each_time(checker: Checker, install: Callable[..., None]) -> None:
    """Nothing shows what an editable one has become."""
    with_source(checker, 'REQUIRES = ("outer",)\n')
    install("outer", "1.0", origin={"url": "file:///somewhere", "dir_info": {"editable": True}})

    assert [checker.asks(), checker.asks(), checker.files()] == [True, True, []]


def test_a_module_of_unknown_origin_is_asked_each_time(checker: Checker, install: Callable[..., None]) -> None:
    """What an alternative imports must be its library, or belong to what it requires."""
    install("outer", "1.0")
    with_source(checker, 'import asyncio\nimport outer_module\n\nREQUIRES = ("outer",)\n')
    asked = [checker.asks(), checker.asks()]
    with_source(checker, "import outer_module\n")

    assert [*asked, checker.asks(), checker.asks()] == [True, False, True, True]


def test_a_package_that_nobody_declares_is_known_by_its_own_name(
    checker: Checker, install: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What measuring itself needs is here anyway; a module of the reader's own that is called alike is not it."""
    with_source(checker, "import outer\n")
    for folder in ("site-packages", "own"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "outer.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    install("outer", "1.0", record="outer.py,,\n", needs="inner")
    install("inner", "1.0")
    asked = [checker.asks(), checker.asks()]
    install("inner", "1.1")
    asked += [checker.asks(), checker.asks()]
    monkeypatch.syspath_prepend(tmp_path / "own")

    assert [*asked, checker.asks(), checker.asks()] == [True, False, True, False, True, True]


def test_nobody_of_ours_is_asked_each_time() -> None:
    """Each alternative that can run here has circumstances: what it imports is known by a version."""
    found = subjects(Inquiry(Filters()))
    unknown = {one.label for one in found if one.todo and not circumstances.circumstances(one, Inquiry(Filters()), "")}

    assert len(found) > len({one.alternative for one in found})
    assert unknown == set()


def test_another_server_asks_again(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who talk to it; it is not started for that."""
    with_source(checker, 'SERVICES = ("redis",)\n')
    asked = []
    for version in ("7.0", "7.0", "8.0"):
        monkeypatch.setattr(services, "versions", lambda names, version=version: dict.fromkeys(names, version))
        circumstances.servers.cache_clear()
        asked.append(checker.asks())
    circumstances.servers.cache_clear()

    assert asked == [True, False, True]


def test_the_harness_is_part_of_every_alternative_here() -> None:
    """The globs find what they are for."""
    found = {path.name for glob in circumstances.HARNESS for path in circumstances.ROOT.glob(glob)}

    assert found >= {"examination.py", "trials.py", "kept.py", "promises.py", "backends.py", "guard.py", "safety.py"}
