"""Files and families with one mistake each: a line says so in every command, and good neighbours are unaffected."""

import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from results.record import Run, read, run_directories
from results.safety import SafetyRecord
from results.safety import read as read_safety
from tests.conftest import ROOT, Command, project_with
from tests.reports.parsed import built_of, page, text_of

PLANTED = ROOT / "tests" / "mistaken" / "patterns"


def said_of(path: Path) -> str:
    """The line that a planted mistake is to have, which stands in its file."""
    return path.read_text(encoding="utf-8").partition("# => ")[2].strip()


FILES = {path.stem: line for path in sorted(PLANTED.glob("echo/[a-z]*.py")) if (line := said_of(path))}
FAMILIES = {path.parent.name: line for path in sorted(PLANTED.glob("*/__init__.py")) if (line := said_of(path))}
IMPORTS = {name for name, line in FILES.items() if "cannot be imported" in line}
OFFERS = {name for name, line in FILES.items() if "offers none" in line}
NOT_HERE = "not here: no-such-distribution is not installed: echo/needs_a_package@"
GOOD = ("assigned", "imported", "plain_asyncio")
LINES = {name: f"patterns/echo/{name}.py: {line}" for name, line in FILES.items()}
MISTAKES = sorted([*FAMILIES.values(), *(line for name, line in LINES.items() if name not in IMPORTS)])
SHORT = ["--seeds", "2", "--hang-limit", "2"]


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose families and alternatives have a mistake each, but for a few good ones."""
    root = project_with("mistaken", tmp_path_factory.mktemp("mistaken"))
    shutil.copytree(ROOT / "tests" / "planted" / "benchmarks", root / "benchmarks", dirs_exist_ok=True)
    return root


def check(root: Path, command: Command, *arguments: str) -> "CompletedProcess[str]":
    """Check the project."""
    return command(root, "benchmarks", "check", *SHORT, *arguments)


@pytest.fixture(scope="module")
def checked(mistaken: Path, command: Command) -> tuple["CompletedProcess[str]", SafetyRecord]:
    """All of it checked once, on one loop."""
    done = check(mistaken, command, "--backend", "asyncio", "--output", "found.json")
    return done, read_safety(mistaken / "found.json")


@pytest.fixture(scope="module")
def measured(mistaken: Path, command: Command) -> tuple["CompletedProcess[str]", Run]:
    """All of it measured once, on one loop."""
    options = ["--preset", "smoke", "--seeds", "0", "--backend", "asyncio"]
    done = command(mistaken, "benchmarks", "run", *options)
    return done, read(next(run_directories(mistaken / "results")))


def times_said(lines: list[str], said: str) -> dict[str, int]:
    """How often each line was said."""
    return {line: said.splitlines().count(line) for line in lines}


def test_check_says_each_mistake_once(checked: tuple["CompletedProcess[str]", SafetyRecord]) -> None:
    """One line for each file and family, none of them a traceback, and what is not here is no mistake."""
    done, _ = checked

    assert done.returncode == 1
    assert set(times_said([*FAMILIES.values(), *LINES.values()], done.stderr).values()) == {1}
    assert done.stderr.count(NOT_HERE) == 1
    assert "Traceback" not in done.stdout + done.stderr


def test_good_neighbours_are_asked(checked: tuple["CompletedProcess[str]", SafetyRecord]) -> None:
    """What is imported or assigned is asked like what is defined; nobody else passes anything."""
    states = {(entry["alternative"], entry["state"]) for entry in checked[1]["findings"]}

    assert {name for name, state in states if state == "pass"} == set(GOOD)
    assert {state for name, state in states if name in GOOD} == {"pass", "not applicable"}
    assert {state for name, state in states if name in FILES} == {"not tested", "not applicable"}


def test_a_record_of_findings_says_why_nothing_was_asked(
    checked: tuple["CompletedProcess[str]", SafetyRecord],
) -> None:
    """Once for each alternative and loop, and once for each family."""
    unasked = checked[1].get("unasked", [])
    kinds = {**dict.fromkeys(FILES, "mistake"), **dict.fromkeys(IMPORTS, "not imported"), "needs_a_package": "not here"}
    kinds |= dict.fromkeys(OFFERS, "not offered")

    assert {one["alternative"]: one["state"] for one in unasked if one["alternative"]} == kinds
    assert {one["family"]: one["reason"] for one in unasked if not one["alternative"]} == FAMILIES
    assert len(unasked) == len(kinds) + len(FAMILIES)


def test_run_says_each_mistake_once(measured: tuple["CompletedProcess[str]", Run]) -> None:
    """Before it measures; what fails while it is measured has one line for all its rows."""
    done, _ = measured
    failed = [line for line in done.stderr.splitlines() if line.startswith("failed: ")]

    assert done.returncode == 1
    assert set(times_said(MISTAKES, done.stderr).values()) == {1}
    assert done.stderr.count(NOT_HERE) == 1
    assert sorted(line.partition("/numbers/")[2].partition("@")[0] for line in failed) == sorted(IMPORTS)
    assert "Traceback" not in done.stderr


def test_good_neighbours_are_measured(measured: tuple["CompletedProcess[str]", Run]) -> None:
    """What is imported or assigned has a time like what is defined; the others are rows with the reason."""
    _, run = measured
    (comparison,) = run.suite["comparisons"]
    rows = {row["alternative"]: (row["state"], row["reason"]) for row in run.suite["absences"]}

    assert {label.partition("@")[0].partition("#")[0] for label in comparison["loops"]} == set(GOOD)
    assert rows["forgets_a_field"] == ("mistake", LINES["forgets_a_field"])
    assert rows["nothing"] == ("not offered", "offers none of echo, whisper")
    assert rows["needs_a_package"] == ("not here", "no-such-distribution is not installed")


def test_the_page_says_each_mistake(measured: tuple["CompletedProcess[str]", Run], tmp_path: Path) -> None:
    """On its first page all of them, also of families that have no page; in a family's tables at their rows."""
    folder = built_of(measured[1], tmp_path)
    index, family = page(folder, "index.html"), page(folder, "families/echo.html")

    assert [
        line for line in MISTAKES if line not in [text_of(item) for item in index.xpath("//*[@role='note']//li")]
    ] == []
    assert [
        line for name, line in LINES.items() if name not in {*IMPORTS, *OFFERS} and line not in text_of(family)
    ] == []
    assert "not offered: offers none of echo, whisper" in text_of(family)
    assert "no-such-distribution is not installed" not in text_of(index.xpath("//*[@role='note']")[-1])


