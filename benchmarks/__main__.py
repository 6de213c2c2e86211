"""The command line: ``python -m benchmarks run | serve | check | quick | environment | new | list``."""

import json
import os
import platform
import shlex
import signal
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

import patterns
from benchmarks.alone import BusyError, alone
from benchmarks.checking import checked, report
from benchmarks.conduct import carried_out
from benchmarks.engine import guard
from benchmarks.engine.environment import take_look, told
from benchmarks.engine.limits import TooLittleError, check_limits
from benchmarks.engine.settings import TURN_LIMIT
from benchmarks.environments import hand_over
from benchmarks.job import Job, checked_options
from benchmarks.listing import as_json, lines, listing, show
from benchmarks.machines.hosts import SchedulerError
from benchmarks.options import Options
from benchmarks.plan import environments
from benchmarks.plan.environments import NoEnvironmentError
from benchmarks.plan.filters import Filters, UnknownNameError, askable, check_names, repeated
from benchmarks.plan.including import take_in
from benchmarks.plan.unasked import mistaken, unasked
from benchmarks.resume import CannotResumeError, environments_of, newest_unfinished
from benchmarks.safety.conformance import HANG_LIMIT, SEEDS, Inquiry, at_a_time
from benchmarks.safety.findings import check_questions, record_of
from benchmarks.safety.kept import FOLDER
from benchmarks.scheduled import hosts_for, kinds_of, measuring, reached, scheduler_of, serve_for
from benchmarks.skeleton import skeleton
from benchmarks.telling import tell_hindrances
from benchmarks.words import (
    FRESH_HELP,
    MEMORY_HELP,
    bytes_of,
    checked_hang_limit,
    checked_scheduler,
    chosen,
    errors,
    fail,
)
from results import record
from results.commands import command
from results.faults import guarded
from results.record import RecordError
from results.safety import write
from results.terminal import Terminal, forgive

app = typer.Typer(
    help="Measure alternatives of async patterns against each other.", no_args_is_help=True, add_completion=False
)
SCHEDULER_HELP = "hand comparisons to the hosts of a Dask scheduler: tcp://host:port, or local:2 for a try"
INCLUDE_HELP = "a file of your own project, or a folder of them, beside ours; repeatable"
RESULTS_HELP = f"where the record goes: results/ of this project, or {record.INSTALLED}/ if left out"
QUICK = Path(__file__).parent / "quick.py"


