"""What a worker may do though multiprocessing calls it a daemon."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection

from benchmarks.engine import guard


def _asks_a_pool(connection: Connection) -> None:
    guard.may_start_processes()
    with ProcessPoolExecutor(1) as pool:
        connection.send(pool.submit(abs, -3).result())


def test_a_worker_may_start_processes_of_its_own() -> None:
    """An alternative that has a pool of processes is examined and measured like any other."""
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    process = context.Process(target=_asks_a_pool, args=(theirs,), daemon=True)
    process.start()
    theirs.close()

    assert ours.recv() == 3

    process.join()
    assert process.exitcode == 0
