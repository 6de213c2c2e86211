"""The console script: every command of ours under one name, whatever folder it is called from.

It knows no more than which commands there are. What it starts finds our packages, and nothing of the same name in the
folder at hand; records and pages go into that folder.
"""

import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


def main() -> None:
    """Run a command; ``run`` draws the pages of what it has measured, too."""
    keep_to_ours()
    words = sys.argv[1:]
    sys.exit(run_and_draw(words[1:]) if words[:1] == ["run"] else ended(words))


def keep_to_ours() -> None:
    """Have Python import our packages here and in every process that is started from here."""
    inside = str(Path(__file__).parent)  # where our packages stand when they are installed
    sys.path.insert(0, inside)
    import benchmarks  # which puts its own folder first
    from results.commands import CALLED, PROGRAM

    sys.path.remove(inside)
    ours = str(Path(benchmarks.__file__).parents[1])
    os.environ[CALLED] = PROGRAM
    os.environ["PYTHONSAFEPATH"] = "1"  # nothing that happens to lie in the folder at hand
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (ours, os.environ.get("PYTHONPATH"))))


def run_and_draw(words: Sequence[str]) -> int:
    """Measure, and draw now and then and at the end; returns the exit code, the run's before that of the pages."""
    draw = shlex.join([sys.executable, "-m", "reports", "build", "--so-far"])
    with tempfile.TemporaryDirectory() as folder:
        recorded = Path(folder, "run")
        code = ended(["run", "--recorded-in", str(recorded), "--drawn-by", draw, *words])
        drawn = ended(["report", "--recorded-in", str(recorded)]) if recorded.exists() else 0
    return code or drawn


def ended(words: Sequence[str]) -> int:
    """The exit code of a command; Ctrl-C ends this one, whatever one before it has made of that."""
    from results.faults import guarded

    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    program = commands()
    try:
        guarded("loopmark", lambda: program(list(words), prog_name="loopmark"))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def commands() -> "typer.Typer":
    """All of ours; they are imported late, for Python imports this module for processes that need none of it."""
    import typer

    from benchmarks import __main__ as measuring
    from reports import __main__ as reading

    app = typer.Typer(help="Measure async patterns, and pick.", add_completion=False, no_args_is_help=True)
    app.command("report")(reading.build)  # as tox has it
    every = [*measuring.app.registered_commands, *reading.app.registered_commands]
    app.registered_commands += [one for one in every if one.callback is not reading.build]
    return app
