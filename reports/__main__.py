"""The command line: ``python -m reports build | pick | compare | export | discoveries``."""

import gc
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reports.kept import compared, report
from reports.pages.folder import FIRST
from reports.pages.room import NoRoomError
from reports.reading.choice import choose, described, recorded
from reports.terminal import show
from results import record
from results.commands import command, installed
from results.eligibility import LANES
from results.faults import guarded
from results.terminal import Terminal, forgive

if TYPE_CHECKING:
    from reports.reading.family import Family

errors = Terminal(stderr=True)
OUTPUT = Path(__file__).parent / "html"
INSTALLED = Path("loopmark-html")  # where the installed program draws
OUTPUT_HELP = f"Where pages go: reports/html of this project, or {INSTALLED}/ if left out."

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
    output: Annotated[Path | None, typer.Option(help=OUTPUT_HELP)] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Say every workload on every loop, too, and how many are safe.")
    ] = False,
) -> None:
    """Write the HTML report of a run, and say what to pick."""
    gc.disable()  # what is read is used until the end: looking for garbage among it takes seconds
    try:
        chosen = recorded(recorded_in) if recorded_in else choose(run or "", reference, record.root())
        if not chosen:
            errors.say("reports: nothing was measured, so no page is drawn")
            return
        Terminal().say(f"drawing {described(chosen)}")
        folder = output or pages()
        found = report(chosen.path, chosen.problems, folder, so_far=so_far)
    except (record.RecordError, NoRoomError, OSError) as error:
        errors.say(f"reports: {reason(error)}")
        raise typer.Exit(2) from error
    for problem in found.problems:
        errors.say(f"reports: {problem}")
    show(*found.listings, *(found.rest if everything else ()))
    if not everything:
        Terminal().say(f"every workload and loop: {command('reports', 'build', str(chosen.path), '--all')}")
    Terminal().say((folder / FIRST).resolve().as_uri())
    for line in found.failures:
        errors.say(f"failed: {line}")
    raise typer.Exit(int(bool(found.failures) and not so_far))


def pages() -> Path:
    """Where pages go unless somebody says otherwise: here, or into the folder at hand."""
    return INSTALLED if installed() else OUTPUT


def reason(error: Exception) -> str:
    """Why there are no pages; a file that cannot be written is one of theirs."""
    if not isinstance(error, OSError):
        return str(error)
    return f"{record.one_line(error)}{'; --output writes the pages elsewhere' if error.filename else ''}"


@app.command()
def pick(
    family: Annotated[str, typer.Argument(help="The problem, such as locks.")],
    loop: Annotated[str, typer.Option(help="The event loop; asyncio where it was measured.")] = "",
    need: Annotated[list[str] | None, typer.Option(help="What the program needs beside the usual; repeatable.")] = None,
    without: Annotated[list[str] | None, typer.Option(help="A usual need that it does not have; repeatable.")] = None,
    lane: Annotated[str, typer.Option(help="Rank one lane: standard-library, package or file.")] = "",
    n: Annotated[int | None, typer.Option(help="How many; a point of the axis that was measured.")] = None,
    by: Annotated[str, typer.Option(help="What counts: time (the default), p99 or memory.")] = "",
    workload: Annotated[str, typer.Option(help="What it mostly does; a bit of everything if left out.")] = "",
    run: Annotated[str, typer.Option(help="A run's directory or id; the newest one if left out.")] = "",
    reference: Annotated[bool, typer.Option("--reference", help="The run that comes with the repository.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same for other programs.")] = False,
) -> None:
    """Say what to use for a problem, by what the program needs: three answers, as on the pages."""
    from reports.reading.answers import answers
    from reports.reading.stated import UnknownWordError, lane_named, stated
    from reports.views.picked import as_values, closing, picked

    try:
        found = one_family(choose(run, reference, record.root()), family)
        program = stated(found, loop, workload, n, by, need or (), without or ())
        lanes = [lane_named(lane)] if lane else LANES
    except (record.RecordError, UnknownWordError, OSError) as error:
        errors.say(f"reports: {reason(error)}")
        raise typer.Exit(2) from error
    told = answers(found, program)
    if as_json:
        print(json.dumps(as_values(found.name, told, lanes), indent=2))
    elif not told.why_not:
        show(picked(found.name, told, lanes))
        Terminal().say(closing(told))
    if told.why_not:
        errors.say(f"reports: no answer: {told.why_not}")
        raise typer.Exit(1)


