"""A terminal is given text, and nothing that it would obey or cannot show."""

import io
import re
import sys

import pytest
from rich.table import Table
from rich.text import Text

from results.terminal import Terminal
from tests.conftest import ROOT

HOSTILE = "[/x] [bold]\x1b[31mred\x1b[0m[/bold] :smile: [str, Lock]\x07"
HARMLESS = "[/x] [bold]red[/bold] :smile: [str, Lock]?"


@pytest.mark.parametrize("stderr", [False, True])
def test_a_line_is_text(stderr: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets and colons stay, orders go, and a line is not broken, on a real terminal too."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    Terminal(stderr=stderr, width=10).say(HOSTILE)

    assert capsys.readouterr()[stderr] == f"{HARMLESS}\n"


def test_a_table_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Its title, its headings and its cells, as strings or as rich's own texts."""
    table = Table(HOSTILE, title=HOSTILE)
    table.add_row(HOSTILE)
    table.add_row(Text(HOSTILE))
    Terminal(width=100).print(table)
    said = capsys.readouterr().out

    assert said.count("[str, Lock]") == 4
    assert said.replace("\n", "").isprintable()


def test_styles_are_ours_to_give(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What we print in bold is bold on a terminal."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    Terminal(width=100).print(HOSTILE, style="bold")

    assert capsys.readouterr().out == f"\x1b[1m{HARMLESS}\x1b[0m\n"


def test_what_an_encoding_lacks_is_a_question_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables too are drawn with what there is."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    table = Table("\u00e9\u20ac")
    table.add_row("a\ud800b")
    terminal = Terminal(width=40)
    terminal.say("\u2192 \u00e9")
    terminal.print(table)
    sys.stdout.flush()
    said = raw.getvalue().decode("ascii")

    assert said.startswith("? ?\n+")
    assert {"??", "a?b"} <= set(said.replace("|", " ").split())


def test_nobody_prints_past_the_terminal() -> None:
    """A console of rich's own would take brackets for markup."""
    files = [path for package in ("benchmarks", "reports") for path in (ROOT / package).rglob("*.py")]
    made = re.compile(r"\bConsole\(|from rich.console|from rich import|markup=True")

    assert [path.name for path in files if made.search(path.read_text(encoding="utf-8"))] == []
