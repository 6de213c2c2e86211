"""One alternative on one backend, asked promise after promise, in a process of its own.

Everything that happens is told to the parent before it happens, so that a process which hangs or dies leaves behind
what it was doing: the parent names that very trial.
"""

import faulthandler
import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.engine import guard, limits
from benchmarks.engine.patience import notice_stops, undisturbed
from benchmarks.engine.worker import shortened_line, silence
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.errands import errands_here
from benchmarks.plan.promises import Promise, promises
from benchmarks.plan.runtime import Runtime
from benchmarks.safety.leftovers import Watch, dismiss_strays
from benchmarks.safety.trials import MOST_DRIFT, BrokenPromiseError, NotTestedError, Trial, hearers
from patterns import Alternative, included
from results.shapes import Count
from results.text import plain as plain_text

MOST_TICKS = 400  # turns after which a strike that still lands strikes something that never ends
MOST_IDLE = 25  # milliseconds of a sweep after which who waits for nothing but a timer is in no new state
TRIES = 3  # of a trial that may have failed because others had the processor
CLOSE = 20  # turns of a sweep before it lengthens its steps, where turns pass while a server answers
STRIKES = 4  # moments at which each seed but the first strikes
REAL_UNIT = 0.02  # seconds that stand for one unit where a clock cannot be virtual; timers there are whole milliseconds
HARNESS = ("examination.py", "trials.py", "backends.py", "virtual.py")  # whose frames a traceback is shown without
FRAMES = 5  # of a shortened traceback
PATTERNS = "patterns/"  # where the files of alternatives are, as a traceback names them
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Moment:
    """Which trial: the promise, the seed, and the turn at which it strikes."""

    question: str
    seed: int
    tick: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """What was seen when a promise broke."""

    reason: str
    traceback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What all trials of one promise came to: ``failure`` and its ``moment``, or neither; ``value`` answers a fact.

    ``untested`` is the reason if no trial saw what it was to see.
    """

    question: str
    trials: Count
    failure: Failure | None = None
    moment: Moment | None = None
    value: bool | None = None
    untested: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one trial came to; ``untested`` is the reason if it did not see what it was to see."""

    failure: Failure | None = None
    untested: str = ""
    landed: bool = False
    value: object = None
    left: Watch = field(default_factory=Watch)


Play = Callable[[Moment], Result]


