"""How examined processes are started: from a warm server of forks where there is one, because most trials are short."""

import contextlib
import importlib
import importlib.util
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.engine.host import clean_environment
from benchmarks.plan.rooms import module_for_trials
from patterns import Alternative

PRELOAD = "LOOPMARK_PRELOAD"  # the variable by which the server is told what to import
INSTALLED = ("site-packages", "dist-packages")

_preload: list[str] = []


def method() -> str:
    """How processes are started."""
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def start_warm_server(alternatives: Iterable[Alternative]) -> None:
    """Start the server that processes are forked from: everything imported, and always the same hash seed."""
    if method() != "forkserver":
        return
    from multiprocessing.forkserver import ensure_running

    _preload[:] = needed(alternatives)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.safety.examination", "benchmarks.safety.warm_server"])
    in_clean_environment(ensure_running)


def needed(alternatives: Iterable[Alternative]) -> list[str]:
    """The modules that are needed to examine them, and are nobody's own code."""
    every = list(alternatives)
    found = {name for alternative in every for name in alternative.imports}
    return [
        *("trio.testing", "looptime", "anyio._backends._asyncio"),
        *sorted(filter(is_installed, found)),
        *sorted({module_for_trials(alternative.family) for alternative in every}),
    ]


def is_installed(name: str) -> bool:
    """Whether a module comes with Python or from a package.

    Code of the reader's own is imported by the process that examines it, and by no other: whatever it does then, and
    when it ends the process or never returns, is its own affair.
    """
    if name in sys.stdlib_module_names:
        return True
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    return bool(found and found.origin and set(Path(found.origin).parts) & set(INSTALLED))


def preload() -> None:
    """Import what the server was told to; who cannot be imported is left to those who need it.

    What packages have to say of each other as they are imported is not for who reads a terminal here.
    """
    for name in os.environ.pop(PRELOAD, "").split():
        with contextlib.suppress(Exception, SystemExit), warnings.catch_warnings(action="ignore"):  # whatever is raised
            importlib.import_module(name)


def in_clean_environment(start: Callable[[], None]) -> None:
    """Start something that sees few variables, and always the same hash seed; raises OSError if it ends at once."""
    before, clean = dict(os.environ), {**clean_environment(0), PRELOAD: " ".join(_preload)}
    os.environ.clear()
    os.environ.update(clean)
    try:
        start()
    except EOFError as error:  # to whoever reads a command line, the end of the input
        raise ConnectionError(f"a process of {sys.executable} ended as soon as it was started") from error
    finally:
        os.environ.clear()
        os.environ.update(before)