def one_family(chosen: record.Run, name: str) -> "Family":
    """A family of a run, with its times alone; raises UnknownWordError, and RecordError if they cannot be read."""
    from reports.reading.family import Family
    from reports.reading.measured import measurements
    from reports.reading.stated import known

    known("family", name, chosen.suite["families"])
    found = measurements(record.read(chosen.path, name))
    for problem in found.problems:
        errors.say(f"reports: {problem}")
    return Family(name, found)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="RUN_A", help="The earlier run's directory.")],
    after: Annotated[Path, typer.Argument(metavar="RUN_B", help="The later run's directory.")],
    output: Annotated[Path | None, typer.Option(help=OUTPUT_HELP)] = None,
    other_machine: Annotated[bool, typer.Option(help="Compare runs of different machines or Pythons.")] = False,
    changed_source: Annotated[bool, typer.Option(help="Compare rows whose source changed in between.")] = False,
) -> None:
    """Say which ratios changed between two runs, and mark them on the pages of the second.

    Absolute times are never compared: machines do not keep them.
    """
    # Here, for building again what is there takes none of it.
    from reports.reading import comparison
    from reports.reading.measured import measurements
    from reports.views.overview import changed

    try:
        runs = [measurements(record.read(path)) for path in (before, after)]
        changes = comparison.compare(*runs, other_machine=other_machine, changed_source=changed_source)
        page = compared(changes, output or pages())
    except (record.RecordError, comparison.IncomparableError, NoRoomError, OSError) as error:
        errors.say(f"reports: {reason(error)}")
        raise typer.Exit(2) from error
    for problem in (problem for run in runs for problem in run.problems):
        errors.say(f"reports: {problem}")
    show(changed(changes))
    Terminal().say(page.resolve().as_uri())


@app.command()
def export(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="csv, parquet, markdown, action or bencher.")],
    run: Annotated[str, typer.Argument(help="A run's directory or id; the newest one if left out.")] = "",
    reference: Annotated[bool, typer.Option("--reference", help="The run that comes with the repository.")] = False,
    family: Annotated[str, typer.Option(help="Only this problem.")] = "",
    values: Annotated[bool, typer.Option("--values", help="Every measured value instead of verdicts.")] = False,
    output: Annotated[Path | None, typer.Option(help="The file; text goes to standard output if left out.")] = None,
) -> None:
    """Write a run as one file for other programs, one row for each verdict or value."""
    from reports.exports import FORMATS, VALUES, as_csv, as_parquet, values_of
    from reports.reading.family import families_of
    from reports.reading.measured import measurements
    from reports.reading.stated import UnknownWordError, known

    try:
        writer = FORMATS[known("format", form, FORMATS)]
        if values:
            known("format with values", form, VALUES)
        if output is None and not writer.text:
            raise UnknownWordError(f"{form} is no text: --output names the file")
        chosen = choose(run, reference, record.root())
        only = known("family", family, chosen.suite["families"]) if family else ""
        read = record.read(chosen.path, only)
        if values:
            written = (as_csv if writer.text else as_parquet)(values_of(read))
        else:
            found = measurements(read)
            written = writer.write([one for one in families_of(found) if one.name == (only or one.name)])
        if output:
            output.write_bytes(written)
    except (record.RecordError, UnknownWordError, OSError) as error:
        errors.say(f"reports: {reason(error)}")
        raise typer.Exit(2) from error
    for problem in read.problems:
        errors.say(f"reports: {problem}")
    if not output:
        forgive()
        print(written.decode(), end="")


@app.command()
def discoveries(
    run: Annotated[str, typer.Argument(help="A run's directory or id; the newest one if left out.")] = "",
    reference: Annotated[bool, typer.Option("--reference", help="The run that comes with the repository.")] = False,
    output: Annotated[Path | None, typer.Option(help="The file; standard output if left out.")] = None,
) -> None:
    """Tell what was found worth telling of a run, with its figures, as Markdown; its sentences are in its directory."""
    from reports.exports import discoveries_as_markdown
    from reports.reading.measured import measurements
    from reports.views.discoveries import discoveries_view
    from results.discoveries import FILE

    try:
        read = record.read(choose(run, reference, record.root()).path)
        found = measurements(read)
        told = discoveries_view(found)
        faults = [*read.problems, *(told.faults if told else [f"{read.path / FILE}: nobody wrote any discovery of it"])]
        if told and not faults:
            text = discoveries_as_markdown(told, found)
            if output:
                output.write_bytes(text)
            else:
                forgive()
                print(text.decode(), end="")
    except (record.RecordError, OSError) as error:
        errors.say(f"reports: {reason(error)}")
        raise typer.Exit(2) from error
    for fault in faults:
        errors.say(f"reports: {fault}")
    raise typer.Exit(2 if faults else 0)


if __name__ == "__main__":
    guarded("reports", lambda: app(prog_name="python -m reports"))