def examine(
    alternative: Alternative,
    backend: str,
    moments: list[tuple[Moment, int]],
    connection: Connection,
    hang_file: str,
) -> None:
    """Answer the promises that ``moments`` name; one with a seed of -1 is asked in full, any other is that one trial.

    Beside each is the number of schedules that asking in full takes.

    Messages out, each a pair of its kind and a payload: ``imported`` (why not, or an empty string), ``trial`` (a Moment
    that begins now), ``broken`` (what that trial has seen, before it is taken down), ``left`` (a Moment, the kind and
    the text of a leftover), ``answer`` (an Answer), and ``end``.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    guard.follow(connection)
    guard.may_start_processes()
    guard.lead_group()
    notice_stops()
    said = os.fdopen(os.dup(2), "w", encoding="utf-8")
    silence(1, 2)
    try:
        _answer_all(alternative, backend, moments, connection, hang_file)
    except Exception:  # a defect of ours, not of the alternative: those are answers
        said.write(plain_text(traceback.format_exc()))
        raise


def _answer_all(
    alternative: Alternative,
    backend: str,
    moments: list[tuple[Moment, int]],
    connection: Connection,
    hang_file: str,
) -> None:
    with Path(hang_file).open("w", encoding="utf-8") as hang:
        if hasattr(faulthandler, "register"):
            faulthandler.register(signal.SIGUSR1, file=hang, all_threads=False)
        with suppress(BrokenPipeError):  # the parent listens no more: its time is up
            problem = import_problem(alternative)
            connection.send(("imported", problem))
            hearers.append(lambda message: connection.send(("broken", message)))
            for moment, seeds in [] if problem else moments:
                connection.send(("answer", _examine(alternative, backend, moment, seeds, connection)))
            guard.end_strays(set())
            connection.send(("end", None))


def import_problem(alternative: Alternative) -> str:
    """Why an alternative cannot be imported, in a line, or an empty string."""
    process = os.getpid()
    try:
        importlib.import_module(alternative.module)
    except BaseException as error:  # whatever a module raises when it is imported
        advice = ": REQUIRES names what is to be installed" if isinstance(error, ModuleNotFoundError) else ""
        return f"cannot be imported: {shortened_line(error)}{advice}"
    finally:
        guard.end_copy(process)
    return ""


def _examine(alternative: Alternative, backend: str, moment: Moment, seeds: int, connection: Connection) -> Answer:
    question = next(entry for entry in promises(alternative.family) if entry.name == moment.question)
    gc.collect()
    gc.freeze()  # every trial collects garbage, and need not walk what was there before, or was imported since
    play = _announced(question, alternative, backend, connection)
    if moment.seed >= 0:
        return _single(moment, play(moment))
    return answer(question, seeds, play, served=bool(alternative.services))


def _announced(question: Promise, alternative: Alternative, backend: str, connection: Connection) -> Play:
    told: set[str] = set()
    may_be_late = not question.real and virtual_run(question, alternative, backend) is None

    def play(moment: Moment) -> Result:
        for number in range(TRIES):
            connection.send(("trial", plain(moment)))
            runtime = Runtime()
            result = undisturbed(lambda: run_trial(question, alternative, backend, moment))
            # A busy machine is late by itself: what is broken is so again. A promise that means real time allows for
            # that, and virtual time waits for threads, unless others had the processor for long.
            if not result.failure or not (runtime.kept or (may_be_late and not number)):
                break
        if result.failure is None:  # a trial that broke off has left things behind by itself
            for kind, text in result.left.seen.items():
                if kind not in told and not any(words in text for words in question.tolerates):
                    told.add(kind)
                    connection.send(("left", (plain(moment), kind, text)))
        return result

    return play


def _single(moment: Moment, result: Result) -> Answer:
    value = result.value if isinstance(result.value, bool) else None
    return Answer(moment.question, 1, result.failure, moment if result.failure else None, value, result.untested)


def answer(question: Promise, seeds: int, play: Play, *, served: bool = False) -> Answer:
    """Try a promise with every seed until a trial fails; who is ``served`` waits for a server."""
    trials = 0
    value = None
    reasons: set[str] = set()
    for moment in schedule(question, seeds, served=served):
        result = play(moment)
        trials += 1
        reasons.add(result.untested)
        if result.failure:
            return Answer(question.name, trials, result.failure, plain(moment))
        if isinstance(result.value, bool):
            value = result.value
        if isinstance(moment, _Sweeping):
            moment.landed.append(result.landed)
    return Answer(question.name, trials, value=value, untested="" if "" in reasons else "; ".join(sorted(reasons)))


def plain(moment: Moment) -> Moment:
    """A moment as others are told of it, without what a sweep notes there."""
    return Moment(moment.question, moment.seed, moment.tick)


@dataclass(frozen=True, slots=True)
class _Sweeping(Moment):
    """A trial of a sweep, which goes on as long as its strikes land."""

    landed: list[bool] = field(default_factory=list, compare=False)


def schedule(question: Promise, seeds: int, *, served: bool = False) -> Iterator[Moment]:
    """The trials of a promise, in order.

    Seed 0 sweeps every turn until the strike has missed twice in a row, so that no moment is left out; the other seeds
    perturb the schedule and strike at moments drawn from that range and what the perturbation adds to it. While a
    server answers, hundreds of turns pass that are alike: such a sweep takes longer steps the further it has come.
    """
    if question.once:
        seeds = 1
    if not question.swept:
        yield from (Moment(question.name, seed) for seed in range(seeds))
        return
    landed: list[bool] = []
    tick = 0
    while tick < MOST_TICKS and (tick < 2 or any(landed[-2:])):
        yield _Sweeping(question.name, 0, tick, landed)
        tick += 1 + (tick // CLOSE if served else 0)
    width = tick + MOST_DRIFT
    for seed in range(1, seeds):
        ticks = Random(f"{question.name}/{seed}").sample(range(width), min(STRIKES, width))
        yield from (Moment(question.name, seed, tick) for tick in sorted(ticks))


def virtual_run(question: Promise, alternative: Alternative, backend: str) -> Any:
    """How trials of a promise run in virtual time; None where it is real, as the promise or a server wants it."""
    return BACKENDS[backend].run_virtual if not (question.real or alternative.services) else None


def run_trial(question: Promise, alternative: Alternative, backend: str, moment: Moment) -> Result:
    """Run one trial on a fresh loop, and look at what it leaves behind."""
    loop = BACKENDS[backend]
    virtual = virtual_run(question, alternative, backend)
    run = virtual or loop.run
    watch = Watch()
    trial = Trial(alternative, loop, moment.seed, moment.tick, 1.0 if virtual else REAL_UNIT)
    value: object = None
    raised_in: list[str] = []
    process = os.getpid()

    async def main() -> None:
        nonlocal value
        trial.load()
        errands_here()  # from now on it is known whether a thread works
        if not trial.is_trio:
            watch.listen()
        before = trial.living()
        try:
            value = await question.run(trial)
            await watch.inside(trial, before)
        except BaseException:
            raised_in.extend(map(_raised_in, trial.raised))
            raise
        finally:
            trial.crews.clear()  # what is kept cannot be collected, and would hide what the collector finds
            guard.end_copy(process)
            if not trial.is_trio:
                await dismiss_strays()

    failure, untested = None, ""
    with watch.outside():
        try:
            run(main, moment.seed)
        # Whatever an alternative throws is what this trial was for.
        except BaseException as error:
            cause = _cause(error)
            if isinstance(cause, NotTestedError):
                untested = str(cause)
            elif limits.refused(cause):
                untested = f"the machine refused it: {shortened_line(cause)}"
            else:
                failure = _failure(cause, raised_in)
    landed = trial.landed and not (question.instant and trial.idle > MOST_IDLE)
    return Result(failure, untested, landed, value, watch)


def _failure(cause: BaseException, raised_in: Sequence[str]) -> Failure:
    reason = str(cause) if isinstance(cause, BrokenPromiseError) else shortened_line(cause)
    places = [place for place in raised_in if place][-1:] if not _last_line(cause) else ()
    return Failure(reason, (*places, *shortened(cause)))


def _raised_in(error: BaseException) -> str:
    """Where the alternative raised what a promise may complain of, or an empty string."""
    line = _last_line(error)
    return f"{line} ({shortened_line(error)})" if line else ""


def _last_line(error: BaseException) -> str:
    """The last line of a pattern's file that an exception came through, or an empty string."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _of_a_pattern(frame)]
    return _told(frames[-1]) if frames else ""


