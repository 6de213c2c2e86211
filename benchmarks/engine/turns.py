"""One launch: a fresh process that starts a worker per variant and passes the turn, so that exactly one runs at a time.

Run as ``python -m benchmarks.engine.turns PARENT MODULE ...`` by the process of that id, with which it ends: imports
the modules, prints a line when it is ready, reads lists of ``Launch``, each a line of JSON from standard input, plays
those of a list one after the other, and prints their ``Outcome`` as a line of JSON. The process imports the loops and
packages once, freezes the garbage collector and forks its workers, which therefore start warm and equal; where fork is
missing they are spawned. Workers of other environments are forked by hosts of theirs.
"""

import gc
import importlib
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from typing import Any

import patterns
from benchmarks.engine import guard, taking, worker
from benchmarks.engine.allocation import (
    LOOKS,
    NOT_FELT,
    Call,
    Group,
    another_look,
    choose_rounds,
    loops_of,
    settled,
    too_short,
)
from benchmarks.engine.awake import kept_awake
from benchmarks.engine.cores import sharing_one_core
from benchmarks.engine.cost import COST, Cost
from benchmarks.engine.disturbance import Strain, Watch
from benchmarks.engine.elsewhere import Elsewhere
from benchmarks.engine.memory import Scales
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.table import Failure, Seat, Table
from benchmarks.engine.taking import Given, PassTerms
from benchmarks.plan import environments
from benchmarks.plan.rooms import modules_for_workers
from benchmarks.plan.variants import Variant
from results.environment import ConditionsRecord

TRIES = 3  # of a block; the first one shows that looks were disturbed, the others are rare
START_LIMIT = 20.0  # seconds for a worker to import its alternative; spawned ones import everything


@dataclass(frozen=True, slots=True)
class Launch:
    """What one launch is asked to do.

    ``loops`` maps a variant's label to its loops per block; empty means calibrate and choose, within ``budget`` seconds
    and at most ``rounds`` rounds; ``launches`` share what the calibration costs. ``untimed`` says how many calls come
    before them in each block, one where it says nothing. ``turn_limit`` is how long a worker may keep its turn before
    it counts as hung, ``slow_limit`` the longest block worth repeating (both in seconds). ``method`` is fork, spawn or
    an empty string for the best that the platform has, ``memory_limit`` what a worker may use in bytes, or 0. In a
    launch that ``waits``, for timers, the core is kept awake. A launch with passes to take ``beside`` times takes those
    and times nothing. ``cost`` is what beside the blocks takes time.
    """

    variants: list[Variant]
    number: int
    seed: int
    rounds: int
    budget: float
    turn_limit: float
    slow_limit: float
    launches: int = 1
    loops: dict[str, int] = field(default_factory=dict)
    untimed: dict[str, int] = field(default_factory=dict)
    method: str = ""
    memory_limit: int = 0
    waits: bool = False
    beside: list[PassTerms] = field(default_factory=list)
    cost: Cost = COST

    @staticmethod
    def from_dict(value: dict[str, Any]) -> "Launch":
        """The inverse of ``dataclasses.asdict``."""
        variants = [Variant(**variant) for variant in value["variants"]]
        beside = [PassTerms(**terms) for terms in value["beside"]]
        return Launch(**{**value, "variants": variants, "beside": beside, "cost": Cost(**value["cost"])})


