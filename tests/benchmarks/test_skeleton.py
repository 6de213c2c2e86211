"""A file to begin with has what its family asks for, and nothing that has to be taken out again."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import patterns
from benchmarks.__main__ import app
from benchmarks.plan.mistakes import capabilities, in_alternative
from benchmarks.skeleton import skeleton


@pytest.mark.parametrize("family", patterns.families())
def test_a_skeleton_offers_everything_and_has_no_mistake(family: str, tmp_path: Path) -> None:
    """As it is it could be asked every question, and would fail."""
    path = tmp_path / "mine.py"
    path.write_text(skeleton(family, "mine"))
    found = patterns.describe(family, path)

    assert (found.problem, in_alternative(found)) == ("", "")
    assert set(capabilities(family)) <= set(found.offers)
    assert "patterns" not in found.imports
    stubs = found.source.count("raise NotImplementedError") + found.source.count("(Exception)")
    assert stubs >= len(capabilities(family))


def test_what_a_function_gives_is_said_beside_it() -> None:
    """Whoever fills it in need not look at the contract."""
    text = skeleton("locks", "mine")

    assert "@asynccontextmanager\nasync def ledger():\n" in text
    assert "    # It gives async deposit(account, fetch): Await" in text
    assert "\nclass RejectedError(Exception):\n    pass\n" in skeleton("breakers", "mine")
    assert "\nasync def collect_bounded(jobs, limit):\n    # All results, in the order" in skeleton("fan_out", "mine")


def test_a_file_is_written_once(tmp_path: Path) -> None:
    """Nobody's work is overwritten; the next command is said."""
    words = ["new", "locks", "mine", "--output", str(tmp_path)]
    first, second = (CliRunner().invoke(app, words) for _ in range(2))

    assert (first.exit_code, first.stdout.strip()) == (0, str(tmp_path / "mine.py"))
    assert f"--alternative mine --include locks={tmp_path / 'mine.py'}" in first.stderr
    assert (second.exit_code, second.stderr) == (2, f"loopmark: cannot write {tmp_path / 'mine.py'}: File exists\n")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["lock", "mine"], "no family 'lock' (did you mean locks?)"),
        (["locks", "my-lock"], "'my-lock' is no name that Python can import: write letters, digits and underscores"),
        (["locks", "class"], "'class' is no name that Python can import: write letters, digits and underscores"),
    ],
)
def test_a_wrong_word_is_one_line(words: list[str], line: str) -> None:
    """And nothing is written."""
    result = CliRunner().invoke(app, ["new", *words])

    assert (result.exit_code, result.stderr) == (2, f"loopmark: {line}\n")
