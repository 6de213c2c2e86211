"""Every command that a document shows, or that a run prints, works as it is written.

tox itself is not called: a test would build its environments anew. What it would run is read from tox.ini and run here.
"""

import configparser
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from benchmarks import __main__ as benchmarks_command
from benchmarks.plan import environments as environments_of_runs
from patterns import included
from reports import __main__ as reports_command
from tests.conftest import ROOT, Command

DOCUMENTS = ("README.md", "METHODOLOGY.md", "CONTRIBUTING.md", "BIAS.md")
PLACEHOLDERS = {
    "<machine>/<earlier run>": "reference/2026-11-28T115402",
    "<machine>/<later run>": "reference/2026-11-28T115402",
    "FAMILY/WORKLOAD/ALTERNATIVE@LOOP": "locks/contended/asyncio_lock@asyncio",
    "<family>": "locks",
    "../app/locking.py": "tests/broken/locks/correct.py",
    "-k locking": "-k correct",
    "<name>": "own_lock",
    "RUN": "2026-11-28T115402",
    ".tox/py311/bin/python": sys.executable,
    ".tox/py313/bin/python": sys.executable,
    "anyio==4.9.0": sys.executable,  # how the two are made is tested where that is
    "git:HEAD~1": sys.executable,
}
# What these run is tested by running them; how a run is gone on with is tested where runs are stopped.
SUITE = {"py311", "py313", "lint", "types", "thorough"}
# What tox takes for one of its own commands wherever it stands on the line: `tox -qe run` has an -e without a name.
TAKEN = {"config", "depends", "devenv", "exec", "legacy", "list", "man", "quickstart", "run", "run-parallel", "schema"}
TAKEN |= {"c", "d", "de", "e", "l", "le", "p", "q", "r"}
# Tested by what is installed then, and by hosts with that certificate.
ELSEWHERE = ('pip install "./loopmark[locks]"', "openssl ")
LENGTHY = (
    "benchmarks.studies.",
    "tests.unnoticed",
)  # minutes or hours: whether their options are understood is asked with --help
LASTING = {("dask", "scheduler"), ("benchmarks", "serve")}  # until somebody ends them: likewise
THEIRS = {"--adapter", "--editable", "--fast", "--notest", "--protocol"}  # of bencher, pip, pyperf, tox, Dask
BRIEF = {"benchmarks.worker": ["--processes=1", "--values=1", "--warmups=0", "--loops=1"]}


def shown(document: str) -> Iterator[str]:
    """The commands of a document: lines behind a prompt, and code that begins like one."""
    text = (ROOT / document).read_text(encoding="utf-8")
    yield from re.findall(r"^\$ (?:[A-Z_]+=\S+ )?(.+)$", text, re.MULTILINE)
    yield from re.findall(r"`((?:tox|python -m|loopmark) [^`]+)`", text.replace("\n", " "))


def environments() -> configparser.ConfigParser:
    """tox.ini as it is."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini")
    return parser


def tox_runs(written: str) -> tuple[str, list[str]]:
    """The environment that a tox command names, and the first thing that runs in it, with what follows ``--``."""
    written = filled_in(written)
    own, _, passed_on = written.partition(" -- ")
    words = shlex.split(own, comments=True)
    names = [words[place + 1] for place, word in enumerate(words) if word in ("-e", "-qe")]
    name = names[0] if names else ""
    section = f"testenv:{name}"
    assert not name or name.startswith("py3") or section in environments(), f"tox.ini has no {name}"
    if section not in environments():
        return name, []
    line = environments()[section]["commands"].strip().splitlines()[0]
    return name, shlex.split(re.sub(r"\{posargs[^}]*\}", "", line)) + shlex.split(passed_on, comments=True)


def filled_in(written: str) -> str:
    """A command with something real for each of its placeholders; what is real may look like another one."""
    return re.sub("|".join(map(re.escape, PLACEHOLDERS)), lambda found: PLACEHOLDERS[found[0]], written)


def program_runs(written: str) -> tuple[str, list[str]]:
    """The module whose command the installed program runs, and its arguments."""
    written = filled_in(written)
    _, name, *words = shlex.split(written, comments=True)
    if name == "report":
        return "reports", ["build", *words]
    read = {one.callback.__name__ for one in reports_command.app.registered_commands if one.callback}
    return "reports" if name in read else "benchmarks", [name, *words]


def test_no_environment_is_called_like_a_command_of_tox() -> None:
    """Whoever names it would get that command's usage."""
    names = {section.partition(":")[2] for section in environments().sections() if section.startswith("testenv:")}

    assert "loopmark" in names
    assert not names & TAKEN