@dataclass
class Outcome:
    """What one launch found: pyperf benchmarks (JSON), failures, and where the time went (wall seconds).

    ``benchmarks`` holds each label's times under an empty name, and its readings under theirs. ``loops`` and
    ``untimed`` are those of ``Launch``; ``walls`` is what a block of each variant takes with both, when the launch
    calibrated; ``round_seconds`` is what the rounds took, ``timed_seconds`` the part of it inside blocks, ``seconds``
    everything from the first fork on, of which ``calibrating_seconds`` were no launch's own. ``beside`` is what each
    pass gave each label, turn by turn, ``unable`` why it gave a label nothing. ``conditions`` is what the rounds went
    through; None if there were none.
    """

    loops: dict[str, int]
    rounds: int
    untimed: dict[str, int] = field(default_factory=dict)
    benchmarks: dict[str, dict[str, str]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    walls: dict[str, float] = field(default_factory=dict)
    timed_seconds: float = 0.0
    round_seconds: float = 0.0
    calibrating_seconds: float = 0.0
    seconds: float = 0.0
    beside: dict[str, Given] = field(default_factory=dict)
    unable: dict[str, dict[str, str]] = field(default_factory=dict)
    conditions: ConditionsRecord | None = None

    @staticmethod
    def from_dict(value: dict[str, Any]) -> "Outcome":
        """The inverse of ``dataclasses.asdict``."""
        return Outcome(**{**value, "failures": [Failure(**failure) for failure in value["failures"]]})


NOWHERE: Mapping[str, Elsewhere] = {}


def play(launch: Launch, elsewhere: Mapping[str, Elsewhere] = NOWHERE) -> Outcome:
    """Run a whole launch in this process's children, and in those of the hosts of other environments."""
    started = time.perf_counter()
    method = launch.method or ("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    gc.collect()
    gc.freeze()
    if method != "fork" and os.name == "posix":
        resource_tracker.ensure_running()  # a child that is nobody's stray
    order = random.Random(launch.seed)
    with kept_awake(launch.waits) as spinning:
        others = guard.children()
        # Who is forked first may be slower by half a percent: drawn, that is noise between launches and no bias.
        drawn = order.sample(launch.variants, len(launch.variants))
        table = Table([start(variant, launch, method, elsewhere) for variant in drawn], others)
        try:
            table.each(lambda seat: seat.receive("ready", START_LIMIT))
            known = launch.loops or launch.beside
            outcome = Outcome(launch.loops, launch.rounds, launch.untimed) if known else calibrated(table, launch)
            if launch.beside:
                take_passes(table, launch, outcome, spinning, order)
            elif table.seats:
                take_turns(table, launch, outcome, spinning, order)
            outcome.failures = table.failures
        finally:
            table.close()
    outcome.seconds = time.perf_counter() - started
    return outcome


def imports_of(variants: Iterable[Variant]) -> list[str]:
    """What the alternatives and loops of these variants import, and none of the alternatives themselves.

    What their families ask is imported before, too: it is the same for all of them.
    """
    variants = list(variants)
    wanted = {(variant.family, variant.alternative) for variant in variants}
    modules = {
        module
        for family in {variant.family for variant in variants}
        for alternative in patterns.alternatives(family)
        if (family, alternative.name) in wanted
        for module in alternative.imports
    }
    if "anyio" in modules:
        modules |= {"anyio._backends._asyncio", "anyio._backends._trio"}  # it imports these on first use
    if any(variant.backend == "uvloop" for variant in variants):
        modules.add("uvloop")
    for family in {variant.family for variant in variants}:
        modules.update(modules_for_workers(family))
    return sorted(modules - {"patterns"})


def environments_of(variants: Iterable[Variant]) -> list[str]:
    """The environments of these variants, but for the one that runs."""
    return sorted({variant.environment for variant in variants} - {""})


def preload(modules: Iterable[str]) -> None:
    """Import what the workers will import, so that forked ones start warm.

    Failing is fine: the worker that needs the module will meet the same error and report it as its own.
    """
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # a third-party module may raise anything at import
            print(f"preloading {module}: {error}", file=sys.stderr)


def start(variant: Variant, launch: Launch, method: str, elsewhere: Mapping[str, Elsewhere] = NOWHERE) -> Seat:
    """Start one worker, in the environment of its variant."""
    ours, theirs = multiprocessing.Pipe()
    guard.keep_private(ours)
    process: guard.Process
    if variant.environment:
        process = elsewhere[variant.environment].fork(variant, theirs, launch.number, launch.seed)
    else:
        process = started(method, variant, theirs, launch.number, launch.seed)
    theirs.close()
    return Seat(variant.label, process, ours, launch.turn_limit, Scales(process.pid, launch.memory_limit))


def started(method: str, *about: object) -> BaseProcess:
    """A worker of this environment; ``about`` is what it is told."""
    process: BaseProcess = multiprocessing.get_context(method).Process(  # type: ignore[attr-defined]  # they all have one
        target=worker.take_turns, args=about, daemon=True
    )
    process.start()
    return process


def calibrated(table: Table, launch: Launch) -> Outcome:
    """Look at the calls of every variant, dismiss the too slow ones, and choose loops and rounds for the rest.

    A twin takes what its original gets: the same code must not differ by what a look happened to see.
    """
    started = CLOCK.now()
    originals = {variant.label: replace(variant, twin=0).label for variant in launch.variants}
    looks: dict[str, list[list[Group]]] = {label: [] for label, original in originals.items() if label == original}

    def look(seat: Seat) -> None:
        seat.send(("look",))
        looks[seat.label].append(seat.receive("looked"))

    table.each(lambda seat: seat.send(("warm",)), [label for label in looks if label in table.seats])
    table.each(lambda seat: seat.receive("warm"), [label for label in looks if label in table.seats])
    for _ in range(LOOKS):
        table.each(
            look, [label for label in looks if label in table.seats and another_look(looks[label], launch.slow_limit)]
        )
    calls = {label: settled(looks[label], launch.slow_limit) for label in looks if label in table.seats}
    for label, call in calls.items():
        if call.wall > launch.slow_limit:
            reason = f"one block takes {call.wall:.2g} s; this preset repeats none above {launch.slow_limit:g} s"
            table.dismiss(Failure(label, "too slow", reason, call.seconds))
    calls, loops = tried(table, {label: call for label, call in calls.items() if label in table.seats})
    for label, original in originals.items():
        if label in table.seats and original not in table.seats:
            table.dismiss(Failure(label, "not measured", f"{original} gave no number"))
    kept = {label: originals[label] for label in table.seats}
    untimed = {label: calls[original].untimed for label, original in kept.items()}
    outcome = Outcome({label: loops[original] for label, original in kept.items()}, 0, untimed)
    outcome.walls = {
        label: calls[original].wall * (outcome.loops[label] + untimed[label]) for label, original in kept.items()
    }
    outcome.calibrating_seconds = CLOCK.now() - started
    if kept:
        round_seconds = launch.cost.of_round(outcome.walls.values())
        left = launch.budget - outcome.calibrating_seconds / launch.launches
        outcome.rounds = choose_rounds(left, round_seconds, launch.rounds)
    return outcome


def tried(table: Table, calls: dict[str, Call]) -> tuple[dict[str, Call], dict[str, int]]:
    """What a call of these variants takes in a whole block, and their loops: chosen anew where a block is too short."""

    def block(seat: Seat) -> tuple[float, float]:
        seat.send(("try", loops[seat.label], calls[seat.label].untimed))
        seconds, wall = seat.receive("tried")
        return float(seconds), float(wall)

    calls = dict(calls)
    loops = {label: loops_of(call) for label, call in calls.items()}
    todo = [label for label, call in calls.items() if call.wall < NOT_FELT]
    for _ in range(TRIES):
        took = table.each(block, todo)
        for label, (seconds, wall) in took.items():
            call = calls[label]
            seconds, wall = min(call.seconds, seconds / loops[label]), min(call.wall, wall / loops[label])
            calls[label] = replace(call, seconds=seconds, wall=wall)
        before, calls = loops, {label: call for label, call in calls.items() if label in table.seats}
        if not any(too_short(calls[label], loops[label]) for label in took):
            break
        loops = {label: loops_of(call) for label, call in calls.items()}
        todo = [label for label in loops if loops[label] != before[label]]
    return calls, loops


def take_turns(table: Table, launch: Launch, outcome: Outcome, spinning: int | None, order: random.Random) -> None:
    """The measuring itself: every worker warms up, then come the rounds, each in an order of its own.

    The process of id ``spinning``, if there is one, keeps their core awake.
    """

    def begin(seat: Seat) -> None:
        seat.send(("measure", outcome.loops[seat.label], outcome.untimed.get(seat.label, 1), outcome.rounds))

    def turn(seat: Seat) -> float:
        seat.send("go")
        return float(seat.receive("block"))

    def finish(seat: Seat) -> tuple[dict[str, str], Strain | None]:
        texts, strained = seat.receive("done")
        return dict(texts), strained

    table.each(begin)
    table.each(lambda seat: seat.receive("ready"))
    watch = Watch()
    started = time.perf_counter()
    with sharing_one_core(table.processes(spinning), order), watch:
        for _ in range(outcome.rounds):
            labels = order.sample(list(table.seats), len(table.seats))
            outcome.timed_seconds += sum(table.each(turn, labels).values())
    outcome.round_seconds = time.perf_counter() - started
    table.each(lambda seat: seat.send("finish"))
    finished = table.each(finish)
    in_order = [variant.label for variant in launch.variants if variant.label in finished]  # of the plan, not of forks
    outcome.benchmarks = {label: finished[label][0] for label in in_order}
    outcome.conditions = watch.conditions(
        launch.number, outcome.rounds, [strained for _, strained in finished.values()]
    )


def take_passes(table: Table, launch: Launch, outcome: Outcome, spinning: int | None, order: random.Random) -> None:
    """Passes beside times, one after another."""
    with sharing_one_core(table.processes(spinning), order):
        for terms in launch.beside:
            outcome.beside[terms.name], outcome.unable[terms.name] = taking.take(table, terms, launch.loops, order)


def main() -> None:
    """Get ready, read launches, play them, print the outcomes on what was standard output when nobody else had it."""
    parent, *modules = sys.argv[1:]
    guard.die_with(int(parent))  # also while a module hangs at import
    guard.adopt_orphans()
    guard.limit_files()
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    guard.keep_private(channel)
    worker.silence()
    elsewhere = {name: Elsewhere(one, modules) for name, one in environments.known().items()}
    preload(modules)
    worker.warm_runner()
    for host in elsewhere.values():
        host.wait()
    guard.lead(int(parent))
    channel.write("ready\n")
    channel.flush()
    for line in sys.stdin:
        outcomes = [play(Launch.from_dict(value), elsewhere) for value in json.loads(line)]
        guard.end_descendants()
        channel.write(f"{json.dumps([asdict(outcome) for outcome in outcomes])}\n")
        channel.flush()
    channel.close()


if __name__ == "__main__":
    main()