@app.command()
def run(
    context: typer.Context,
    preset: Annotated[str, typer.Option(help="smoke, quick, standard or thorough")] = "standard",
    budget: Annotated[str, typer.Option(help="cap the run: 90s, 10m, 1h; with --resume, more than it had")] = "",
    family: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="only these families; repeatable")] = None,
    workload: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="only these workloads")] = None,
    backend: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="only these event loops")] = None,
    alternative: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="only these alternatives, and the baseline")
    ] = None,
    n: Annotated[list[int] | None, typer.Option(help="only these points of the scale axis")] = None,
    engine: Annotated[str, typer.Option(help="turns, or pyperf for the stock order")] = "turns",
    seed: Annotated[int | None, typer.Option(help="repeat the random orders of an earlier run")] = None,
    seeds: Annotated[
        int | None, typer.Option(min=0, help="schedules per safety promise before measuring; 0 leaves them out")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help=FRESH_HELP)] = False,
    extra: Annotated[
        float | None,
        typer.Option(min=0, max=0.9, help="share of the time for launches where verdicts are open"),
    ] = None,
    hang_limit: Annotated[
        float | None,
        typer.Option(
            help=f"seconds until who is silent is given up: {TURN_LIMIT:g} in a block, {HANG_LIMIT:g} in a check"
        ),
    ] = None,
    start_method: Annotated[str, typer.Option(help="fork or spawn; the default is the best there is")] = "",
    memory_limit: Annotated[str, typer.Option(help=MEMORY_HELP)] = "",
    include: Annotated[list[str] | None, typer.Option(metavar="FAMILY=PATH", help=INCLUDE_HELP)] = None,
    fail_if_slower: Annotated[
        str, typer.Option(metavar="10%", help="the report fails if what is included is slower than the pick by more")
    ] = "",
    fail_if_broken: Annotated[
        bool, typer.Option("--fail-if-broken", help="the report fails if what is included breaks what programs rely on")
    ] = False,
    environment: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=PYTHON",
            help="measure there, too: a Python, a requirement such as anyio==4.9.0, or git:REVISION; repeatable",
        ),
    ] = None,
    scheduler: Annotated[str, typer.Option(metavar="ADDRESS", help=SCHEDULER_HELP)] = "",
    mixed: Annotated[
        bool, typer.Option("--mixed", help="hosts may have several kinds of processors: each kind has a run of its own")
    ] = False,
    results: Annotated[Path | None, typer.Option(help=RESULTS_HELP)] = None,
    recorded_in: Annotated[
        Path | None, typer.Option(metavar="FILE", help="write the path of the record into this file, too")
    ] = None,
    drawn_by: Annotated[
        str, typer.Option(metavar="COMMAND", help="draw what there is now and then: COMMAND gets the record's folder")
    ] = "",
    resume: Annotated[bool, typer.Option("--resume", help="go on with RUN, or with the newest unfinished one")] = False,
    unfinished: Annotated[Path | None, typer.Argument(metavar="RUN", help="with --resume: which run")] = None,
) -> None:
    """Measure, and record every comparison as soon as it is done."""
    guard.adopt_orphans()
    root = results or record.root()
    options = Options(
        preset=preset,
        budget=budget,
        family=family,
        workload=workload,
        backend=backend,
        alternative=alternative,
        n=n,
        engine=engine,
        seed=seed,
        seeds=seeds,
        fresh=fresh,
        extra=extra,
        hang_limit=hang_limit,
        start_method=start_method,
        memory_limit=memory_limit,
        include=taken_in(include),
        fail_if_slower=fail_if_slower,
        fail_if_broken=fail_if_broken,
        environment=environment,
        scheduler=scheduler,
        mixed=mixed,
    )
    if unfinished and not resume:
        if not unfinished.exists() and family:
            fail(repeated("--family", family, [str(unfinished)]))
        fail(f"{unfinished} can only be gone on with: write --resume {unfinished}")
    given = {name: value for name, value in asdict(options).items() if was_given(context, name)}
    codes = [0]
    try:
        directory = (unfinished or newest_unfinished(root, budget)) if resume else None
        several = environments_of(directory) if directory else environment or ()
        hand_over(several, root / FOLDER / environments.MADE)
        if directory:
            address = checked_scheduler(scheduler) if scheduler else scheduler_of(directory)
        else:
            options, address = checked_options(options), scheduler
        with measuring(address) as tell, reached(address) as connection:
            for kind in kinds_of(connection, mixed=mixed) if not directory else [None]:
                where = kind.machine if kind else None
                job = Job.resumed(directory, given) if directory else Job.begun(options, root, where)
                tell(job.writer.directory)
                if recorded_in:
                    recorded_in.write_bytes(os.fsencode(f"{job.writer.directory.resolve()}\n"))
                hosts = hosts_for(connection, job.writer) if connection else None
                codes.append(carried_out(job, shlex.split(drawn_by), hosts))
    except OSError as error:
        fail(f"cannot write the record: {error}")
    except (
        BusyError,
        CannotResumeError,
        NoEnvironmentError,
        RecordError,
        SchedulerError,
        TooLittleError,
        UnknownNameError,
    ) as error:
        fail(str(error))
    raise typer.Exit(max(codes))


def taken_in(include: Sequence[str] | None) -> Sequence[str] | None:
    """All that is included; a line and exit code 2 for what cannot be."""
    try:
        return take_in(include or ())
    except UnknownNameError as error:
        fail(str(error))