def test_list_says_each_mistake_once(mistaken: Path, command: Command) -> None:
    """Families without a mistake are listed, with all of their files; the exit code says that there is a mistake."""
    done = command(mistaken, "benchmarks", "list")

    assert done.returncode == 1
    assert set(times_said(MISTAKES, done.stderr).values()) == {1}
    assert {"forgets_a_comma", "plain_asyncio"} <= set(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--alternative", "plain_asyncio"], 0, ""),
        (["--alternative", "needs_a_package"], 1, NOT_HERE),
        (["--alternative", "needs_*"], 0, NOT_HERE),
        (["--alternative", "needs_*", "--alternative", "plain*"], 0, NOT_HERE),
        (["--alternative", "needs_a_package", "--alternative", "plain*"], 1, NOT_HERE),
        (["--alternative", "nothing"], 1, LINES["nothing"]),
        (["--alternative", "noth*"], 1, LINES["nothing"]),
        (["--alternative", "forgets_a_field"], 1, LINES["forgets_a_field"]),
        (["--alternative", "imports_what_exits"], 1, LINES["imports_what_exits"]),
    ],
)  # fmt: skip
def test_the_exit_code_of_a_check_says_whether_all_that_was_named_was_asked(
    mistaken: Path, command: Command, arguments: list[str], code: int, line: str
) -> None:
    """A mistake is one wherever it is met; what is not here is missed only by who asks for it by its name."""
    done = check(mistaken, command, "--family", "echo", "--backend", "asyncio", *arguments)

    assert (done.returncode, done.stderr.count(line) == 1 or not line) == (code, True), done.stderr


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_with_a_mistake_cannot_be_checked_or_measured(mistaken: Path, command: Command, family: str) -> None:
    """One line, and the exit code 1."""
    commands = (["check"], ["run", "--preset", "smoke"], ["run", "--preset", "smoke", "--workload", "numbers"])
    ends = [command(mistaken, "benchmarks", *words, "--family", family) for words in commands]

    assert [(done.returncode, done.stderr.splitlines()[-1]) for done in ends] == [(1, FAMILIES[family])] * 3


@pytest.mark.parametrize("name", ["forgets_a_field", "nothing", "needs_a_package"])
def test_what_cannot_be_asked_is_not_measured_in_vain(mistaken: Path, command: Command, name: str) -> None:
    """Asked for by its name, it ends the run before its baseline has been measured for nothing."""
    results = mistaken / f"results-of-{name}"
    options = ["--preset", "smoke", "--family", "echo", "--backend", "asyncio", "--results", str(results)]
    done = command(mistaken, "benchmarks", "run", *options, "--alternative", name)

    assert (done.returncode, done.stderr.count("\n"), results.exists()) == (1, 1, False)


@pytest.mark.parametrize(
    ("variant", "line"),
    [
        ("echo/numbers/forgets_a_field@asyncio", LINES["forgets_a_field"]),
        ("echo/numbers/nothing@asyncio", "offers none of echo, whisper"),
        ("echo/numbers/needs_a_package@asyncio", "no-such-distribution is not installed"),
        ("unfinished/numbers/plain_asyncio@asyncio", FAMILIES["unfinished"]),
    ],
)
def test_a_worker_refuses_what_cannot_be_asked(mistaken: Path, command: Command, variant: str, line: str) -> None:
    """One variant alone has the same line as all of them, and no other."""
    done = command(mistaken, "benchmarks.worker", variant)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.endswith(f"error: {line}\n")
