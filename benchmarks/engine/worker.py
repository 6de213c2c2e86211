"""One variant in one process, as a stock ``pyperf.Runner`` whose time function waits for its turn.

``benchmarks.worker`` is the same without turns: an ordinary pyperf benchmark.
"""

import gc
import io
import os
import platform
import sys
from functools import cache
from multiprocessing.connection import Connection
from typing import Any

import pyperf

from benchmarks.engine import guard, limits
from benchmarks.engine.allocation import LONGEST_WAIT, Group
from benchmarks.engine.blocks import Bench, Block, LeftoverError, WrongAnswerError
from benchmarks.engine.disturbance import Strain, strain
from benchmarks.engine.passes import PASSES, Turn
from benchmarks.engine.patience import notice_stops, undisturbed
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import Reading
from results.environment import DISTURBED, flags
from results.record import one_line
from results.suite import State

COMMAND = ("benchmarks.worker", "--worker", "--worker-task=0", "--quiet", "--warmups=0")
LOOK_SECONDS = 3e-3  # of calls in a look; its second half says what one of them takes


@cache
def warm_runner() -> pyperf.Runner:
    """The one pyperf runner of this process.

    Building it scans every installed distribution for hooks, the first collection of metadata asks the system for its
    name, and the first command line that is parsed compiles regular expressions: a launch does all that before it
    forks, so that its workers inherit the result. The one thing that pyperf asks anew each time, whether Python is a
    64-bit program, starts another program; it is remembered, too.
    """
    platform.architecture = cache(platform.architecture)
    pyperf.Run([1.0], collect_metadata=True)
    runner = pyperf.Runner()
    runner.argparser.parse_args(command_line(loops=1, rounds=1)[1:])
    return runner


def command_line(loops: int, rounds: int) -> list[str]:
    """What pyperf would read from a worker's command line, its program first."""
    return [*COMMAND, f"--loops={loops}", f"--values={rounds}"]


def take_turns(variant: Variant, connection: Connection, launch: int, seed: int) -> None:
    """Serve one launch: calibrate when told to, then measure turn by turn, then hand over the pyperf benchmark.

    Messages in: ``("warm",)``, ``("look",)``, ``("try", loops, untimed)``, ``("measure", loops, untimed, rounds)``,
    ``"go"``, ``("look beside", name of a pass)``, ``("beside", name of a pass, turn)``. Messages out, each a pair of
    its kind and a payload: ``ready``, ``warm``, ``looked`` (what ``look`` returns), ``tried`` (seconds of the block, by
    both clocks), ``block`` (wall seconds), ``done`` (what ``Rounds.play`` returns), ``looked beside`` (seconds),
    ``beside`` (what a turn of the pass gave), ``failed`` (state and reason).
    """
    guard.follow(connection)
    guard.may_start_processes()
    notice_stops()
    silence()
    try:
        bench = Bench(variant, seed)
        connection.send(("ready", None))
        while True:
            match connection.recv():
                case ("warm",):
                    bench.warm_up(1, untimed=0)
                    connection.send(("warm", None))
                case ("look",):
                    connection.send(("looked", look(bench)))
                case ("try", int(loops), int(untimed)):
                    block = timed_block(bench, loops, untimed)
                    connection.send(("tried", (block.seconds, block.wall)))
                case ("look beside", str(name)) if look_beside := PASSES[name].look:
                    connection.send(("looked beside", look_beside(bench)))
                case ("beside", str(name), Turn() as turn):
                    connection.send(("beside", PASSES[name].take(bench, turn)))
                case ("measure", int(loops), int(untimed), int(rounds)):
                    if not bench.blocks:  # one that was tried is warm
                        bench.warm_up(loops, untimed=0)
                    connection.send(("done", Rounds(bench, connection, loops, untimed, rounds, launch).play()))
                    return
    except (EOFError, BrokenPipeError):
        return  # the parent is gone: nobody waits for an answer
    # Whatever an alternative throws, SystemExit and CancelledError included, is its row and not our end.
    except BaseException as error:
        connection.send(("failed", state_of(error)))
    finally:
        guard.end_strays(set())


def state_of(error: BaseException) -> tuple[State, str]:
    """The state and the reason that an exception stands for."""
    match error:
        case WrongAnswerError():
            return "wrong answer", str(error)
        case LeftoverError():
            return "left something behind", str(error)
        case OSError() if limits.refused(error):
            return "not here", f"the machine refused it: {shortened_line(error)}"
        case BaseExceptionGroup() if error.exceptions:
            inner = state_of(error.exceptions[0])
            return inner[0], f"{type(error).__name__}: {inner[1]}"
        case _:
            return "raised", shortened_line(error)


def shortened_line(error: BaseException) -> str:
    """One line of an exception, of readable length."""
    line = one_line(error)
    return line if len(line) <= 200 else f"{line[:197]}..."


