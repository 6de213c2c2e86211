"""The command line: ``python -m reports build``."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from reports.measured import measurements
from reports.pages import build as build_pages
from reports.terminal import safety_table, verdict_table
from results import record

OUTPUT = Path(__file__).parent / "html"

app = typer.Typer(help="Read what was measured: pages and verdicts.", add_completion=False, no_args_is_help=True)


@app.callback()
def reports() -> None:
    """Read what was measured: pages and verdicts."""


@app.command()
def build(
    run: Annotated[Path | None, typer.Argument(help="A run's directory; the newest one if left out.")] = None,
    output: Annotated[Path, typer.Option(help="Where the pages go.")] = OUTPUT,
) -> None:
    """Write the HTML report of a run, and say what to pick."""
    try:
        found = measurements(record.read(run) if run else newest(record.HERE))
        page = build_pages(found, output)
    except (record.RecordError, OSError) as error:
        typer.echo(f"reports: {record.one_line(error) if isinstance(error, OSError) else error}", err=True)
        raise typer.Exit(2) from error
    for problem in found.problems:
        typer.echo(f"reports: {problem}", err=True)
    console = Console() if sys.stdout.isatty() else Console(width=120)
    console.print(verdict_table(found))
    console.print(safety_table(found))
    typer.echo(page)


def newest(root: Path) -> record.Run:
    """The newest readable run below ``root``, with the unreadable newer ones among its problems.

    Raises RecordError if there is none.
    """
    unreadable: list[str] = []
    for directory in record.run_directories(root):
        try:
            found = record.read(directory)
        except record.RecordError as error:
            unreadable.append(str(error))
            continue
        found.problems[:0] = unreadable
        return found
    missing = f"no run in {root}: measure one first (python -m benchmarks run)"
    raise record.RecordError("; ".join([*unreadable, missing]))


if __name__ == "__main__":
    app(prog_name="python -m reports")
