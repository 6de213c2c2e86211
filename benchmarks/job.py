"""A run from the command line: what its options mean, whether it begins or goes on."""

import multiprocessing
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import typer

from benchmarks.engine.limits import check_limits
from benchmarks.engine.settings import TURN_LIMIT, Settings
from benchmarks.environments import described, joined, told_apart
from benchmarks.machines.hosts import is_here
from benchmarks.options import Options
from benchmarks.plan import services
from benchmarks.plan.availability import services_of
from benchmarks.plan.comparisons import Plan, make_plan
from benchmarks.plan.environments import MADE, establish
from benchmarks.plan.filters import Filters, check_names
from benchmarks.plan.presets import PRESETS
from benchmarks.plan.unasked import asked, hindered
from benchmarks.recording import open_record
from benchmarks.resume import check_environments, reopen
from benchmarks.run import ENGINES
from benchmarks.safety.conformance import HANG_LIMIT, Inquiry
from benchmarks.safety.kept import FOLDER
from benchmarks.telling import tell_hindrances
from benchmarks.words import bytes_of, checked_hang_limit, checked_scheduler, chosen, fail, seconds_of
from results.commands import command
from results.record import Writer
from results.text import share_in

SAFETY_SHARE = 0.5  # of a run's budget, at most, for the checks of all environments together


@dataclass
class Job:
    """A run that is about to begin, or to go on.

    It is ``hindered`` if something cannot be asked that should be.
    """

    plan: Plan
    inquiry: Inquiry
    settings: Settings
    writer: Writer

    @property
    def hindered(self) -> bool:
        """Whether it could not ask everything that it was to ask."""
        return hindered(self.plan.unasked, self.inquiry.filters, everywhere=self.inquiry.everywhere)

    @classmethod
    def begun(cls, options: Options, root: Path, where: Mapping[str, Any] | None = None) -> Self:
        """A new run; exit code 2 if there is nothing to measure, 1 if that is because nothing can be asked.

        ``where`` describes the machine that will be measured on, if it is not this one.
        """
        plan, inquiry, settings = prepared(capped(options), root)
        if plan.unasked and not asked(plan.unasked, options.filters(), everywhere=inquiry.everywhere):
            tell_hindrances(plan.unasked)
            raise typer.Exit(1)
        if not plan.comparisons:
            fail("the filters leave nothing to measure")
        check_limits(most_workers(plan), root)
        return cls(plan, inquiry, settings, open_record(plan, settings, where))

    @classmethod
    def resumed(cls, directory: Path, given: Mapping[str, Any]) -> Self:
        """An unfinished run, with the budget that it has not used."""
        writer, options = reopen(directory, given, checked_options)
        plan, inquiry, settings = prepared(options, directory.parent.parent)
        settings.seconds = max(0.0, settings.seconds - writer.suite["run"]["seconds"])
        check_environments(settings.there, writer)
        return cls(plan, inquiry, settings, writer)


def prepared(options: Options, root: Path) -> tuple[Plan, Inquiry, Settings]:
    """What is to be measured, what is to be checked before, and how."""
    preset, filters = PRESETS[options.preset], options.filters()
    if options.extra is not None:
        preset = replace(preset, extra=options.extra)
    check_names(filters)
    services.start(services_of(filters))
    plan = make_plan(filters, preset)  # what a service that does not start would have been needed for is not here
    environment, others = told_apart(options.environment or (), root / FOLDER / MADE)
    establish(others)
    there = [described(one, options, root) for one in others]
    plan = joined(plan, there)
    seconds = seconds_of(options.budget) if options.budget else preset.seconds
    inquiry = Inquiry(
        Filters(families_of(plan) or filters.families, (), filters.backends, filters.alternatives),
        seeds=preset.seeds if options.seeds is None else options.seeds,
        everywhere=preset.everywhere,
        hang_limit=options.hang_limit or HANG_LIMIT,  # unless it is given, what a check has found is kept for runs
        seconds=seconds * SAFETY_SHARE / (1 + len(others)),
        memory_limit=bytes_of(options.memory_limit),
        kept=root / FOLDER,
        fresh=options.fresh,
    )
    settings = Settings(
        preset=preset,
        engine=options.engine,
        seconds=seconds,
        seed=options.seed or 0,
        root=root,
        hang_limit=options.hang_limit or TURN_LIMIT,
        method=options.start_method,
        memory_limit=bytes_of(options.memory_limit),
        command=command("benchmarks", *as_written(sys.argv[1:])),
        options=options.record,
        environment=environment,
        there=there,
    )
    return plan, inquiry, settings


def capped(options: Options) -> Options:
    """With no longer budget than the preset's: who wants more time for a run goes on with it."""
    longer = options.budget and seconds_of(options.budget) >= PRESETS[options.preset].seconds
    return replace(options, budget="") if longer else options


def most_workers(plan: Plan) -> int:
    """The most workers that live at the same time: those of a workload's two points that share their launches."""
    return 2 * max(len(comparison.variants) for comparison in plan.comparisons)


def families_of(plan: Plan) -> tuple[str, ...]:
    """The families that are measured: what is not measured need not be checked before."""
    return tuple(sorted({comparison.family for comparison in plan.comparisons}))


def as_written(words: Sequence[str]) -> list[str]:
    """The words of the command line that somebody else would have to write to repeat it."""
    kept = list(words)
    for ours in ("--recorded-in", "--drawn-by"):  # written by tox.ini
        if ours in kept:
            del kept[(place := kept.index(ours)) : place + 2]
    return kept


def checked_options(options: Options) -> Options:
    """The options of a run that begins or goes on, with its seed; a wrong word is one line and exit code 2."""
    chosen("preset", options.preset, PRESETS)
    chosen("engine", options.engine, ENGINES)
    if options.start_method:
        chosen("start method", options.start_method, dict.fromkeys(multiprocessing.get_all_start_methods()))
    if options.budget:
        seconds_of(options.budget)
    if options.fail_if_slower and share_in(options.fail_if_slower) is None:
        fail(f"--fail-if-slower {options.fail_if_slower!r} is no share: write 10% or 2.5%")
    if (options.fail_if_slower or options.fail_if_broken) and not options.include:
        fail("--fail-if-slower and --fail-if-broken are about your own files: name them with --include FAMILY=PATH")
    if options.environment and (options.engine != "turns" or options.start_method not in ("", "fork")):
        fail("--environment has workers that are forked take turns: leave --engine and --start-method out")
    if options.environment and "fork" not in multiprocessing.get_all_start_methods():
        fail("--environment needs a system that can fork, as Linux and macOS do")
    if options.mixed and not options.scheduler:
        fail("--mixed is about the hosts of a scheduler: name it with --scheduler tcp://host:port")
    if options.environment and options.scheduler:
        fail("--environment and --scheduler do not go together: hosts measure in the Python that serves")
    if options.scheduler and not is_here(checked_scheduler(options.scheduler)) and options.include:
        fail("--include names files of this machine, which other hosts do not have: leave one of the two out")
    if options.hang_limit is not None:
        checked_hang_limit(options.hang_limit)
    bytes_of(options.memory_limit)
    return replace(options, seed=secrets.randbelow(2**32) if options.seed is None else options.seed)