def look(bench: Bench) -> list[Group]:
    """A look at the calls of a block, in which this process was not stopped."""
    return undisturbed(lambda: bench.look(LOOK_SECONDS, LONGEST_WAIT))


def timed_block(bench: Bench, loops: int, untimed: int) -> Block:
    """A block in which this process was not stopped: the seconds until it went on would be nobody's."""
    return undisturbed(lambda: bench.block(loops, untimed))


class Rounds:
    """The rounds of one worker: ``begin``, a ``turn`` whenever it is told to ``"go"``, ``finish``.

    A turn is the time function of a pyperf worker, which therefore asks for one after the other.
    """

    def __init__(
        self, bench: Bench, connection: Connection, loops: int, untimed: int, rounds: int, launch: int
    ) -> None:
        """Nothing is measured yet."""
        self.bench = bench
        self.connection = connection
        self.loops = loops
        self.untimed = untimed
        self.rounds = rounds
        self.launch = launch
        self.blocks: list[Block] = []

    def play(self) -> tuple[dict[str, str], Strain | None]:
        """Measure; returns what ``finish`` does."""
        self.begin()
        return self.finish(run(warm_runner(), self.bench, self.turn))

    def begin(self) -> None:
        """Forget what was tried, and tell pyperf what it would read from its command line."""
        self.bench.forget()
        gc.collect()
        gc.freeze()
        sys.argv = command_line(self.loops, self.rounds)

    def turn(self, loops: int) -> float:
        """Wait for the turn, and take it: the seconds of a block."""
        if not self.blocks:
            self.connection.send(("ready", None))  # pyperf has begun: it would do so in the turn of another
        self.connection.recv()
        give_way()
        block = timed_block(self.bench, loops, self.untimed)
        self.blocks.append(block)
        self.connection.send(("block", block.wall))
        if len(self.blocks) == self.rounds:
            self.connection.recv()  # pyperf collects metadata next: not while others still take their turns
        return block.seconds

    def finish(self, benchmark: pyperf.Benchmark) -> tuple[dict[str, str], Strain | None]:
        """The benchmark as JSON under an empty name, one of each reading under the reading's, and the strain."""
        blocks = self.blocks
        strained = strain([(block.wall, block.used) for block in blocks], waits=self.bench.workload.waits)
        disturbed = {DISTURBED: flags(strained.disturbed)} if strained else {}
        benchmark.update_metadata({"launch": self.launch, **disturbed, **tallied(self.bench)})
        texts = {"": encoded(benchmark)} | {
            one.name: encoded(beside(benchmark, one, [block.readings[one.name] for block in blocks]))
            for one in self.bench.readings
        }
        return texts, strained


def give_way() -> None:
    """Let whoever passed the turn fall asleep first, where the system can do that.

    It wakes us before it waits for our answer. On the one core that we share, it would otherwise get the rest of its
    way in the midst of the block, as soon as the scheduler thinks that we had enough.
    """
    if hasattr(os, "sched_yield"):
        os.sched_yield()


# It knows no ratio, and prints fractions.
PYPERF_UNITS = {"second": "second", "ratio": "integer", "count": "integer", "byte": "byte"}


def beside(benchmark: pyperf.Benchmark, reading: Reading, values: list[float]) -> pyperf.Benchmark:
    """A reading of the same process as a pyperf benchmark of its own: a value per block."""
    metadata = benchmark.get_runs()[0].get_metadata()
    name = f"{metadata['name']}: {reading.record['title']}"
    theirs = {key: value for key, value in metadata.items() if key not in ("loops", "inner_loops", "unit")}
    unit = PYPERF_UNITS[reading.record["unit"]]
    run = pyperf.Run(values, metadata={**theirs, "name": name, "unit": unit}, collect_metadata=False)
    return pyperf.Benchmark([run])


def encoded(benchmark: pyperf.Benchmark) -> str:
    """A benchmark as pyperf's own JSON text."""
    text = io.StringIO()
    benchmark.dump(text)
    return text.getvalue()


def tallied(bench: Bench) -> dict[str, float]:
    """What the workload counted, per operation, as pyperf metadata."""
    done = max(1, bench.operations_done)
    return {f"tally {name}": bench.tally[name] / done for name in bench.workload.tallies}


def run(runner: pyperf.Runner, bench: Bench, timed: Any) -> pyperf.Benchmark:
    """Register the one benchmark of this process with pyperf and run it."""
    variant = bench.variant
    metadata = {**variant.metadata, "launch": 0}
    operations = bench.workload.operations(variant.n)
    return runner.bench_time_func(variant.benchmark, timed, inner_loops=operations, metadata=metadata)


def silence(*descriptors: int) -> None:
    """Send what an alternative prints to nowhere: standard output, which belongs to the launch's report, or others."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    for descriptor in descriptors or (1,):
        os.dup2(devnull, descriptor)
    os.close(devnull)
