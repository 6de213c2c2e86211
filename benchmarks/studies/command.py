"""A study from the command line: options and ``--help``, and nobody else who measures on the machine meanwhile."""

import functools
from collections.abc import Callable

import typer

from benchmarks.alone import BusyError, alone
from benchmarks.words import fail
from results.faults import guarded


def run_study(main: Callable[..., None]) -> None:
    """Run a study's main function with the options that its parameters describe; exit code 2 while a run measures."""

    @functools.wraps(main)
    def by_itself(*arguments: object, **options: object) -> None:
        try:
            with alone() as tell:
                tell("no record, it is a study")
                main(*arguments, **options)
        except BusyError as error:
            fail(str(error))

    guarded("loopmark", lambda: typer.run(by_itself))
