"""The host of another environment in a launch: it has imported everything, and forks workers when it is asked to.

Run as ``python -m benchmarks.engine.forking PARENT DESCRIPTOR MODULE ...`` by the process that passes the turn, with
which it ends. On the connection of that descriptor it says ``"ready"``, then it is asked ``("fork", variant, launch,
seed)``, followed by the worker's end of a connection and a descriptor for it to hold while it lives, and answers with
the worker's id; and ``("code", id)``, which it answers with the exit code in a tuple.
"""

import gc
import multiprocessing
import os
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle

from benchmarks.engine import guard, worker
from benchmarks.engine.turns import preload
from benchmarks.plan.variants import Variant


def serve(connection: Connection) -> None:
    """Fork whom one is asked for, until nobody asks any more."""
    workers: dict[int, BaseProcess] = {}
    while True:
        match connection.recv():
            case ("fork", Variant() as variant, int(launch), int(seed)):
                theirs, held = Connection(recv_handle(connection)), recv_handle(connection)
                process = multiprocessing.get_context("fork").Process(
                    target=worker.take_turns, args=(variant, theirs, launch, seed), daemon=True
                )
                process.start()
                theirs.close()
                os.close(held)
                assert process.pid
                workers[process.pid] = process
                connection.send(process.pid)
            case ("code", int(pid)):
                code = workers[pid].exitcode
                if code is not None:
                    guard.end_strays({one for one, process in workers.items() if process.exitcode is None})
                connection.send((code,))


def main() -> None:
    """Get ready, and serve."""
    parent, descriptor, *modules = sys.argv[1:]
    guard.die_with(int(parent))  # also while a module hangs at import
    guard.adopt_orphans()
    guard.limit_files()
    connection = Connection(int(descriptor))
    guard.keep_private(connection)
    preload(modules)
    worker.warm_runner()
    guard.lead(int(parent))
    gc.collect()
    gc.freeze()
    with suppress(EOFError, BrokenPipeError):
        connection.send("ready")
        serve(connection)
    guard.end_descendants()


if __name__ == "__main__":
    main()
