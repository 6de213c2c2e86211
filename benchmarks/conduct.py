"""A run from its first line to its last: check and measure, draw now and then, and say what became of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import patterns
from benchmarks.early import EarlyPages
from benchmarks.engine import guard
from benchmarks.engine.budget import measuring_seconds
from benchmarks.engine.environment import take_look, told
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.settings import Settings
from benchmarks.environments import CheckThere
from benchmarks.job import SAFETY_SHARE, Job
from benchmarks.machines.hosts import Hosts, SchedulerError
from benchmarks.machines.measuring import See, measure_on
from benchmarks.options import Options
from benchmarks.plan import environments
from benchmarks.plan.comparisons import Plan
from benchmarks.recording import close, undeclared_failures
from benchmarks.resume import remembered
from benchmarks.run import measure
from benchmarks.safety_first import SafetyFirst
from benchmarks.telling import (
    clock,
    heading,
    not_reached,
    progress,
    tell_hindrances,
    unasked,
    unexpected,
    unmeasured,
    without_baseline,
)
from benchmarks.words import LEAST_BUDGET, errors, fail
from results.commands import command
from results.environment import LookRecord, add_look
from results.record import Writer
from results.safety import FindingRecord, SafetyRecord, surprises


def carried_out(job: Job, drawn_by: Sequence[str], hosts: Hosts | None = None) -> int:
    """Check and measure, here or on hosts; returns the exit code, which is 2 when the system does not let it go on.

    A command that draws pages is run while nothing is timed: not at all where hosts on this machine always time
    something.
    """
    preset = job.settings.preset
    for line in heading(job.plan, preset.name, job.settings.seconds, measuring_seconds(job.plan, preset)):
        errors.say(line)
    tell_hindrances(job.plan.unasked)
    for line in without_baseline(job.plan):
        errors.say(line)
    try:
        if not hosts or not hosts.apart:
            survey(job.writer)
        there = checks_there(job)
        first = SafetyFirst(job.inquiry, job.writer, there)
        pages = EarlyPages(drawn_by if not hosts or hosts.apart else (), job.writer.directory, errors.say)
        interrupted = conduct(job.plan, job.settings, job.writer, first, pages, hosts)
        code = 0 if interrupted else max((one.code for one in there), default=0)
    except SchedulerError as error:
        fail(f"{error}; what was recorded is whole, {how_to_go_on(job.writer)}")
    except OSError as error:
        fail(f"cannot go on: {error}; what was recorded is whole, {how_to_go_on(job.writer)}")
    told = [found for found in surprises(first.record) if not of_yours(found)]
    found = {"": first.record} | {one.name: one.found for one in there if one.found}
    return max(summary(job, found, interrupted), int(bool(told)), code)


def of_yours(found: FindingRecord) -> bool:
    """Whether a finding is of the reader's own: a run fails of that if it is asked to, and of nothing that few need."""
    yours = [entry.name for entry in patterns.alternatives(found["family"]) if entry.kind == patterns.YOURS]
    return found["alternative"] in yours


def checks_there(job: Job) -> list[CheckThere]:
    """The checks of the other environments, each with the share of the run's budget that the check here has."""
    budget = max(LEAST_BUDGET, job.inquiry.seconds / SAFETY_SHARE)
    options = replace(Options(**job.settings.options), budget=f"{budget:.1f}s")
    known = environments.known()
    return [CheckThere(known[name], options, writer) for name, writer in job.writer.elsewhere.items()]


def survey(writer: Writer) -> None:
    """Look at the machine, say what may disturb the measurement, and put it into the record; raises OSError."""
    note(writer, take_look())


def note(writer: Writer, look: LookRecord) -> None:
    """Say what may disturb the measurement, on which host, and put it into the record; raises OSError."""
    before = f"{look['host']}: " if "host" in look else ""
    errors.say("\n".join(f"{before}{line}" for line in told(look["disturbances"])))
    add_look(writer.directory, look)


def conduct(
    plan: Plan, settings: Settings, writer: Writer, first: SafetyFirst, pages: EarlyPages, hosts: Hosts | None
) -> bool:
    """Check and measure with a progress bar, and pages between two comparisons; Ctrl-C keeps what there is.

    The check shares the run's budget: it may take half of it, and measuring gets what is left. Where there are hosts,
    all of it comes first. Returns whether Ctrl-C came.
    """
    guard.heed_termination()
    safety = first.record
    settings.seconds = max(0.0, settings.seconds - first.before)
    unexpected(surprises(safety))
    try:
        now, should = CLOCK.now(), measuring_seconds(plan, settings.preset)
        with progress(deadline=now + settings.seconds, expected=now + should) as teller:
            if hosts:
                first.ask_all(teller)
                settings.seconds = max(0.0, settings.seconds - first.aside.took)
            known = remembered(plan, settings, writer, safety)
            if hosts:
                steps = measure_on(hosts, plan, settings, writer, safety, known, see_with(writer, hosts))
            else:
                steps = measure(plan, settings, writer, safety, known, first.aside)
            for step in steps:
                pages.follow(len(writer.suite["comparisons"]), step.left)
                teller.pace.expect(step.expected + first.aside.coming)
                if step.family:  # its check takes longer than a page
                    first.ask(step.family, teller)
                    teller.pace.expect(step.expected + first.aside.coming)
                teller.tell(step)
            first.ask_all(teller)
    except KeyboardInterrupt:
        first.stop()
        close(writer)
        return True
    return False


def see_with(writer: Writer, hosts: Hosts) -> See | None:
    """What is told of each host before it measures; nothing where that is this machine, which was looked at."""
    return (lambda host, look: note(writer, {**look, "host": host})) if hosts.apart else None


def summary(job: Job, safety: Mapping[str, SafetyRecord], interrupted: bool) -> int:
    """Say what was recorded, what was not reached and what failed; returns the exit code.

    Findings of ``safety`` are by the environment, of this one by an empty name.
    """
    writer = job.writer
    taken = writer.suite["run"]["seconds"]
    count = f"{len(writer.suite['comparisons'])} of {len(job.plan.comparisons)} comparisons"
    errors.say(f"{count} in {clock(taken)}, recorded in {writer.directory}")
    unreached = not_reached(unmeasured(writer.suite))
    missed = unreached + [
        f"in {name}: {line}" if name else line for name, one in safety.items() for line in not_reached(unasked(one))
    ]
    for line in missed:
        errors.say(line)
    failures = undeclared_failures(writer.suite)
    failures += [
        f"in {name}: {line}" for name, one in writer.elsewhere.items() for line in undeclared_failures(one.suite)
    ]
    for line in failures:
        errors.say(f"failed: {line}")
    if unreached and not interrupted:
        errors.say(f"with twice the time, {how_to_go_on(writer, f'{math.ceil(2 * taken / 60)}m')}")
    if interrupted:
        errors.say(f"interrupted: what was measured is kept, {how_to_go_on(writer)}")
        return 130
    incomplete = missed and not job.settings.preset.calibrated
    return 1 if failures or incomplete or job.hindered else 0


def how_to_go_on(writer: Writer, budget: str = "") -> str:
    """The command that goes on with a run; one that is complete needs a longer budget."""
    more = ("--budget", budget) if budget else ()
    return f"go on with: {command('benchmarks', 'run', '--resume', str(writer.directory), *more)}"