def _cause(error: BaseException) -> BaseException:
    """The broken promise inside groups of groups, else why nothing was seen; without either, the first exception."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    leaves = [_cause(part) for part in error.exceptions]
    ours = [leaf for kind in (BrokenPromiseError, NotTestedError) for leaf in leaves if isinstance(leaf, kind)]
    return (ours or leaves)[0]


def shortened(error: BaseException) -> tuple[str, ...]:
    """The last frames of a traceback that are not the harness, one line each, and the exception itself."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).name not in HARNESS]
    last = ours[-FRAMES:]
    if not any(map(_of_a_pattern, last)):
        # However deep a library's own frames go, its reader needs the line of theirs that called it.
        last = [*[frame for frame in ours if _of_a_pattern(frame)][-1:], *last]
    return (*map(_told, last), shortened_line(error))


def _of_a_pattern(frame: traceback.FrameSummary) -> bool:
    return _short(frame.filename).startswith(PATTERNS) or included.is_one(frame.filename)


def _told(frame: traceback.FrameSummary) -> str:
    return f"{_short(frame.filename)}:{frame.lineno} in {frame.name}: {frame.line}"


def _short(filename: str) -> str:
    path = Path(filename)
    if included.is_one(filename):
        return filename
    if path.is_relative_to(ROOT):
        return path.relative_to(ROOT).as_posix()
    for place in sys.path:
        if place and path.is_relative_to(place):
            return path.relative_to(place).as_posix()
    return path.name