def was_given(context: typer.Context, name: str) -> bool:
    """Whether an option was written on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


@app.command()
def serve(
    scheduler: Annotated[str, typer.Argument(metavar="ADDRESS", help="a Dask scheduler: tcp://host:port")],
    name: Annotated[str, typer.Option(help="the host's name in records; its own if left out")] = platform.node(),
    tied: Annotated[int, typer.Option(hidden=True, help="the process that it ends with, which is a run here")] = 0,
) -> None:
    """Be a host: measure what a scheduler hands out, one comparison at a time, until it goes away."""
    guard.adopt_orphans()
    if tied:
        guard.die_with(tied, signal.SIGTERM)
    try:
        with nullcontext(lambda _: None) if tied else alone() as tell:
            tell(f"no record, it is a host of {scheduler}")
            serve_for(scheduler, name)
    except (BusyError, SchedulerError) as error:
        fail(str(error))


@app.command()
def check(
    family: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="only these families; repeatable")] = None,
    backend: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="only these event loops")] = None,
    alternative: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="only these alternatives")] = None,
    question: Annotated[
        list[str] | None, typer.Option("--promise", "--property", metavar="GLOB", help="only these promises")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="how many schedules each promise is tried under")] = SEEDS,
    seed: Annotated[int | None, typer.Option(min=0, help="only this schedule: one trial of each promise")] = None,
    tick: Annotated[int, typer.Option(min=0, help="with --seed: the turn at which a sweep strikes")] = 0,
    hang_limit: Annotated[
        float, typer.Option(help="seconds without a sign of life until a process is ended")
    ] = HANG_LIMIT,
    memory_limit: Annotated[str, typer.Option(help=MEMORY_HELP)] = "",
    jobs: Annotated[int, typer.Option(min=0, help="processes at the same time; 0 is two per core")] = 0,
    first_failure: Annotated[
        bool, typer.Option("--first-failure", help="ask an alternative no more after an undeclared failure")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help=FRESH_HELP)] = False,
    include: Annotated[list[str] | None, typer.Option(metavar="FAMILY=PATH", help=INCLUDE_HELP)] = None,
    results: Annotated[Path | None, typer.Option(help=f"{RESULTS_HELP}, and findings are kept beside it")] = None,
    output: Annotated[Path | None, typer.Option(help="write the findings to this file, too")] = None,
    left_over: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
) -> None:
    """Answer the safety promises: what each alternative does when things go wrong."""
    guard.adopt_orphans()
    if left_over:
        fail(repeated("--family", family or (), left_over))
    taken_in(include)
    root = results or record.root()
    filters = Filters(tuple(family or ()), (), tuple(backend or ()), tuple(alternative or ()))
    inquiry = Inquiry(
        filters,
        tuple(question or ()),
        seeds,
        seed,
        tick,
        hang_limit=checked_hang_limit(hang_limit),
        jobs=jobs,
        memory_limit=bytes_of(memory_limit),
        first_failure=first_failure,
        kept=root / FOLDER,
        fresh=fresh,
    )
    try:
        check_questions(inquiry)
        check_limits(at_a_time(inquiry), root)
    except (TooLittleError, UnknownNameError) as error:
        fail(str(error))
    safety = record_of(inquiry)
    interrupted = checked(inquiry, safety)
    if not safety["findings"] and not safety.get("unasked"):
        fail("the filters leave nothing to check")
    if output:
        try:
            write(output, safety)
        except (OSError, RecordError) as error:
            fail(f"cannot write the findings: {error}")
    raise typer.Exit(report(safety, filters, interrupted))


@app.command()
def environment(
    system: Annotated[bool, typer.Option("--system", help="and what pyperf says of the system's settings")] = False,
) -> None:
    """Say what may disturb a measurement on this machine; nothing is changed."""
    look = take_look()
    console = Terminal()
    console.say("\n".join(told(look["disturbances"])))
    if system:
        console.say(look["system"])


@app.command()
def new(
    family: Annotated[str, typer.Argument(help="which problem it solves")],
    name: Annotated[str, typer.Argument(help="what to call it: the file is NAME.py")],
    output: Annotated[Path, typer.Option(help="the folder that it is for")] = Path(),
) -> None:
    """Write a file to begin with, for a project of your own: what a family asks for, as empty functions."""
    chosen("family", family, dict.fromkeys(patterns.families()))
    if not patterns.importable(name):
        fail(f"{name!r} is no name that Python can import: write letters, digits and underscores")
    path = output / f"{name}.py"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(skeleton(family, name))
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")
    typer.echo(path)
    again = command("benchmarks", "check", "--family", family, "--alternative", name, "--include", f"{family}={path}")
    errors.say(f"when it is filled in: {again}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def quick(
    context: typer.Context,
    include: Annotated[list[str] | None, typer.Option(metavar="FAMILY=PATH", help=INCLUDE_HELP)] = None,
) -> None:
    """Have a rough look at all workloads in one process, under pytest-benchmark; what else is written goes to pytest.

    Such as -k "locks and contended".
    """
    import pytest  # no measuring process needs it

    taken_in(include)
    # No file of the folder at hand configures it, and nothing is left there.
    own = ("-c", os.devnull, f"--rootdir={QUICK.parent}", "--noconftest", "-p", "no:cacheprovider")
    plugins = ("--disable-plugin-autoload", "-p", "pytest_benchmark.plugin", "--benchmark-only", "--disable-warnings")
    with tempfile.TemporaryDirectory() as folder:
        kept = f"--benchmark-storage=file://{folder}"
        code = pytest.main([*own, *plugins, kept, "--import-mode=importlib", str(QUICK), *context.args])
    raise typer.Exit(int(code))


@app.command("list")
def list_everything(
    family: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="only these families; repeatable")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="a line for each thing, its fields separated by tabs")] = False,
    json_: Annotated[bool, typer.Option("--json", help="the same as JSON")] = False,
    include: Annotated[list[str] | None, typer.Option(metavar="FAMILY=PATH", help=INCLUDE_HELP)] = None,
) -> None:
    """List families with their alternatives, workloads, sizes and promises; exit code 1 if a file has a mistake."""
    taken_in(include)
    filters = Filters(families=tuple(family or ()))
    try:
        check_names(filters)
    except UnknownNameError as error:
        fail(str(error))
    found = listing(askable(filters.families))
    if json_:
        typer.echo(json.dumps(as_json(found), indent=1))
    elif plain:
        forgive()
        typer.echo("\n".join(lines(found)))
    else:
        show(Terminal(), found)
    without = list(unasked(filters, everywhere=True))
    tell_hindrances(without)
    raise typer.Exit(int(mistaken(without)))


if __name__ == "__main__":
    guarded("loopmark", app)