COMMANDS = sorted({written: document for document in DOCUMENTS for written in shown(document)}.items())


def test_documents_show_commands() -> None:
    """The test reads something."""
    assert {document for _, document in COMMANDS} >= {"README.md", "METHODOLOGY.md", "CONTRIBUTING.md"}


@pytest.mark.parametrize(("written", "document"), COMMANDS)
def test_a_command_works_as_it_is_written(
    written: str, document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    """In a fresh clone, where nothing is installed but tox, or in an environment where we are."""
    if written.startswith(ELSEWHERE):
        return
    if written.startswith("loopmark "):
        module, arguments = program_runs(written)
    else:
        assert written.startswith("tox"), f"{document}: outside of tox's environment nothing that we need is installed"
        name, runs = tox_runs(written)
        if name in SUITE or not runs or "--resume" in runs:
            return
        module, *arguments = runs[runs.index("-m") + 1 :]
    if arguments[:1] == ["new"]:
        arguments += ["--output", str(tmp_path)]
    arguments = [argument for argument in arguments if "{" not in argument and argument != "--recorded-in"]
    if (module, arguments[:1]) in (("benchmarks", ["run"]), ("benchmarks", ["check"])):
        begins(arguments, tmp_path, monkeypatch)
        return
    if module == "reports" and arguments[0] == "export":
        writes_its_file(arguments, tmp_path, monkeypatch)
        return
    if module == "reports" and arguments[0] in ("build", "compare"):
        finds_its_runs(arguments, monkeypatch)
        return
    if (module, arguments[:1]) == ("benchmarks", ["quick"]):
        arguments.append("--collect-only")
    if module.startswith(LENGTHY) or (module, *arguments[:1]) in LASTING:
        arguments.append("--help")
    done = command(ROOT, module, *arguments, *BRIEF.get(module, []))

    assert done.returncode == 0, f"{document}: {written}: {done.stderr}"


def options_of(app: typer.Typer) -> set[str]:
    """What the commands of one of ours take."""
    return {
        word for one in typer.main.get_group(app).commands.values() for option in one.params for word in option.opts
    }


@pytest.mark.parametrize("document", [*DOCUMENTS, "CHANGELOG.md"])
def test_an_option_that_a_document_names_is_one(document: str) -> None:
    """Of ours, or of the program that it is written behind."""
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (ROOT / document).read_text(encoding="utf-8")))
    ours = set().union(*map(options_of, (benchmarks_command.app, reports_command.app)))

    assert named - ours - THEIRS == set()


def begins(arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run or a check begin, with all its names and numbers understood, and end before anything is measured."""
    monkeypatch.setenv(included.VARIABLE, "")
    monkeypatch.setenv(environments_of_runs.VARIABLE, "[]")
    monkeypatch.setattr(benchmarks_command, "checked", lambda _, safety: bool(safety["findings"].append({})))
    monkeypatch.setattr(benchmarks_command, "carried_out", lambda job, *_: 0 if job.plan.comparisons else 1)
    monkeypatch.setattr(benchmarks_command, "report", lambda *_: 0)
    monkeypatch.setattr(benchmarks_command, "reached", nullcontext)  # no scheduler, wherever it is
    monkeypatch.setattr(benchmarks_command, "hosts_for", lambda *_: None)
    monkeypatch.setattr(benchmarks_command, "kinds_of", lambda *_, **__: [None])
    monkeypatch.setattr("benchmarks.plan.services.start", lambda _: None)
    arguments = [*arguments, "--results", str(folder)] if arguments[0] == "run" else arguments
    result = CliRunner().invoke(benchmarks_command.app, arguments)

    assert result.exit_code == 0, result.stderr


def writes_its_file(arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an export write into another folder."""
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(reports_command.app, arguments)

    assert (result.exit_code, len([*folder.iterdir()])) == (0, 1), result.stderr


def finds_its_runs(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a report read the runs that it is asked for, and end before anything is drawn."""
    drawn: list[object] = []

    def draw(*of: object, **how: object) -> SimpleNamespace:
        drawn.append(of)
        return SimpleNamespace(problems=(), listings=(), rest=(), failures=(), resolve=lambda: ROOT)

    monkeypatch.setattr(reports_command, "report", draw)
    monkeypatch.setattr(reports_command, "compared", draw)
    result = CliRunner().invoke(reports_command.app, arguments)

    assert (result.exit_code, len(drawn)) == (0, 1), result.stderr
