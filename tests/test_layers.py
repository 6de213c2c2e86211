"""Imports run one way, no family is named outside its folders, and the packages under test are the ones beside us."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import patterns
from tests.conftest import ROOT
from tests.layers import FAMILIES, breaches, families_named, imported

PACKAGES = ("patterns", "benchmarks", "results", "reports")
TEMPLATES = (".jinja", ".css", ".js")
HEAVY = {"pandas", "altair", "jinja2"}


def sources(package: str, endings: tuple[str, ...] = (".py",)) -> Iterator[tuple[str, str]]:
    """The files of a package: path relative to the project, and text."""
    for path in sorted((ROOT / package).rglob("*")):
        if path.suffix in endings:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_one_way(package: str) -> None:
    """No module imports one that its room must not know."""
    assert [breach for file in sources(package) for breach in breaches(*file)] == []


def test_no_family_is_named_outside_its_folders() -> None:
    """Whoever adds a family touches nothing but its folders."""
    files = [file for package in PACKAGES[1:] for file in sources(package, (".py", *TEMPLATES))]
    outside = [file for file in files if not file[0].startswith(f"{FAMILIES}/")]

    assert [breach for file in outside for breach in families_named(*file, patterns.families())] == []


@pytest.mark.parametrize(
    ("path", "source", "breach"),
    [
        ("patterns/locks/x.py", "import results.record", "patterns may import patterns"),
        ("patterns/locks/x.py", "from benchmarks.plan import filters", "patterns may import patterns"),
        ("benchmarks/plan/x.py", "from benchmarks.engine.turns import Launch", "benchmarks.plan may import"),
        ("benchmarks/engine/x.py", "import benchmarks.safety", "benchmarks.engine may import"),
        ("benchmarks/engine/x.py", "from benchmarks import safety", "benchmarks.engine may import"),
        ("benchmarks/engine/x.py", "def late():\n    from benchmarks.run import measure", "benchmarks.engine may"),
        ("benchmarks/engine/x.py", "from ..safety import trials", "benchmarks.engine may import"),
        ("benchmarks/safety/x.py", "import benchmarks.run", "benchmarks.safety may import"),
        ("benchmarks/run.py", "from benchmarks.safety.findings import record_of", "benchmarks.run may import"),
        ("benchmarks/recording.py", "from benchmarks.run import Purse", "benchmarks.recording may import"),
        ("benchmarks/run.py", "import benchmarks.job", "benchmarks.run may import"),
        ("benchmarks/job.py", "import benchmarks.studies.replay", "never benchmarks.families, benchmarks.studies"),
        ("benchmarks/job.py", "from benchmarks.families.locks import scene", "never benchmarks.families"),
        ("benchmarks/job.py", "import reports", "benchmarks may import"),
        ("benchmarks/families/locks/x.py", "import benchmarks.families.caches.scene", "benchmarks.families.locks may"),
        ("benchmarks/families/locks/x.py", "from patterns.caches import Cache", "benchmarks.families.locks may import"),
        ("benchmarks/families/locks/x.py", "import benchmarks.engine.blocks", "benchmarks.families.locks may import"),
        ("benchmarks/families/locks/x.py", "from benchmarks.safety import leftovers", "benchmarks.safety.trials"),
        ("benchmarks/studies/x.py", "from benchmarks.families.locks import scene", "never benchmarks.families"),
        ("benchmarks/studies/x.py", "import tests.conftest", "benchmarks.studies may import"),
        ("results/x.py", "import benchmarks", "results may import results"),
        ("reports/reading/x.py", "from reports.views.table import Row", "reports.reading may import"),
        ("reports/views/x.py", "from reports.pages import charts", "reports.views may import"),
        ("reports/views/x.py", "import reports.terminal", "reports.views may import"),
        ("reports/pages/x.py", "import reports.terminal", "reports.pages may import"),
        ("reports/terminal.py", "import benchmarks.plan", "reports may import reports, results"),
        ("reports/views/x.py", "import patterns", "reports.views may import"),
    ],
)
def test_a_wrong_import_is_named(path: str, source: str, breach: str) -> None:
    """One sentence: the file, what it imports, and what its room may import."""
    (told,) = breaches(path, source)

    assert told.startswith(f"{path} imports ")
    assert breach in told


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("patterns/locks/x.py", "import asyncio\nfrom patterns.locks import Ledger"),
        ("benchmarks/engine/x.py", "from benchmarks.plan import filters\nimport patterns, results.record"),
        ("benchmarks/engine/x.py", "from . import turns\nfrom ..plan import filters"),
        ("benchmarks/families/locks/x.py", "from benchmarks.safety import trials\nimport patterns.locks"),
        ("benchmarks/families/locks/x.py", "from benchmarks.families.locks.scene import scene"),
        ("benchmarks/job.py", "import benchmarks.run, benchmarks.safety.findings"),
        ("benchmarks/studies/x.py", "import benchmarks.run\nfrom benchmarks.studies.replay import record"),
        ("reports/pages/x.py", "from reports.views.table import Row\nfrom results import record"),
        ("reports/__main__.py", "import reports.terminal, reports.pages.build"),
    ],
)
def test_a_right_import_is_not(path: str, source: str) -> None:
    """What comes before in the row, and what is not ours."""
    assert breaches(path, source) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("benchmarks/run.py", 'FIRST = "locks"'),
        ("benchmarks/run.py", 'f"{where}/locks/contended.json"'),
        ("benchmarks/run.py", 'import_module("benchmarks.families.locks.workloads")'),
        ("benchmarks/run.py", 'fail("try --family=locks instead")'),
        ("benchmarks/run.py", "from patterns import locks"),
        ("benchmarks/run.py", "import patterns.locks.own_lock"),
        ("benchmarks/run.py", "locks = 1"),
        ("benchmarks/run.py", "def locks(): ..."),
        ("benchmarks/run.py", "families.locks.workloads"),
        ("benchmarks/run.py", "import patterns\n\npatterns.locks"),
        ("benchmarks/run.py", "plan(locks=1)"),
        ("reports/pages/templates/family.html.jinja", '<a href="locks.html">all</a>'),
    ],
)
def test_a_family_that_is_named_is_told(path: str, source: str) -> None:
    """As a name or in a string."""
    assert families_named(path, source, ("caches", "locks")) == [
        f"{path} names locks: only the folders of a family may"
    ]


def test_a_borrowed_word_is_no_name() -> None:
    """In the files that call the function whose word it is, and in no other."""
    call = "Worker(resources=1)"

    assert families_named("benchmarks/machines/serving.py", call, ("resources",)) == []
    assert families_named("benchmarks/machines/kinds.py", call, ("resources",)) != []


@pytest.mark.parametrize(
    "source",
    [
        '"""For example ``locks/contended``."""',
        'def run():\n    """For example locks."""',
        "# such as locks/contended",
        'fail("it locks, and holds locks")',
        'LOCK = "asyncio_lock"',
        "locksmith = own_locks = 1",
        'getattr(sys, "locks", None)',
        "import aio.locks\n\naio.locks.Lock()",
        "from aio.locks import Lock",
        'import_module("aio.locks")',
    ],
)
def test_a_word_is_no_name(source: str) -> None:
    """Documents may have examples, and families are called after common words."""
    assert families_named("benchmarks/run.py", source, ("caches", "locks")) == []


@pytest.mark.parametrize("package", ["patterns", "benchmarks", "results"])
def test_a_measuring_process_needs_no_pandas(package: str) -> None:
    """Only the reading side imports pandas: a worker that did would start three times as slowly."""
    heavy = {
        path
        for path, source in sources(package)
        if not path.endswith("/frame.py") and HEAVY & {name.partition(".")[0] for name in imported(path, source)}
    }

    assert set() == heavy


def test_nobody_needs_dask_who_asks_for_no_scheduler() -> None:
    """It is an optional package, and looks at itself many times a second."""
    files = [file for package in PACKAGES for file in sources(package)]
    theirs = {
        path
        for path, source in files
        if {"dask", "distributed"} & {one.partition(".")[0] for one in imported(path, source)}
    }
    call = "import sys, benchmarks.__main__; sys.exit(bool({'dask', 'distributed'} & {*sys.modules}))"

    assert theirs == {
        f"benchmarks/machines/{name}.py" for name in ("dask_settings", "knocking", "serving", "through_dask")
    }
    assert subprocess.run([sys.executable, "-c", call], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("package", PACKAGES)
def test_the_packages_are_ours(package: str) -> None:
    """Four generic names: make sure that no installed package of that name shadows ours."""
    module = importlib.import_module(package)

    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)


@pytest.mark.parametrize("module", ["benchmarks", "reports"])
def test_a_folder_of_the_same_name_hides_nothing_of_ours(tmp_path: Path, module: str) -> None:
    """Whoever calls us from a project with a `results` of its own gets our program, and not a traceback."""
    for name in ("results", "patterns"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('somebody else')\n", encoding="utf-8")
    call = f"import sys; sys.path.insert(1, {str(ROOT)!r}); import runpy; sys.argv = ['x', '--help']; "
    call += f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    done = subprocess.run([sys.executable, "-c", call], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout
