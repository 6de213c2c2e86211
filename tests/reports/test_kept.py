"""Building again what is there: nothing is drawn, everything is said, and whatever has changed is noticed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import reports.pages.build
from reports import kept
from reports.__main__ import app
from reports.pages import maker
from tests.conftest import ROOT

Make = Callable[..., Any]
HEAVY = ("pandas", "altair", "jinja2")
BUILD_HERE = """
import sys
from reports.__main__ import app
app(["build", *sys.argv[1:]], standalone_mode=False)
print("imported:", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.fixture(name="run")
def fixture_run(tmp_path: Path, write: Make, fake: Make) -> Path:
    """A small run with something to tell."""
    run: Path = write(tmp_path / "run", {"usual": fake(), "quick": fake(0.5)}, points=(100,), rounds=2)
    (run / "demo/other.json").write_text("{}", encoding="utf-8")
    return run


@pytest.fixture(name="builds")
def fixture_builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were built, one entry each time."""
    done: list[Path] = []
    build = reports.pages.build.build

    def counted(found: Any, output: Path, drawings: Any) -> Any:
        done.append(output)
        return build(found, output, drawings)

    monkeypatch.setattr(reports.pages.build, "build", counted)
    return done


def report_of(run: Path, output: Path) -> str:
    """Build it as a user does; everything that is said."""
    result = CliRunner().invoke(app, ["build", str(run), "--output", str(output)])
    assert result.exit_code == 0, result.output
    return result.output


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file by its path within a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_nothing_changed_is_not_built_again(run: Path, builds: list[Path], tmp_path: Path) -> None:
    """The same is said, problems included, and the files are those that were there."""
    (run / "machine.json").write_text("{", encoding="utf-8")
    said = report_of(run, tmp_path / "html")
    files = bytes_of(tmp_path / "html")
    again = report_of(run, tmp_path / "html")

    assert builds == [tmp_path / "html"]
    assert said == again
    assert "machine.json: cannot be read" in said
    assert "quick" in said
    assert bytes_of(tmp_path / "html") == files


def test_it_takes_none_of_what_draws(run: Path, tmp_path: Path) -> None:
    """Importing it would take longer than all the rest."""
    report_of(run, tmp_path / "html")
    arguments = [str(run), "--output", str(tmp_path / "html")]
    done = subprocess.run(
        [sys.executable, "-c", BUILD_HERE, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    imported = set(done.stdout.splitlines()[-1].split())

    assert "reports" in imported
    assert imported.isdisjoint(HEAVY)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("run/demo/other.json", "[]"),
        ("run/demo/new.json", "{}"),
        ("run/demo/other.json", None),
        ("html/families/demo.html", "edited"),
        ("html/families/old.html", "of another run"),
        ("html/index.html", None),
        ("html/data/suite.json.gz", None),
        ("html/data/demo/old.json.gz", "of another run"),
        ("html/.kept/report.json", None),
    ],
)
def test_what_has_changed_is_built_again(
    run: Path, builds: list[Path], tmp_path: Path, file: str, text: str | None
) -> None:
    """In the record or in the report, by another text or by none; the report is whole afterwards."""
    html = tmp_path / "html"
    report_of(run, html)
    before = bytes_of(html)
    if text is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text, encoding="utf-8")
    report_of(run, html)

    assert len(builds) == 2
    assert bytes_of(html).keys() == before.keys()
    assert bytes_of(html)["families/demo.html"] == before["families/demo.html"]


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "{}", '{"made_of": "", "files": {}}', "%", '{"made_of": 1, "files": [], "listings": 1}']
)
def test_damage_to_what_is_kept_is_built_over(run: Path, builds: list[Path], tmp_path: Path, damaged: str) -> None:
    """Half a file, or none of ours; whatever stands there, the report is built and kept anew."""
    html = tmp_path / "html"
    said = report_of(run, html)
    file = html / ".kept/report.json"
    whole = file.read_text(encoding="utf-8")
    file.write_text(damaged if damaged != "%" else whole.replace('"rows"', '"lines"'), encoding="utf-8")

    assert report_of(run, html) == said
    assert len(builds) == 2
    assert file.read_text(encoding="utf-8") == whole


def test_another_maker_builds_again(
    run: Path, builds: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New code, or other versions of what draws."""
    report_of(run, tmp_path / "html")
    monkeypatch.setattr(kept, "maker", lambda: "another")
    report_of(run, tmp_path / "html")

    assert len(builds) == 2


def test_problems_of_the_choice_are_part_of_it(run: Path, builds: list[Path], tmp_path: Path) -> None:
    """A run that was passed over is told on the pages."""
    told = [kept.report(run, problems, tmp_path / "html").problems for problems in ((), ("passed over",))]

    assert told == [(), ("passed over",)]
    assert len(builds) == 2
    assert "passed over" in (tmp_path / "html/index.html").read_text(encoding="utf-8")


def test_the_maker_is_code_and_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file of ours, template or program, and each package."""
    ours = {path: f"{path} = 1" for path in ("reports/a.py", "reports/pages/b.jinja", "results/c.py")}
    for name, text in {**ours, "results/reference/run/suite.json": "{}", "reports/html/index.html": ""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(maker, "ROOT", tmp_path)
    found = {maker.maker.__wrapped__()}
    for name in ours:
        (tmp_path / name).write_text("changed", encoding="utf-8")
        found.add(maker.maker.__wrapped__())
    (tmp_path / "results/reference/run/suite.json").write_text("[]", encoding="utf-8")
    (tmp_path / "reports/html/index.html").write_text("drawn", encoding="utf-8")
    assert maker.maker.__wrapped__() in found
    monkeypatch.setattr(maker, "version", dict.fromkeys(maker.PACKAGES, "99").__getitem__)
    found.add(maker.maker.__wrapped__())

    assert len(found) == len(ours) + 2


def test_a_record_so_far_says_so_until_it_is_drawn_at_its_end(run: Path, builds: list[Path], tmp_path: Path) -> None:
    """Even if the record is the same: whoever was measuring may have been killed."""
    said = []
    for options in (["--so-far"], []):
        CliRunner().invoke(app, ["build", str(run), "--output", str(tmp_path / "html"), *options])
        said.append("still measuring when this was drawn" in (tmp_path / "html/index.html").read_text(encoding="utf-8"))

    assert (said, len(builds)) == ([True, False], 2)
