"""The command line: ``python -m reports build | compare``."""

from pathlib import Path
from typing import Annotated

import typer

from reports.kept import report
from reports.pages.folder import FIRST
from reports.pages.room import NoRoomError
from reports.reading.choice import choose, described, recorded
from reports.terminal import show
from results import record
from results.faults import guarded
from results.terminal import Terminal

errors = Terminal(stderr=True)
OUTPUT = Path(__file__).parent / "html"

app = typer.Typer(help="Read what was measured: pages and verdicts.", add_completion=False, no_args_is_help=True)


@app.callback()
def reports() -> None:
    """Read what was measured: pages and verdicts."""


@app.command()
def build(
    run: Annotated[str | None, typer.Argument(help="A run's directory or id; the newest one if left out.")] = None,
    reference: Annotated[bool, typer.Option("--reference", help="The run that comes with the repository.")] = False,
    recorded_in: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Only the run that this file names, if there is one.")
    ] = None,
    so_far: Annotated[bool, typer.Option("--so-far", help="It is still being measured, and its pages say so.")] = False,
    output: Annotated[Path, typer.Option(help="Where the pages go.")] = OUTPUT,
) -> None:
    """Write the HTML report of a run, and say what to pick."""
    try:
        chosen = recorded(recorded_in) if recorded_in else choose(run or "", reference, record.HERE)
        if not chosen:
            errors.say("reports: nothing was measured, so no page is drawn")
            return
        Terminal().say(f"drawing {described(chosen)}")
        found = report(chosen.path, chosen.problems, output, so_far=so_far)
    except (record.RecordError, NoRoomError, OSError) as error:
        errors.say(f"reports: {reason(error)}")
        raise typer.Exit(2) from error
    for problem in found.problems:
        errors.say(f"reports: {problem}")
    show(*found.listings)
    Terminal().say((output / FIRST).resolve().as_uri())


def reason(error: Exception) -> str:
    """Why there are no pages; a file that cannot be written is one of theirs."""
    if not isinstance(error, OSError):
        return str(error)
    return f"{record.one_line(error)}{'; --output writes the pages elsewhere' if error.filename else ''}"


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="RUN_A", help="The earlier run's directory.")],
    after: Annotated[Path, typer.Argument(metavar="RUN_B", help="The later run's directory.")],
    output: Annotated[Path, typer.Option(help="Where the page goes.")] = OUTPUT,
    other_machine: Annotated[bool, typer.Option(help="Compare runs of different machines or Pythons.")] = False,
    changed_source: Annotated[bool, typer.Option(help="Compare rows whose source changed in between.")] = False,
) -> None:
    """Say which ratios changed between two runs: never absolute times, which machines do not keep."""
    # Here, for building again what is there takes none of it.
    from reports.pages.build import build_comparison
    from reports.reading import comparison
    from reports.reading.measured import measurements
    from reports.views.overview import changed

    try:
        runs = [measurements(record.read(path)) for path in (before, after)]
        changes = comparison.compare(*runs, other_machine=other_machine, changed_source=changed_source)
        page = build_comparison(changes, output)
    except (record.RecordError, comparison.IncomparableError, OSError) as error:
        errors.say(f"reports: {reason(error)}")
        raise typer.Exit(2) from error
    for problem in (problem for run in runs for problem in run.problems):
        errors.say(f"reports: {problem}")
    show(changed(changes))
    Terminal().say(page.resolve().as_uri())


if __name__ == "__main__":
    guarded("reports", lambda: app(prog_name="python -m reports"))
